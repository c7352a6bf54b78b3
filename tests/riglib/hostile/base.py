"""What mails made to cost much are made of."""
import base64
import io
import zipfile

SIZE = 45 << 20
HEAD = b"From: a@b\nTo: c@d\nSubject: x\nMIME-Version: 1.0\n"
MULTI = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
CASES = {}


def case(name):
    def add(function):
        CASES[name] = function
        return function
    return add


def fill(line, size=SIZE, head=HEAD + b"\n"):
    """A line again and again."""
    return head + line * ((size - len(head)) // len(line))


def count(template, number, head=HEAD):
    """A line with numbers in it."""
    return head + b"".join(template % i for i in range(number)) + b"\nhi\n"


def attach(data, name="a.bin", mime_type="application/octet-stream"):
    return (HEAD + b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n"
            b"Content-Type: text/plain\n\nhello\n--bb\nContent-Type: " +
            mime_type.encode() + b"; name=" + name.encode() +
            b"\nContent-Transfer-Encoding: base64\n\n" +
            base64.encodebytes(data) + b"--bb--\n")


def text_part(text, mime_type):
    return (HEAD + b"Content-Type: " + mime_type.encode() +
            b"; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def zeros(mega):
    return bytes(mega << 20)
