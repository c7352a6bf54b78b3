"""Files in plain text, and encodings."""
import base64
import functools

from .base import HEAD, SIZE, attach, case, fill, text_part, zipped


case("uuencode: begin lines")(
    functools.partial(fill, b"begin 644 x\n"))
case("uuencode: small files")(
    functools.partial(fill, b"begin 644 x\n#86)C\n`\nend\n"))
case("uuencode: small files, no mode")(
    functools.partial(fill, b"begin x\n#86)C\n`\nend\n"))
case("uuencode: begin-base64 blocks")(
    functools.partial(fill, b"begin-base64 644 x\nYWJj\n====\n"))
case("uuencode: begin-base64 lines")(
    functools.partial(fill, b"begin-base64 644 x\n"))
case("uuencode: begin lines of CR")(
    functools.partial(fill, b"begin 644 x\r"))
case("yEnc: begin lines")(
    functools.partial(fill, b"=ybegin line=128 size=3 name=x\n"))
case("yEnc: small files")(
    functools.partial(fill, b"=ybegin line=128 size=3 name=x\nabc\n=yend\n"))
case("yEnc: begin lines of CR")(
    functools.partial(fill, b"=ybegin line=128 size=3 name=x\r"))
case("BinHex: marks")(
    functools.partial(fill, b"(This file must be converted with BinHex 4.0)\n"
                      b":\n"))
case("BinHex: marks before one file")(
    lambda: fill(b"(This file must be converted with BinHex 4.0)\n",
                 SIZE // 2) + b":" + b"!!!!" * (SIZE // 8) + b":\n")
case("BinHex: runs")(
    lambda: HEAD + b"\n(This file must be converted with BinHex 4.0)\n\n:" +
    b"!N3" * (SIZE // 3) + b":\n")


@case("uuencode: begin lines in a part")
def uu_in_part():
    return (HEAD + b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n" +
            fill(b"begin 644 x\n", head=b"\n") + b"\n--bb--\n")


@case("uuencode: begin lines in base64")
def uu_in_base64():
    return attach(b"begin 644 x\n" * (SIZE // 17), "a.txt", "text/plain")


@case("uuencode: begin lines in a zip")
def uu_in_zip():
    return attach(zipped([("a.txt", b"begin 644 x\n" * (50 << 20 >> 4))]))


@case("uuencode: begin-base64 in a zip")
def uu64_in_zip():
    return attach(zipped([("a.txt", b"begin-base64 644 x\nYWJj\n" *
                           (55 << 20 >> 5))]))


@case("yEnc in a zip")
def yenc_in_zip():
    return attach(zipped([("a.txt", b"=ybegin line=1 size=1 name=x\nabc\n" *
                           (55 << 20 >> 5))]))


def encoded(text, encoding=b"base64", mime_type=b"application/x"):
    return (HEAD + b"Content-Type: " + mime_type +
            b"\nContent-Transfer-Encoding: " + encoding + b"\n\n" + text)


case("base64: one line")(
    lambda: encoded(b"QUJDREVGR0hJSktM" * (49 << 16) + b"\n"))
case("base64: junk behind each letter")(
    lambda: encoded(b"Q!U!J!D!" * (SIZE // 8) + b"\n"))
case("base64: junk behind each letter, text")(
    lambda: encoded(b"Q!U!J!D!" * (SIZE // 8) + b"\n",
                    mime_type=b"text/plain"))
case("base64: a line each letter")(
    lambda: encoded(b"Q\nU\nJ\nD\n" * (SIZE // 8)))
case("base64: padding again and again")(
    lambda: encoded(b"QUI=" * (SIZE // 4)))
case("base64: padding on each line")(
    lambda: encoded(b"QUI=\n" * (SIZE // 5)))
case("base64: padding and junk")(
    lambda: encoded(b"QUI=-_!QUI\n" * (SIZE // 11)))
case("base64: blanks")(
    lambda: encoded(b"Q U J D \n" * (SIZE // 9)))
case("base64: letters of URLs")(
    lambda: encoded(b"QUJ-QUJ_\n" * (SIZE // 9)))
case("base64: without a header")(
    lambda: fill(b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYQUJDREVGR0hJSktMTU5P\n"))
case("base64: runs without a header")(
    lambda: fill(b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYQUJDREVGR0hJSktMTU5P" * 2
                 + b"\n.\n"))
case("base64: odd encoding")(
    lambda: encoded(b"Q!U!J!D!" * (SIZE // 8), b"x-base64"))
case("quoted-printable: escapes")(
    lambda: encoded(b"=41=42=43=44\n" * (SIZE // 13), b"quoted-printable"))
case("quoted-printable: soft line ends")(
    lambda: encoded(b"=\n" * (SIZE // 2), b"quoted-printable"))
case("quoted-printable: blanks at line ends")(
    lambda: encoded(b" \t \n" * (SIZE // 4), b"quoted-printable"))
case("quoted-printable: blanks in one line")(
    lambda: encoded(b" " * SIZE, b"quoted-printable"))
case("quoted-printable: broken")(
    lambda: encoded(b"=4=4 =\t=G" * (SIZE // 9), b"quoted-printable"))
case("quoted-printable: encoding unknown")(
    lambda: encoded(b"=4=4 =\t=G" * (SIZE // 9), b"x-quoted"))
case("quoted-printable: two encodings")(
    lambda: encoded(b"=41QUJD\n" * (SIZE // 8),
                    b"quoted-printable\nContent-Transfer-Encoding: base64"))
case("uuencode: as an encoding")(
    lambda: encoded(b"begin 644 x\n" * (SIZE // 12), b"x-uuencode"))
case("charset: UTF-7")(
    lambda: encoded(b"+MEI-" * (SIZE // 5), b"7bit",
                    b"text/html; charset=utf-7"))
case("charset: UTF-16")(
    lambda: encoded(base64.encodebytes(b"\xff\xfe" + b"a\0" * (SIZE // 4)),
                    mime_type=b"text/plain; charset=utf-16"))
case("charset: ISO-2022-JP escapes")(
    lambda: text_part(b"\x1b$B$\"\x1b(B" * (SIZE // 8), "text/plain"))
