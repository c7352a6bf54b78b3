"""HTML and documents."""
import base64
import struct
import zlib

from .base import MULTI, SIZE, attach, case, text_part, zeros


def html(text):
    return text_part(b"<html><body>" + text, "text/html")


case("html: tags")(lambda: html(b"<b>" * (SIZE // 3)))
case("html: closed tags")(lambda: html(b"<p>a</p>\n" * (SIZE // 9)))
case("html: attributes")(
    lambda: html(b"<a " + b"b=c " * (SIZE // 4) + b">"))
case("html: attributes, numbered")(
    lambda: html(b"<a " + b"".join(b"b%d=c " % i for i in range(4000000)) +
                 b">"))
case("html: scripts")(
    lambda: html(b"<script>a</script>" * (SIZE // 18)))
case("html: scripts open")(lambda: html(b"<script>" * (SIZE // 8)))
case("html: comments open")(lambda: html(b"<!--" * (SIZE // 4)))
case("html: angle brackets")(lambda: html(b"<" * SIZE))
case("html: entities")(lambda: html(b"&#106;" * (SIZE // 6)))
case("html: an href of entities")(
    lambda: html(b"<a href=\"" + b"&#106;" * (SIZE // 6) + b"\">"))
case("html: hrefs")(
    lambda: html(b"<a href='http://a.example/'>http://b.example/</a>" *
                 (SIZE // 50)))
case("html: styles")(
    lambda: html(b"<style>@import 'a';</style>" * (SIZE // 27)))
case("html: one style")(
    lambda: html(b"<style>" + b"a{b:url(" * (SIZE // 8)))
case("html: style attributes")(
    lambda: html(b"<p style='a:expression(b)'>" * (SIZE // 27)))
case("html: data URLs")(
    lambda: html(b"<img src='data:image/png;base64,QUJD'>" * (SIZE // 39)))
case("html: data URLs of HTML")(
    lambda: html(b"<iframe src='data:text/html;base64,PGh0bWw+'></iframe>" *
                 (SIZE // 56)))
case("html: srcdoc")(
    lambda: html(b"<iframe srcdoc='&lt;script>a&lt;/script>'></iframe>" *
                 (SIZE // 55)))
case("html: quotes open")(lambda: html(b"<a b='" * (SIZE // 6)))
case("html: meta")(
    lambda: html(b"<meta http-equiv=refresh content='0;url=javascript:a'>" *
                 (SIZE // 54)))
case("html: conditional comments")(
    lambda: html(b"<!--[if mso]><b><![endif]-->" * (SIZE // 28)))
case("html: CDATA")(lambda: html(b"<![CDATA[" * (SIZE // 9)))
case("html: svg")(
    lambda: html(b"<svg><script>a</script></svg>" * (SIZE // 29)))


def document(data, name="a.doc", mime_type="application/msword"):
    return attach(data, name, mime_type)


RTF = SIZE * 3 // 4 - (1 << 20)
case("rtf: deep")(lambda: document(b"{\\rtf1" + b"{" * RTF, "a.rtf"))
case("rtf: deep and back")(
    lambda: document(b"{\\rtf1" + b"{" * (RTF // 2) + b"}" * (RTF // 2),
                     "a.rtf"))
case("rtf: objects")(
    lambda: document(b"{\\rtf1" + b"{\\object{\\*\\objdata 01050000}}" *
                     (RTF // 33), "a.rtf"))
case("rtf: objects, open")(
    lambda: document(b"{\\rtf1" + b"{\\object{\\*\\objdata 01050000" *
                     (RTF // 31), "a.rtf"))
case("rtf: one object")(
    lambda: document(b"{\\rtf1{\\object{\\*\\objdata " + b"41" * (RTF // 2),
                     "a.rtf"))
case("rtf: words")(
    lambda: document(b"{\\rtf1" + b"\\a1" * (RTF // 3), "a.rtf"))
case("rtf: \\bin")(
    lambda: document(b"{\\rtf1" + b"\\bin1 a" * (RTF // 7), "a.rtf"))
case("rtf: packages")(
    lambda: document(b"{\\rtf1" + b"{\\object{\\*\\objdata 0105000002000000"
                     b"080000005061636b6167650000000000000000000400000041414141"
                     b"}}" * (RTF // 110), "a.rtf"))


def pdf(text):
    return attach(b"%PDF-1.4\n" + text + b"\n%%EOF\n", "a.pdf",
                  "application/pdf")


STREAM = zlib.compress(b"a" * 1000)
case("pdf: objects")(
    lambda: pdf(b"".join(b"%d 0 obj<<>>endobj\n" % i
                         for i in range(1000000))))
case("pdf: 100,000 objects with JavaScript")(
    lambda: pdf(b"".join(b"%d 0 obj<</S/JavaScript/JS(a)>>endobj\n" % i
                         for i in range(100000))))
case("pdf: streams")(
    lambda: pdf(b"".join(
        b"%d 0 obj<</Length %d/Filter/FlateDecode>>stream\n" %
        (i, len(STREAM)) + STREAM + b"\nendstream endobj\n"
        for i in range(100000))))
case("pdf: streams of zeros")(
    lambda: pdf(pdf_zeros() * 300))
case("pdf: object streams")(
    lambda: pdf(b"".join(
        b"%d 0 obj<</Type/ObjStm/N 1/First 4/Length %d/Filter/FlateDecode>>"
        b"stream\n" % (i, len(STREAM)) + STREAM + b"\nendstream endobj\n"
        for i in range(100000))))
case("pdf: words of streams")(lambda: pdf(b"stream\n" * (RTF // 7)))
case("pdf: words of objects")(lambda: pdf(b"1 0 obj\n" * (RTF // 8)))
case("pdf: names")(lambda: pdf(b"/#4A" * (RTF // 4)))
case("pdf: dictionaries")(lambda: pdf(b"1 0 obj" + b"<<" * (RTF // 2)))
case("pdf: trailers")(
    lambda: pdf(b"trailer<</Encrypt 1 0 R>>\n" * (RTF // 26)))
case("pdf: starts of cross references")(
    lambda: pdf(b"startxref\n0\n" * (RTF // 12)))
case("pdf: filters in filters")(
    lambda: pdf(b"1 0 obj<</Length 9/Filter[" + b"/FlateDecode" *
                (RTF // 12) + b"]>>stream\nabc\nendstream endobj"))


def pdf_zeros():
    data = zlib.compress(zeros(50), 9)
    return (b"1 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(data) +
            data + b"\nendstream endobj\n")


def tnef_attribute(level, tag, data):
    return (struct.pack("<BLL", level, tag, len(data)) + data +
            struct.pack("<H", sum(data) & 0xffff))


def tnef(text):
    return attach(struct.pack("<LH", 0x223e9f78, 1) + text, "winmail.dat",
                  "application/ms-tnef")


case("tnef: attributes")(
    lambda: tnef(tnef_attribute(1, 0x89006, b"") * (RTF // 11)))
case("tnef: attachments")(
    lambda: tnef((tnef_attribute(2, 0x69002, bytes(14)) +
                  tnef_attribute(2, 0x6800f, b"abc")) * (RTF // 39)))
case("tnef: properties")(
    lambda: tnef(tnef_attribute(1, 0x69003, struct.pack("<L", 1 << 20) +
                                struct.pack("<LL", 0x00010003, 1) *
                                (RTF // 8))))
case("tnef: each in a part")(
    lambda: MULTI + (b"--b\nContent-Type: application/ms-tnef\nContent-"
                     b"Transfer-Encoding: base64\n\n" + base64.encodebytes(
                         struct.pack("<LH", 0x223e9f78, 1) +
                         tnef_attribute(2, 0x6800f, b"abc") * 20)) * 9900)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def ole(sectors, chain):
    """A file of 512-byte sectors; its table makes one chain, or a ring."""
    table_sectors = (sectors + 127) // 128
    head = (OLE + bytes(16) + struct.pack("<4H", 0x3e, 3, 0xfffe, 9) +
            struct.pack("<H", 6) + bytes(10) +
            struct.pack("<LLLL", min(table_sectors, 109), table_sectors, 0,
                        4096) +
            struct.pack("<LLLL", 0xfffffffe, 0, 0xfffffffe, 0) +
            b"".join(struct.pack("<L", i) for i in range(109)))
    table = b"".join(struct.pack("<L", chain(i)) for i in range(sectors))
    return head[:512] + table.ljust(table_sectors * 512, b"\xff")


def ole_entry(name, kind=2, start=0, size=1 << 20, left=-1, right=-1,
              child=-1):
    text = name.encode("utf-16-le")
    return (text.ljust(64, b"\0") + struct.pack(
        "<HBBlll", len(text) + 2, kind, 1, left, right, child) +
        bytes(36) + struct.pack("<LLL", start, size, 0))


@case("ole: a directory of streams")
def ole_streams():
    number = 13000
    table = ole(number, lambda i: i + 1 if i >= 109 else 0xfffffffd)
    entries = ole_entry("Root Entry", 5, 0, 0, child=1) + b"".join(
        ole_entry(f"s{i}", right=i + 1, start=109, size=5 << 20)
        for i in range(1, 20000))
    return document(table.ljust(512 + 109 * 512, b"\0") + entries)


@case("ole: a ring")
def ole_ring():
    data = ole(13000, lambda i: (i + 1) % 13000)
    return document(data.ljust(7 << 20, b"\0"))


@case("ole: many in text")
def ole_many():
    return document((OLE + bytes(504)) * (RTF // 512), "a.bin")
