"""Harmless and harmful sample mails. The EICAR test file is put together at
run time: no file of this repository trips a scanner."""
import binascii
import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

VIRUS = "Eicar-Test-Signature"
OTHER_VIRUS = "Rig-Second-Signature"
OTHER_MARK = b"second mark that only a new signature knows"


def eicar():
    return (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" b"-STANDARD" +
            b"-ANTIVIRUS-TEST" + b"-FILE!$H+H*")


def signature(name=VIRUS, content=None):
    """A line of an .ndb file: any file type, anywhere."""
    content = eicar() if content is None else content
    return f"{name}:0:*:{binascii.hexlify(content).decode()}\n"


def mail(sender, to, subject="こんにちは", text="本文です。\n",
         attachment=None, name="note.bin", headers=()):
    """The bytes of a mail with CRLF line ends."""
    message = EmailMessage()
    message["Received"] = "from somewhere.example; " + formatdate()
    message["From"] = sender
    message["To"] = to if isinstance(to, str) else ", ".join(to)
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="sender.example")
    for key, value in headers:
        message[key] = value
    message.set_content(text)
    if attachment is not None:
        message.add_attachment(attachment, maintype="application",
                               subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def infected(sender, to, **kwargs):
    kwargs.setdefault("attachment", eicar())
    kwargs.setdefault("name", "invoice.com")
    kwargs.setdefault("subject", "請求書の件")
    return mail(sender, to, **kwargs)


class _ZipCrypto:
    """PKWARE's traditional encryption, which the zip format documents."""

    def __init__(self, password):
        self.keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self._update(byte)

    @staticmethod
    def _crc(crc, byte):
        return zlib.crc32(bytes([byte]), crc ^ 0xffffffff) ^ 0xffffffff

    def _update(self, byte):
        one, two, three = self.keys
        one = self._crc(one, byte)
        two = (two + (one & 0xff)) * 134775813 + 1 & 0xffffffff
        three = self._crc(three, two >> 24)
        self.keys = [one, two, three]

    def encrypt(self, data):
        out = bytearray()
        for byte in data:
            key = self.keys[2] | 2
            out.append(byte ^ (key * (key ^ 1) >> 8 & 0xff))
            self._update(byte)
        return bytes(out)


def encrypted_zip(content, name="secret.txt", password=b"himitsu"):
    """A zip file with one password-protected, stored member."""
    crc = zlib.crc32(content)
    data = _ZipCrypto(password).encrypt(bytes(11) + bytes([crc >> 24]) +
                                        content)
    member = name.encode()
    common = struct.pack("<HHHHHIII", 20, 1, 0, 0, 0x5a21, crc, len(data),
                         len(content))
    local = (b"PK\x03\x04" + common + struct.pack("<HH", len(member), 0) +
             member + data)
    central = (b"PK\x01\x02" + struct.pack("<H", 20) + common +
               struct.pack("<HHHHHII", len(member), 0, 0, 0, 0, 0, 0) +
               member)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central),
                                      len(local), 0)
    return local + central + end


def bomb():
    """A zip file of zip files of zeros, 40 times 4 MB."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(4 << 20))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(40):
            archive.writestr(f"{i}.zip", inner.getvalue())
    return outer.getvalue()
