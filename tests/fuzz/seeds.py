#!/usr/bin/python3
"""Write the first inputs of each fuzzer below a folder.

usage: seeds.py FOLDER
"""
import io
import os
import struct
import sys
import zipfile
import zlib


def field(tag, data):
    return struct.pack(">HI", tag, len(data)) + data


def num(tag, value):
    return field(tag, struct.pack(">Q", value))


def text(tag, value):
    return field(tag, value.encode() + b"\0")


VERSION = num(1, 1)
FINDINGS = (VERSION + num(2, 2) + num(4, 1) + text(5, "a@b") +
            field(3, text(1, "1.2") + text(2, "a.zip") + num(5, 10) +
                  num(6, 1) + text(7, "Eicar") + num(8, 0)))
PROTO = [
    # scan request, verdict, inspect request, findings, record, outbox item,
    # outcome, plan and result of a rewriting, pairs: in the order of
    # fuzz_proto.c
    VERSION + text(2, "1abc") + text(3, "") + text(4, "a@b") +
    field(5, b"PReceived: x\n") + num(13, 8) + num(16, 1) +
    num(17, 1 << 62) + num(18, 19) + num(19, 0),
    VERSION + num(2, 2) + text(3, "no") + text(4, "virus") +
    field(5, num(1, 1) + num(2, 0) + text(3, "X-A: b\n")),
    VERSION + text(2, "1abc") + num(3, 1 << 62) + num(4, 19) + num(5, 1),
    FINDINGS,
    VERSION + text(2, "1abc") + text(3, "") + text(6, "inbound") +
    text(7, "virus") + num(8, 1) + num(9, 19) + field(10, FINDINGS) +
    text(4, "a@b") + field(11, num(1, 1) + text(2, "a@b")),
    VERSION + num(2, 7) + num(3, 1) + text(4, "1abc") + text(5, "a@b") +
    text(6, "") + num(7, 1) + num(8, 1700000000) + field(9, b"x"),
    VERSION + num(2, 7) + num(3, 2) + text(4, "451 later"),
    VERSION + text(2, "1abc") + num(3, 1 << 62) + num(4, 19) + num(5, 1) +
    text(7, "note") + field(6, num(1, 2) + text(2, "2") + text(3, "gone")),
    VERSION + field(2, num(1, 1) + text(2, "not a ZIP")) + num(4, 1) +
    field(3, b"Subject: x\n") + num(5, 0) + field(6, FINDINGS),
    field(201, text(1, "row") + text(2, "role")) + text(202, "an error"),
    # what became of a mail, and pairs again
    VERSION + text(2, "1abc") + text(3, "inbound") + text(6, "a@b") +
    num(20, 1700000000) + num(24, 7) +
    field(40, field(200, field(201, text(1, "row") + text(2, "finding")))) +
    field(41, num(1, 3) + text(2, "c@d") + text(3, "deliver")),
    field(201, text(1, "row") + text(2, "role")) + text(202, "an error"),
]
CONF = [
    b"run_dir: /x\noperator: a@b\nlocal_domains: [a.b, 'c d']\n"
    b"local_owners: {a: b@c, 'x y': z}\nlog: {level: debug, syslog: no}\n",
    b"limits:\n  message_size: 1M\n  scan_time: 5m\n  depth: 3\n"
    b"mta:\n  command:\n  - /bin/x\n  - \"-bs\"\n",
    b"--- # c\n? run_dir\n: \"/\\x41\\u3042\"\n...\n",
]
# The first byte is the level, as in fuzz_settings.c.
SETTINGS = [
    b"\x00version: 1\ncheck_unregistered_domains: no\nsenders_max: 70\n",
    b"\x01version: 1\nvirus_notice: no\nspam: {sort: yes, folder: \"a b\"}\n"
    b"rules: {a: yes, b: off}\nnotices:\n  x: |\n    Subject: y\n\n    z\n"
    b"relay_hosts: [192.0.2.0/24]\nquarantine: {keep: 3d}\n",
    b"\x02version: 1\napproved_senders: [a@b.test, '*@c.test']\n"
    b"blocked_senders: off\nnotices_suspended: yes\nnotices_suspended_until: 4000000000\n",
    b"\x03version: 1\ntargets: [a@b.test]\n",
    b"\x06version: 1\nforbidden_words: [x]\n",
]


def presets():
    """The shipped ones."""
    folder = os.path.join(os.path.dirname(__file__), "../../config/presets")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            yield file.read()


def pair(name, value):
    return field(201, text(1, name) + text(2, value))


# The first byte is the request, as in fuzz_control.c.
CONTROL = [
    b"\0" + pair("level", "account") + pair("name", "alice@b.test") +
    pair("set", "virus_notice=no") + pair("add", "approved_senders=*@x.y") +
    pair("unset", "spam.folder") + pair("create", ""),
    b"\0" + pair("level", "domain") + pair("name", "b.test") +
    pair("set", "rules.a=on"),
    b"\1" + pair("level", "account") + pair("name", "alice@b.test"),
    b"\2" + pair("level", "account") + pair("name", "b.test") +
    pair("limit", "5"),
    b"\3" + pair("level", "list") + pair("name", "team@b.test"),
    b"\4" + pair("level", "domain") + pair("name", "b.test") +
    pair("day", "2026-01-01"),
]

MIME = [
    b"From: a@b\nSubject: =?utf-8?B?44GC?=\nMIME-Version: 1.0\n"
    b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n--x\n"
    b"Content-Type: application/zip; name*=utf-8''%E3%81%82.zip\n"
    b"Content-Transfer-Encoding: base64\n\nUEsDBA==\n--x--\n",
    b"Content-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=3Cp=3E\r\n",
]

# The first byte is the kind of part, as in part_walk.h.
ACTIVE_HTML = [
    b"\0<html><!-- x --><p onclick='x()'><a href=\"java&#10;script:x\">",
    b"\x01<svg><style><script type='a'>x</script></style><animate to='b'>",
    b"\0<iframe srcdoc='&lt;script&gt;'><style>a{b:expression(c)}</style>",
    b"\x01<!DOCTYPE a [<!ENTITY b '&#60;script>'>]><?xml-stylesheet a='b'?>",
]
ACTIVE_OFFICE = [
    b"\x03{\\rtf1{\\object{\\*\\objdata 0105}}{\\*\\fldinst {DDE a}}}",
    b"\x02ID;P\nO;E\nNN;NAuto_open\nC;X1;Y1;EEXEC()\nE\n",
    b"\x02a,=cmd|'/c a'!A0,b\n",
    b"\x03<?xml version='1.0'?><Relationships><Relationship Type='/"
    b"attachedTemplate' Target='http://a/b' TargetMode='External'/>",
    b"\x03<?xml version='1.0'?><w:fldChar/><w:instrText> DDE a</w:x>",
    b"\x03MZ" + b"\0" * 58 + b"\x40\0\0\0PE\0\0",
    b"\x03\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29"
    b"\x96\xd3a\0.\0j\0s\0\0\0\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4"
    b"\xc4\x8d\x4d\x0b\x7a\x9e\xac\x01" + b"\0" * 19 + b"x",
]
ACTIVE_PDF = [
    b"\x03%PDF-1.5\n1 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>stream\r\n" +
    zlib.compress(b"<</S/JavaScript/JS(x)>>") + b"\nendstream\nendobj\n",
    b"\x03%PDF-1.5\n<</Type/ObjStm/Filter[/AHx/A85]>>stream\n3C3C>\nendstream",
    b"\x03%PDF-1.5\n<</#4aS(x)/S/Launch/F(cmd.exe)/UF<FEFF00610062>>>",
]
ACTIVE_NAME = [
    "invoice.pdf   .exe".encode(), "a\u202efdp.exe".encode(),
    "b\uff0eｅｘｅ::$DATA".encode(), b"dir/\x90\xbf.{3050f4d8-98B5}. ",
]

READINGS = MIME + [
    b"Content-Type: multipart/mixed; boundary=x; boundary*0=y\n"
    b"Content-Type: text/plain\n\n--x\nContent-Transfer-Encoding: base64\n"
    b"Content-Transfer-Encoding : 7bit\n\naGVs=bG8.\naA==aA==\n--x--\n--y\n",
    b"Content-Type: text/html; charset=utf-7\r"
    b"Content-Transfer-Encoding: quoted-printable\r\r=2BADw-=\t\r=q=2\r",
    b"Subject: x\n\nbegin 644 a b\n#86)C\n`\nend\n"
    b"=ybegin line=128 size=1 name=a\n\x8b==\n=yend\n"
    b"begin-base64 644 x\nYWJj\n====\n",
    b"(This file must be converted with BinHex 4.0)\n\n"
    b":$f*TEQKPH#jdCA0d,R0TG!\"6594%8dP8)3#3\"!&m!*!%EMa6593K!!%!!!&mFNa\n:",
    b"\x78\x9f\x3e\x22\1\0" + b"\2\2\x90\6\0\1\0\0\0x\0\0"
    b"\2\x0f\x80\6\0\3\0\0\0abc\0\0" +
    b"\2\5\x90\6\0\x1c\0\0\0\2\0\0\0\2\1\1\x37\1\0\0\0\3\0\0\0"
    b"abc\0\3\0\1\0\0\0\0\0\0\0",
    b"\x30\x1b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2\xa0\x0e\x30\x0c"
    b"\2\1\1\x31\0\x30\3\6\1\x2a\x31\0" + b"\0" * 8,
]


def zip_file(method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a", b"hello hello hello hello")
    return file.getvalue()


def rar4_block(kind, flags, rest):
    body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(body) & 0xffff) + body


def rar5_block(body):
    body = bytes([len(body)]) + body
    return struct.pack("<I", zlib.crc32(body)) + body


def lha(method):
    body = (method + struct.pack("<IIIBB", 5, 5, 0, 32, 0) + b"\1a" +
            struct.pack("<H", 0))
    return bytes([len(body), sum(body) & 255]) + body + b"hello\0"


RAR4 = (b"Rar!\x1a\7\0" + rar4_block(0x73, 0, bytes(6)) +
        rar4_block(0x74, 0x8000, struct.pack(
            "<IIBIIBBHI", 5, 5, 2, zlib.crc32(b"hello"), 0, 20, 0x30, 1,
            32) + b"a") + b"hello" + rar4_block(0x7b, 0x4000, b""))
RAR5 = (b"Rar!\x1a\7\1\0" + rar5_block(b"\1\0\0") +
        rar5_block(b"\2\2\5\4\5\x20" + struct.pack(
            "<I", zlib.crc32(b"hello")) + b"\0\1\1a") + b"hello" +
        rar5_block(b"\5\0\0"))
# The first byte is the type, as in inspect_walk.h.
ARCHIVES = [b"\0" + RAR4, b"\0" + RAR5, b"\2MZ" + RAR5, b"\2MZ" + RAR4,
            b"\0" + lha(b"-lh0-"), b"\2MZ" + lha(b"-lh5-"),
            b"\0!<arch>\na/              0           0     0     644     "
            b"5         `\nhello\n", b"\0\x1f\x9d\x90h\xca\xb0a\xf3"]
ZIPS = [b"\1" + zip_file(zipfile.ZIP_STORED),
        b"\1" + zip_file(zipfile.ZIP_DEFLATED),
        b"\1" + zip_file(zipfile.ZIP_LZMA),
        b"\1" + 2 * zip_file(zipfile.ZIP_DEFLATED),
        b"\0prefix" + zip_file(zipfile.ZIP_DEFLATED)]


def ole(name, data):
    """A compound file of one stream in the mini stream."""
    def entry(text, kind, child, start, size):
        return (text.encode("utf-16-le").ljust(64, b"\0") + struct.pack(
            "<HBBiii", 2 * len(text) + 2, kind, 1, -1, -1, child) +
            bytes(36) + struct.pack("<IQ", start, size))
    head = (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3e, 3, 0xfffe, 9, 6, 0, 1, 1, 0, 4096, 2, 1,
        0xfffffffe, 0, 3)).ljust(512, b"\xff")
    tables = struct.pack("<IIII", *[0xfffffffe] * 3, 0xfffffffd)
    return (head + data.ljust(512, b"\0") +
            (entry("Root Entry", 5, 1, 0, 64) +
             entry(name, 2, -1, 0, len(data))).ljust(512, b"\0") +
            struct.pack("<I", 0xfffffffe).ljust(512, b"\xff") +
            tables.ljust(512, b"\xff"))


OLES = [b"\4" + ole("Workbook", b"\x09\x08\2\0\0\0\x2f\0\0\0"),
        b"\4" + ole("WordDocument", b"\xec\xa5" + bytes(9) + b"\1"),
        b"\4" + ole("Current User", bytes(12) + b"\xdf\xc4\xd1\xf3"),
        b"\x83-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----\n",
        bytes.fromhex("003082010006092a864886f70d010703") + bytes(20)]

REWRITE = [
    b"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BK\\J8\x1b(B\n",
    b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+\n",
    b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b\n"
    b"Content-Type: application/pgp-signature\n\ny\n--b--\n",
]

RELS = (b'<Relationships><Relationship Id="a" Type="http://schemas.microsoft.'
        b'com/office/2006/relationships/%s" Target="%s"/></Relationships>')
# The first byte is the kind, as in fuzz_inspect_clean.c.
CLEAN = [
    b"\1" + b"\0".join([
        b'<Types><Override PartName="/xl/macrosheets/a.xml" ContentType='
        b'"application/vnd.ms-excel.macrosheet+xml"/></Types>',
        RELS % (b"xlMacrosheet", b"macrosheets/a.xml"),
        b'<workbook xmlns:r="/relationships"><definedNames><definedName '
        b'name="_xlnm.Auto_Open"/></definedNames><a r:id="a"/></workbook>',
        RELS % (b"ui/extensibility", b"/word/vbaProject.bin"),
        b'<a><b action="ppaction://macro"/></a>', RELS % (b"oleObject", b"b"), b"c",
        b"d", RELS % (b"wordVbaData", b"e")]),
    b"\1" + b"\0".join([
        b'<Types><Default Extension="bin" ContentType="vbaProject"/></Types>',
        RELS % (b"control", b"../word/vbaProject.bin"),
        b'<a xmlns:r="/relationships"><controls><b r:id="a"/></controls></a>',
        b"<a/>", b"<a/>", b"<a/>"]),
    b"\0" + zip_file(zipfile.ZIP_DEFLATED),
]


def plan(*ops, stamp=None):
    data = VERSION + text(2, "1abc") + num(3, 1 << 62) + num(5, 1)
    for kind, part in ops:
        data += field(6, num(1, kind) + text(2, part) + text(3, "gone\n"))
    return data + (text(7, stamp) if stamp else b"")


# Plan, length in front, and message: fuzz_inspect_rewrite_run.c.
REWRITE_RUN = [struct.pack(">H", len(data)) + data + mail
               for data, mail in zip(
                   [plan((1, "1"), stamp="note\n"), plan((2, "2"), (1, "1")),
                    plan((1, "1.1"), stamp="\u3042\n"), plan((1, "2"))],
                   MIME + REWRITE)]


def tnef(*attributes):
    """Level, tag and data of each."""
    return b"\0" + struct.pack("<LH", 0x223e9f78, 1) + b"".join(
        struct.pack("<BLL", level, tag, len(data)) + data +
        struct.pack("<H", sum(data) & 0xffff)
        for level, tag, data in attributes)


TNEF = [
    tnef((1, 0x89006, struct.pack("<L", 0x10000)), (2, 0x69002, bytes(14)),
         (2, 0x18010, b"a.exe\0"), (2, 0x6800f, b"MZ hello")),
    tnef((1, 0x69003, struct.pack("<LLLL", 1, 0x10130102, 1, 8) +
          b"<html>  "))]
SMIME = [b"\0" + bytes.fromhex("302b06092a864886f70d010702a01e301c0201013100"
                               "301306092a864886f70d010701a0060404") +
         b"hi\n\n\x31\0",
         b"\0" + bytes.fromhex("3080060b2a864886f70d0109100109a080")]
EXECUTABLES = [b"\2MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" +
               struct.pack("<HHLLLHH", 0x14c, 1, 0, 0, 0, 224, 0x102) +
               struct.pack("<H", 0x10b) + bytes(222),
               b"\0\x7fELF\2\1\1" + bytes(60), b"\0\x4c\0\0\0\1\x14\2" +
               bytes(70), b"\0#!/bin/sh\nexit\n"]
PLAIN = [
    b"\xffContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    b"Content-Transfer-Encoding: 7bit\n\nto you\n--b\nContent-Type: a/b\n"
    b"Content-Transfer-Encoding: base64\n\n\0QUI=\n--b--\n",
    b"\1To: a:b@c\nContent-Type: text/plain;\n a=b\n\nbegin 644 x\n--\n"]


def main():
    seeds = {
        "wire": PROTO,
        "frame": [struct.pack(">IHHI", 3, 2, 0, 1) + b"abc",
                  struct.pack(">IHHI", 0, 3, 0, 9) * 2],
        "proto": [bytes([i]) + data for i, data in enumerate(PROTO)],
        "conf": CONF,
        "inspect_mime": MIME,
        "inspect_archive": ARCHIVES,
        "inspect_zip": ZIPS,
        "inspect_ole": OLES,
        "inspect_readings": READINGS,
        "inspect_rewrite": MIME + REWRITE,
        "inspect_clean": CLEAN,
        "inspect_rewrite_run": REWRITE_RUN,
        "inspect_tnef": TNEF,
        "inspect_smime": SMIME,
        "inspect_executable": EXECUTABLES,
        "inspect_plain": PLAIN,
        "inspect_html": ACTIVE_HTML,
        "inspect_office": ACTIVE_OFFICE,
        "inspect_pdf": ACTIVE_PDF,
        "inspect_name": ACTIVE_NAME,
        "settings": SETTINGS,
        "rules": presets(),
        "control": CONTROL,
    }
    for name, inputs in seeds.items():
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for number, data in enumerate(inputs):
            with open(os.path.join(folder, f"seed-{number}"), "wb") as file:
                file.write(data)


main()
