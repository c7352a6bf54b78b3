"""Ordinary mails, one of each kind: with LF, as Exim's spool has them."""
import base64
import io
import quopri
import random
import zipfile

from . import mails

JAPANESE = """いつも大変お世話になっております。株式会社守の山田です。
先日ご依頼いただきましたお見積りの件につきまして、添付の通りお送りいたします。
ご確認のほど、どうぞよろしくお願い申し上げます。
納期は来月末を予定しておりますが、ご不明な点がございましたらご連絡ください。
"""
ROW = """<tr><td style="padding:8px;font-family:Arial,sans-serif;color:#333">
<a href="https://news.example.com/item/{0}?utm_source=mail&amp;id={1}"
style="text-decoration:none"><img src="https://img.example.com/{0}.png"
width="120" height="80" alt="Item {0}" border="0"></a></td>
<td><h3 style="margin:0">{2}</h3><p>{3}</p></td></tr>
"""


def head(rng, name, kind, sender="Yamada <yamada@far.example>"):
    token = f"{rng.getrandbits(64):x}"
    return (
        f"Received: from mail.far.example (mail.far.example [192.0.2.7])\n"
        f"\tby mx.example.test (Postfix) with ESMTPS id {token}\n"
        f"\tfor <alice@example.test>; Mon,  1 Jan 2024 09:00:01 +0900 (JST)\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
        f"d=far.example;\n\ts=s1; h=from:to:subject:date:message-id:"
        f"mime-version:content-type;\n"
        f"\tbh={base64.b64encode(rng.randbytes(32)).decode()};\n"
        f"\tb={base64.b64encode(rng.randbytes(96)).decode()}\n"
        f"Return-Path: <yamada@far.example>\n"
        f"From: {sender}\nTo: alice@example.test\nSubject: {name}\n"
        f"Date: Mon, 1 Jan 2024 09:00:00 +0900\n"
        f"Message-ID: <{token}@far.example>\nMIME-Version: 1.0\n"
        f"Content-Type: {kind}\n")


def prose(rng, size):
    return mails.prose(rng, size).replace("\r\n", "\n")


def multipart(rng, name, kind, parts):
    bound = f"=_{rng.getrandbits(64):x}"
    text = head(rng, name, f'multipart/{kind}; boundary="{bound}"') + "\n"
    text += "This is a multi-part message in MIME format.\n"
    data = text.encode()
    for header, body in parts:
        data += f"--{bound}\n{header}\n\n".encode() + body + b"\n"
    return data + f"--{bound}--\n".encode()


def plain_part(rng, size=600):
    return ("Content-Type: text/plain; charset=utf-8\n"
            "Content-Transfer-Encoding: 7bit", prose(rng, size).encode())


def file_part(name, mime_type, content):
    return (f'Content-Type: {mime_type}; name="{name}"\n'
            f'Content-Disposition: attachment; filename="{name}"\n'
            "Content-Transfer-Encoding: base64", base64.encodebytes(content))


def newsletter_html(rng, rows):
    body = "".join(ROW.format(i, rng.getrandbits(32), prose(rng, 30).strip(),
                              prose(rng, 200).strip()) for i in range(rows))
    return ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>News"
            "</title><style>body{margin:0;padding:0}@media(max-width:600px)"
            "{td{display:block}}</style></head><body><table width=\"600\">\n"
            f"{body}</table></body></html>\n")


def text(rng):
    return (head(rng, "report", "text/plain; charset=utf-8") + "\n" +
            prose(rng, 10 << 10)).encode()


def newsletter(rng):
    page = quopri.encodestring(newsletter_html(rng, 40).encode())
    return (head(rng, "news", "text/html; charset=utf-8") +
            "Content-Transfer-Encoding: quoted-printable\n"
            "List-Unsubscribe: <https://news.example.com/u>\n\n"
            ).encode() + page


def alternative(rng):
    page = quopri.encodestring(newsletter_html(rng, 8).encode())
    return multipart(rng, "hello", "alternative", [
        plain_part(rng, 2000),
        ("Content-Type: text/html; charset=utf-8\n"
         "Content-Transfer-Encoding: quoted-printable", page)])


def attached(size):
    def make(rng):
        return multipart(rng, "photo", "mixed", [
            plain_part(rng), file_part("data.bin", "application/octet-stream",
                                       rng.randbytes(size * 3 // 4))])
    return make


def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def document(rng):
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{prose(rng, 200)}</w:t></w:r></w:p>"
        for _ in range(120))
    types = "http://schemas.openxmlformats.org/"
    content = packed([
        ("[Content_Types].xml", f'<Types xmlns="{types}package/2006/content-'
         'types"><Default Extension="xml" ContentType="application/xml"/>'
         '<Override PartName="/word/document.xml" ContentType="application/'
         'vnd.openxmlformats-officedocument.wordprocessingml.document.main'
         '+xml"/></Types>'),
        ("_rels/.rels", f'<Relationships xmlns="{types}package/2006/'
         f'relationships"><Relationship Id="rId1" Type="{types}office'
         'Document/2006/relationships/officeDocument" '
         'Target="word/document.xml"/></Relationships>'),
        ("word/document.xml", f'<w:document xmlns:w="{types}'
         f'wordprocessingml/2006/main"><w:body>{paragraphs}</w:body>'
         "</w:document>"),
        ("word/styles.xml", "<w:styles>" + "<w:style/>" * 400 +
         "</w:styles>"),
        ("word/media/image1.png", b"\x89PNG\r\n\x1a\n" +
         rng.randbytes(30000)),
        ("docProps/core.xml", "<cp:coreProperties/>")])
    return multipart(rng, "document", "mixed", [
        plain_part(rng), file_part(
            "report.docx", "application/vnd.openxmlformats-officedocument."
            "wordprocessingml.document", content)])


def zip_file(rng):
    return multipart(rng, "files", "mixed", [
        plain_part(rng), file_part("files.zip", "application/zip", packed(
            [(f"report{i}.csv", "".join(
                f"{n},{rng.getrandbits(20)},{prose(rng, 30)}"
                for n in range(300))) for i in range(6)] +
            [("photo.jpg", b"\xff\xd8\xff\xe0" + rng.randbytes(60000))]))])


def japanese(rng):
    return (head(rng, "=?ISO-2022-JP?B?GyRCOCtAUSRqJE43bxsoQg==?=",
                 "text/plain; charset=ISO-2022-JP",
                 "=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <yamada@far.example>") +
            "Content-Transfer-Encoding: 7bit\n\n").encode() + (
                JAPANESE * 12).encode("iso-2022-jp")


def report(rng):
    return multipart(rng, "Undelivered Mail Returned to Sender",
                     "report; report-type=delivery-status", [
        ("Content-Description: Notification\n"
         "Content-Type: text/plain; charset=us-ascii",
         b"This is the mail system at host far.example.\n\nI'm sorry to have "
         b"to inform you that your message could not\nbe delivered to one or "
         b"more recipients.\n\n<bob@far.example>: host mx.far.example said: "
         b"550 5.1.1 User unknown\n"),
        ("Content-Description: Delivery report\n"
         "Content-Type: message/delivery-status",
         b"Reporting-MTA: dns; far.example\nArrival-Date: Mon, 1 Jan 2024 "
         b"09:00:00 +0900\n\nFinal-Recipient: rfc822; bob@far.example\n"
         b"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 "
         b"User unknown\n"),
        ("Content-Description: Undelivered Message\n"
         "Content-Type: message/rfc822", alternative(rng))])


KINDS = {
    "10 KB text": text,
    "ISO-2022-JP text": japanese,
    "HTML newsletter": newsletter,
    "multipart/alternative": alternative,
    "bounce (DSN)": report,
    "office document": document,
    "zip": zip_file,
    "100 KB base64": attached(100 << 10),
    "2 MB base64": attached(2 << 20),
}


def make(name, seed=1):
    return KINDS[name](random.Random(f"{seed} {name}"))
