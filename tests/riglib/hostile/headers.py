"""Headers and their parameters."""
import functools

from .base import HEAD, SIZE, attach, case, count, fill

case("headers: 4,500,000")(
    functools.partial(fill, b"X-a: abc\n", head=HEAD))
case("headers: 1,000,000, numbered")(
    functools.partial(count, b"X-%d: a\n", 1000000))
case("headers: broken")(
    functools.partial(fill, b"this is no header and a long line of text\n",
                      head=HEAD))
case("headers: broken, short")(
    functools.partial(fill, b"ab\n", head=HEAD))
case("headers: broken, with MIME")(
    functools.partial(fill, b" Content-Type\n:", head=HEAD))
case("headers: one of 45 MB")(
    lambda: HEAD + b"X-Long: " + b"abcdefghi " * (SIZE // 10) + b"\n\nhi\n")
case("headers: one folded to 45 MB")(
    lambda: HEAD + b"X-Long: " + b"a\n " * (SIZE // 3) + b"\n\nhi\n")
case("headers: Received")(
    functools.partial(fill, b"Received: from a by b; Thu, 1 Jan 2026 "
                      b"00:00:00 +0000\n", head=HEAD))
case("headers: Content-Type again and again")(
    functools.partial(fill, b"Content-Type: multipart/mixed; boundary=a\n",
                      head=HEAD))
case("headers: Content-Type, boundaries differ")(
    functools.partial(count, b"Content-Type: multipart/mixed; boundary=%d\n",
                      900000))
case("headers: Subject of encoded words")(
    lambda: HEAD + b"Subject: " + b"=?utf-8?q?=41?=\n " * (SIZE // 17) +
    b"\n\nhi\n")
case("headers: Subject of one encoded word")(
    lambda: HEAD + b"Subject: =?utf-8?b?" + b"QUJD" * (SIZE // 4) +
    b"?=\n\nhi\n")
case("headers: Subject of ISO-2022-JP words")(
    lambda: HEAD + b"Subject: " + b"=?iso-2022-jp?b?GyRCJCIbKEI=?=\n " *
    (SIZE // 33) + b"\n\nhi\n")
case("headers: From of comments")(
    lambda: HEAD + b"From: " + b"(" * (3 << 20) + b"a@b\n\nhi\n")
case("headers: To of addresses")(
    lambda: HEAD + b"To: " + b"a@b.c, " * (SIZE // 7) + b"\n\nhi\n")
case("headers: To of groups")(
    lambda: HEAD + b"To: " + b"a:b@c," * (3500000 // 6) + b"\n\nhi\n")
case("headers: Cc of 3.9 MB")(
    lambda: HEAD + b"Cc: " + b"a@b," * (3900000 // 4) + b"\n\nhi\n")
case("headers: many of addresses")(
    functools.partial(fill, b"Cc: a@b, c@d\n", 3900000, HEAD))
case("headers: To with odd spelling")(
    lambda: HEAD + b"To\t: " + b"a@b," * (SIZE // 4) + b"\n\nhi\n")
case("headers: References")(
    lambda: HEAD + b"References: " + b"<a@b>\n " * (SIZE // 7) +
    b"\n\nhi\n")
case("headers: Mail-Followup-To")(
    lambda: HEAD + b"Mail-Followup-To: " + b"a@b,\n " * (SIZE // 6) +
    b"\n\nhi\n")
case("headers: in parts, 100,000 parts")(
    functools.partial(fill, b"--bb\nA: b\nC: d\nE: f\n\nx\n", 2300000,
                      HEAD + b"Content-Type: multipart/mixed; boundary=bb"
                      b"\n\n"))


# Parameters.

def parameters(template, number, kind=b"text/plain", tail=b"\n\nhi\n",
               name=b"Content-Type"):
    return (HEAD + name + b": " + kind +
            b"".join(template % i for i in range(number)) + tail)


case("parameters: 4,000,000")(
    functools.partial(parameters, b";p%d=v", 4000000))
case("parameters: 4,000,000 alike")(
    lambda: HEAD + b"Content-Type: text/plain" + b";\n p=v" * (SIZE // 6) +
    b"\n\nhi\n")
case("parameters: of Content-Disposition")(
    functools.partial(parameters, b";p%d=v", 4000000, b"attachment",
                      name=b"Content-Disposition"))
case("parameters: pieces of a name")(
    functools.partial(parameters, b";name*%d=v", 3000000))
case("parameters: coded pieces of a name")(
    functools.partial(parameters, b";name*%d*=%%41", 2000000))
case("parameters: pieces of as many names")(
    functools.partial(parameters, b";n%d*0*=a''b", 2000000))
case("parameters: boundaries")(
    functools.partial(parameters, b";boundary=b%d", 2000000,
                      b"multipart/mixed"))
case("parameters: of each part")(
    lambda: HEAD + b"Content-Type: multipart/mixed; boundary=bb\n\n" +
    (b"--bb\nContent-Type: text/plain" + b";a=b" * 4000 + b"\n\nx\n") * 2700)
case("parameters: one value of 45 MB")(
    lambda: HEAD + b"Content-Type: text/plain; name=\"" +
    b"abcdefgh" * (SIZE // 8) + b"\"\n\nhi\n")
case("parameters: one coded value of 45 MB")(
    lambda: HEAD + b"Content-Type: text/plain; name*=utf-8''" +
    b"%E3%81%82" * (SIZE // 9) + b"\n\nhi\n")
case("parameters: one value of encoded words")(
    lambda: HEAD + b"Content-Type: text/plain; name=\"" +
    b"=?utf-8?q?=41?= " * (SIZE // 16) + b"\"\n\nhi\n")
case("parameters: semicolons")(
    lambda: HEAD + b"Content-Type: text/plain" + b";" * SIZE + b"\n\nhi\n")
case("parameters: of Content-Type, odd spelling")(
    functools.partial(parameters, b";p%d=v", 4000000,
                      name=b"Content-Type "))
case("parameters: folded at each")(
    functools.partial(parameters, b";\n\tp%d=v", 3500000))
case("parameters: in a forwarded mail")(
    lambda: attach(HEAD + b"Content-Type: text/plain" +
                   b";p=v" * (SIZE // 6) + b"\n\nhi\n", "a.eml",
                   "message/rfc822"))
