"""Parts, and what may be taken for one."""
import base64
import functools

from .base import HEAD, MULTI, SIZE, case, count, fill

case("parts: 5,000,000 empty")(
    functools.partial(fill, b"--b\n\na\n", head=MULTI))
case("parts: 99,000")(
    functools.partial(fill, b"--b\n\na\n", 99000 * 7, MULTI))
case("parts: 9,900")(
    functools.partial(fill, b"--b\n\na\n", 9900 * 7, MULTI))
case("parts: 9,900 of 4 KB")(
    functools.partial(fill, b"--b\n\n" + b"hello world!\n" * 320,
                      9900 * 4165, MULTI))
case("parts: 9,900 of 4 KB of base64")(
    functools.partial(fill, b"--b\nContent-Type: a/b\nContent-Transfer-"
                      b"Encoding: base64\n\n" + b"QUJDREVGR0hJSktM" * 256 +
                      b"\n", 9900 * 4166, MULTI))
case("parts: 9,900 HTML")(
    functools.partial(fill, b"--b\nContent-Type: text/html\n\n<html><script>"
                      b"a()</script></html>\n", 9900 * 70, MULTI))
case("parts: 9,900 quoted-printable")(
    functools.partial(fill, b"--b\nContent-Type: text/plain; name=a\nContent-"
                      b"Transfer-Encoding: quoted-printable\n\n" +
                      b"=4=4=41=\n" * 400 + b"\n", 9900 * 3680, MULTI))
case("parts: delimiters of a strange boundary")(
    functools.partial(fill, b"--\n", head=MULTI))
case("parts: delimiters with CR")(
    functools.partial(fill, b"--b\r\ra\r", head=MULTI))
case("parts: boundary of one letter, close again and again")(
    functools.partial(fill, b"--b--\n", head=MULTI))
case("parts: multiparts in each other")(
    lambda: HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i)
        for i in range(99000)) + b"\nhi\n")
case("parts: rfc822 in each other")(
    lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 100000 + b"\nhi\n")
case("parts: rfc822 in each other, 45 MB")(
    functools.partial(fill, b"Content-Type: message/rfc822\n\n", head=HEAD))
case("parts: rfc822 in each other, base64")(
    lambda: nested_base64())
case("parts: digest")(
    functools.partial(fill, b"--b\n\nSubject: a\n\na\n", 9900 * 20,
                      HEAD + b"Content-Type: multipart/digest; boundary=b"
                      b"\n\n"))
case("parts: From lines")(
    functools.partial(fill, b"From a@b Thu Jan  1 00:00:00 2026\n"))
case("parts: From lines, with a header")(
    functools.partial(fill, b"From a@b Thu Jan  1 00:00:00 2026\n"
                      b"Subject: a\n\nb\n"))
case("parts: From lines first")(
    lambda: b"From a@b Thu Jan  1 00:00:00 2026\n" * (SIZE // 34) + HEAD +
    b"\nhi\n")
case("parts: headers in text")(
    functools.partial(fill, b"Content-Type: text/plain\n\nhi\n\n"))
case("parts: base64 headers in text")(
    functools.partial(fill, b"Content-Transfer-Encoding: base64\n\n"
                      b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldY\n\n"))
case("parts: boundaries announced")(
    functools.partial(count, b"\nContent-Type: multipart/mixed; boundary=%d"
                      b"\n", 90000, HEAD + b"\n\n"))
case("parts: empty lines")(
    functools.partial(fill, b"\n"))
case("parts: CR")(
    functools.partial(fill, b"\r"))
case("parts: NUL")(
    functools.partial(fill, b"\0"))
case("parts: partial")(
    lambda: HEAD + b"Content-Type: message/partial; id=a; number=1; total=2"
    b"\n\n" + b"Subject: a\n\nabc\n" * (SIZE // 16))


def nested_base64():
    mail = HEAD + b"\nhi\n"
    while len(mail) < SIZE * 3 // 4:
        mail = (HEAD + b"Content-Type: message/rfc822\nContent-Transfer-"
                b"Encoding: base64\n\n" + base64.encodebytes(mail))
        if len(mail) < 4000:
            mail += b"\n" * 4000
    return mail


@case("parts: bounces in each other")
def bounces():
    return fill(b" ----- Original message follows -----\n\n"
                b"From: a@b\nSubject: x\n\n",
                head=b"From: MAILER-DAEMON@a\nSubject: Undelivered\n\n")
