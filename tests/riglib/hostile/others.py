"""Other formats that are looked into."""
import base64
import struct

from .base import HEAD, SIZE, attach, case


RTF = SIZE * 3 // 4 - (1 << 20)


def onenote(text):
    guid = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
    return attach(guid + bytes(1000) + text, "a.one",
                  "application/onenote")


FILE_DATA = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
case("onenote: files")(
    lambda: onenote((FILE_DATA + struct.pack("<QLQ", 8, 0, 0) +
                     b"abcdefgh") * (RTF // 44)))
case("onenote: files over each other")(
    lambda: onenote(b"".join(
        FILE_DATA + struct.pack("<QLQ", max(RTF - i * 36 - 2000, 0), 0, 0)
        for i in range(RTF // 36))))


@case("smime: signed in signed")
def smime_deep():
    data = b"Content-Type: text/plain\n\nhi\n"
    for _ in range(300):
        data = signed(data)
    return HEAD + (b"Content-Type: application/pkcs7-mime; smime-type=signed-"
                   b"data\nContent-Transfer-Encoding: base64\n\n" +
                   base64.encodebytes(data))


def der(tag, data):
    if len(data) < 128:
        return bytes([tag, len(data)]) + data
    size = len(data).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + data


def signed(data):
    """SignedData that nobody has signed (RFC 5652 5.1)."""
    content = der(0x30, bytes.fromhex("06092a864886f70d010701") +
                  der(0xa0, der(4, data)))
    return der(0x30, bytes.fromhex("06092a864886f70d010702") +
               der(0xa0, der(0x30, b"\2\1\1" + der(0x31, b"") + content +
                             der(0x31, b""))))


@case("smime: an octet string of many pieces")
def smime_pieces():
    text = b"\x24\x80" + b"\4\1a" * (RTF // 3) + b"\0\0"
    content = (b"\x30\x80" + bytes.fromhex("06092a864886f70d010701") +
               b"\xa0\x80" + text + b"\0\0\0\0")
    data = (b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") +
            b"\xa0\x80\x30\x80\2\1\1\x31\0" + content +
            b"\x31\0\0\0\0\0\0\0")
    return (HEAD + b"Content-Type: application/pkcs7-mime\nContent-Transfer-"
            b"Encoding: base64\n\n" + base64.encodebytes(data))


@case("smime: certificates")
def smime_certificates():
    content = der(0x30, bytes.fromhex("06092a864886f70d010701"))
    data = der(0x30, bytes.fromhex("06092a864886f70d010702") + der(
        0xa0, der(0x30, b"\2\1\1" + der(0x31, b"") + content + der(
            0xa0, b"\x30\0" * (RTF // 2)) + der(0x31, b""))))
    return (HEAD + b"Content-Type: application/pkcs7-mime\nContent-Transfer-"
            b"Encoding: base64\n\n" + base64.encodebytes(data))


@case("exe: MZ again and again")
def exe_headers():
    return attach(b"MZ\x90\0" * (RTF // 4), "a.exe")


@case("exe: many PE headers")
def exe_pe():
    one = (b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" +
           struct.pack("<HHLLLHH", 0x14c, 96, 0, 0, 0, 224, 0x102) +
           struct.pack("<H", 0x10b) + bytes(222) + bytes(40 * 96))
    return attach(one * (RTF // len(one)), "a.exe")


@case("exe: archives in a program")
def exe_archives():
    return attach(b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" +
                  bytes(400) + (b"PK\3\4" + bytes(28) + b"Rar!\x1a\7\0" +
                                b"MSCF\0\0\0\0" + b"7z\xbc\xaf\x27\x1c") *
                  (RTF // 60), "a.exe")


@case("marks of archives in text")
def marks():
    return attach((b"Rar!\x1a\7\0" + b"7z\xbc\xaf\x27\x1c" + b"MSCF" +
                   b"PK\3\4" + b"\x60\xea" + b"-lh5-" + b"\x1f\x8b\x08") *
                  (RTF // 37), "a.bin")


@case("cab: marks in a program")
def cab_marks():
    cab = struct.pack("<4sLLLLLBBHHHHH", b"MSCF", 0, 100, 0, 44, 0, 3, 1, 1,
                      1, 0, 0, 0) + bytes(60)
    return attach(b"MZ" + bytes(1000) + cab * (RTF // len(cab)), "a.exe")


@case("lzh: members")
def lzh():
    head = b"-lh0-" + struct.pack("<LLLBB", 1, 1, 0, 0x20, 0) + b"\1a\0\0"
    one = bytes([len(head), sum(head) & 255]) + head + b"x"
    return attach(one * (RTF // len(one)), "a.lzh")


@case("images: many chunks of PNG")
def png():
    return attach(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0IEND\xae\x42\x60\x82" *
                  (RTF // 12), "a.png", "image/png")


@case("images: GIF blocks")
def gif():
    return attach(b"GIF89a\1\0\1\0\0\0\0" + b"!\xf9\4\0\0\0\0\0" * (RTF // 8),
                  "a.gif", "image/gif")


@case("images: JPEG markers")
def jpeg():
    return attach(b"\xff\xd8" + b"\xff\xe1\0\2" * (RTF // 4), "a.jpg",
                  "image/jpeg")
