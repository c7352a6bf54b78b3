"""Preset acmf: rows C2, C3, C7 and C8 of the customer's document. C1 is
decided in tests/unit/gate."""
import io
import json
import zipfile
from email.header import Header

import pytest
from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER
from requirement_fixtures import (attachments, delivered, kept, marks, only,
                                  outcomes, preset_rig, prig,  # noqa: F401
                                  submit, told, why)
from riglib import samples
from riglib.client import parse, text_of, wait_for
from riglib.office import docm, xlsx
from settings_fixtures import CUSTOMER, ctl_as

PRESET = "acmf"
TAG = "[SPAM?] "
SUFFIX = "【マクロ等の実行可能なコードを検出しました。お取扱いにご注意ください】"
SUBJECT = "見積書の件"


def subjects():
    """What stands in a Subject line, and what a reader sees."""
    folded = "とても長い件名のため二行以上に分けられている見積書の送付について"
    return {
        "utf-8 base64": (Header(SUBJECT, "utf-8").encode(), SUBJECT),
        "iso-2022-jp": (Header(SUBJECT, "iso-2022-jp").encode(), SUBJECT),
        "folded": (Header(folded, "utf-8").encode(linesep="\r\n"), folded),
        "folded iso-2022-jp": (Header(folded, "iso-2022-jp").encode(
            linesep="\r\n"), folded),
        "ascii": ("Quotation", "Quotation"),
        "raw utf-8": (SUBJECT, SUBJECT),
        "empty": ("", ""),
    }


def with_subject(data, raw):
    head, subject, rest = data.partition(b"Subject: plain")
    assert subject
    return head + b"Subject: " + raw.encode() + rest


def macro_mail(content=None, name="見積.docm", raw="plain"):
    data = samples.mail(OUTSIDER, ALICE, subject="plain",
                        attachment=content or docm(), name=name)
    return with_subject(data, raw)


@pytest.mark.parametrize("kind", subjects())
def test_C2_macros_are_marked_at_both_ends_of_the_subject(prig, kind):
    raw, seen = subjects()[kind]
    data = macro_mail(raw=raw)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    # Encoded words in a row are one text to a reader.
    space = " " if seen and not raw.startswith("=?") else ""
    assert mail["Subject"] == TAG + seen + space + SUFFIX
    # The original's bytes are still there, and the rest is untouched.
    source, = prig.mails(ALICE)
    assert raw.encode() in source
    assert source.endswith(data[data.index(b"MIME-Version"):])
    assert attachments(mail) == {"見積.docm": docm()}
    assert marks(mail) == {"": "clean", "reason": "macro", "action": "tag",
                           "rules": "active-content"}
    assert kept(prig) == [] and told(prig, ALICE) == []


def bare_workbook():
    """The member alone: nothing in the package refers to it."""
    file = io.BytesIO(xlsx())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin",
                         b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    return file.getvalue()


@pytest.mark.parametrize("content", [xlsx(b"a macro object"),
                                     bare_workbook()],
                         ids=["project", "member"])
def test_C2_anything_with_a_macro_object_counts(prig, content):
    """Also a workbook that does not look like it."""
    data = macro_mail(content, "売上.xlsx")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert only(prig, ALICE)["Subject"] == TAG + "plain " + SUFFIX
    prig.empty(ALICE)
    assert prig.send(macro_mail(xlsx(), "売上.xlsx"), OUTSIDER,
                     ALICE).code == 250
    mail = only(prig, ALICE)
    assert mail["Subject"] == "plain" and marks(mail) == {"": "clean"}


@pytest.mark.parametrize("name,content", [
    ("a.js", b"WScript.Echo('x');\n"),
    ("a.html", b"<html><body><script>x()</script></body></html>"),
], ids=["js", "html"])
def test_C2_scripts_in_attachments(prig, name, content):
    assert prig.send(macro_mail(content, name), OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert mail["Subject"] == TAG + "plain " + SUFFIX
    assert marks(mail)["reason"] == "script"


def test_C2_marks_are_put_once(prig):
    """An answer or a forward of what was marked."""
    raw = Header(TAG + SUBJECT + " " + SUFFIX, "utf-8").encode()
    assert prig.send(macro_mail(raw=raw), OUTSIDER, ALICE).code == 250
    assert only(prig, ALICE)["Subject"] == TAG + SUBJECT + " " + SUFFIX


def test_C2_two_recipients_of_two_services(prig):
    prig.ctl("domain", "set", "example.org", "preset=smartconnect")
    data = macro_mail()
    assert prig.send(data, OUTSIDER, [CAROL, ALICE]).code == 250
    assert only(prig, ALICE)["Subject"] == TAG + "plain " + SUFFIX
    mail = only(prig, CAROL)
    assert mail["Subject"] == "plain" and marks(mail) == {"": "clean"}
    assert mail["Message-ID"] == parse(data)["Message-ID"]


@pytest.mark.parametrize("language,words", [
    ("ja", ["【注意】このメールには、パスワードで保護されたファイル(計画.zip)が"
            "添付されています。",
            "中身を検査できないため、ウイルスが含まれている可能性があります。"]),
    ("en", ["CAUTION: A password protects 計画.zip, which is attached to this "
            "mail.", "It could not be checked and may contain a virus."]),
], ids=["ja", "en"])
def test_C3_password_protected_tag_and_warning(prig, language, words):
    prig.ctl("account", "set", ALICE, f"notice_language={language}")
    content = samples.encrypted_zip(b"secret")
    data = samples.mail(OUTSIDER, ALICE, subject=SUBJECT, name="計画.zip",
                        attachment=content)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert mail["Subject"] == TAG + SUBJECT
    assert text_of(mail).splitlines()[:2] == words
    assert text_of(mail).endswith("本文です。\n")
    assert attachments(mail) == {"計画.zip": content}
    assert marks(mail) == {"": "not-checked", "reason": "encrypted",
                           "action": "stamp,tag", "rules": "encrypted"}


def test_C7_sending_is_checked_too(prig):
    reply = submit(prig, samples.infected(ALICE, FRIEND), ALICE, FRIEND)
    assert reply.code == 550 and samples.VIRUS in reply.text
    assert prig.sunk() == [] and kept(prig) == [(FRIEND, "virus")]
    assert len(told(prig, ALICE)) == 1


def test_C7_reports_and_what_was_used(prig):
    """A list and figures for the domain's administrator."""
    data = macro_mail()
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    why(prig, data)
    done = ctl_as(prig, CUSTOMER, "history", "list", "--json", "--domain",
                  "example.test")
    rows = json.loads(done.stdout)
    assert rows[0]["message_id"] in str(parse(data)["Message-ID"])
    assert rows[0]["verdict"] == "clean"
    assert "example.test" in prig.ctl("domain", "list").stdout
    assert ALICE in prig.ctl("account", "list", "example.test").stdout


def test_C8_a_user_sees_why(prig):
    data = macro_mail(raw="=?utf-8?B?6KaL56mN?=")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    story = why(prig, data)
    assert story["subject"] == "見積"
    assert {one["name"] for one in story["findings"]} == {"見積.docm"}
    assert "macro" in {one["kind"] for one in story["findings"]}
    assert outcomes(prig, data) == {ALICE: ("deliver", "active-content")}
    # By the reference in the mail's own header, in words.
    trace = str(mail["X-Mamori-Result"]).rpartition("id=")[2]
    text = prig.ctl("why", trace).stdout
    for words in ("received, inbound", "checked: clean", "found: macro",
                  f"for {ALICE}: deliver", "by rules: active-content",
                  "Completed"):
        assert words in text, text
    done = ctl_as(prig, CUSTOMER, "why", trace, "--domain", "example.test")
    assert done.returncode == 0 and "active-content" in done.stdout


def test_a_virus_is_quarantined_and_released_only_when_free_of_it(prig):
    assert prig.send(samples.infected(OUTSIDER, [ALICE, BOB]), OUTSIDER,
                     [ALICE, BOB]).code == 250
    assert delivered(prig, ALICE) == [] and told(prig, ALICE) == []
    assert kept(prig) == [(ALICE, "virus"), (BOB, "virus")]
    for row in prig.ctl_json("quarantine", "list"):
        prig.ctl("quarantine", "release", str(row["id"]), check=False)
    assert delivered(prig, ALICE) == delivered(prig, BOB) == []


def test_C4_a_wrongly_kept_mail_is_found_and_released(prig):
    """By date, sender and recipient; delivered once it is free of viruses."""
    for sender, to in ((OUTSIDER, ALICE), (OUTSIDER, BOB), (FRIEND, ALICE)):
        prig.send(samples.infected(sender, to), sender, to)
    prig.settle()
    found = prig.ctl_json("quarantine", "list", "--since", "1h",
                          "--sender", OUTSIDER, "--recipient", ALICE)
    row = found[0] if isinstance(found, list) else found
    assert (row["sender"], row["recipient"]) == (OUTSIDER, ALICE)
    assert not isinstance(found, list) or len(found) == 1
    prig.ctl("quarantine", "release", str(row["id"]))
    wait_for(lambda: prig.events(event="outbox-refused"), "a refusal")
    assert delivered(prig, ALICE) == []
    # What was found turns out to be none.
    prig.ctl("signature", "allow", "--no-release", samples.VIRUS)
    try:
        prig.ctl("quarantine", "release", str(row["id"]))
        wait_for(lambda: delivered(prig, ALICE), "the mail")
        assert attachments(only(prig, ALICE))
    finally:
        prig.ctl("signature", "deny", samples.VIRUS)
    assert delivered(prig, BOB) == []
