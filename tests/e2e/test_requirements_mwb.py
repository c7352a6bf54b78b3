"""Preset mwb: rows B1 to B9 of the customer's document, word by word."""
import re
import zipfile
from html import unescape
from io import BytesIO

import pytest
from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER
from requirement_fixtures import (MACRO, MACRO_VIRUS, TEXT, attachments,
                                  delivered, kept, marks, only, outcomes,
                                  preset_rig, prig, submit, told)  # noqa: F401
from riglib import samples
from riglib.client import parse, text_of
from riglib.office import DOCUMENT, docm
from settings_fixtures import CUSTOMER, PANEL, ctl_as

PRESET = "mwb"
DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}"
STAMP = ("The attachment named {} could not be scanned for viruses because "
         "it is a password protected")


def check_notice_1(rig, account, virus, file, actions, subject):
    """The notice of the document's appendix to the recipient."""
    mail = rig.wait_mail(account, lambda mail: mail["Auto-Submitted"])
    (title, lines), = told(rig, account)
    virus += ".UNOFFICIAL"      # as the engine calls signatures of others
    assert title == f"Virus ({virus}) detected"
    assert re.match("noreply@", mail["From"].addresses[0].addr_spec, re.I)
    assert re.fullmatch(
        re.escape(f"({virus}) was detected in message sent by {OUTSIDER} at ")
        + DATE + re.escape(f" and these actions were taken: {actions} ."),
        lines[0])
    assert lines[1:8] == [
        "", f"Virus: {virus}", f"File(s): {file}", f"Action(s): {actions}",
        f"Sender: {OUTSIDER}", f"Recipient(s): {account}",
        f"Subject: {subject}"]


def test_B1_what_can_be_cleaned_is_cleaned_and_delivered(prig):
    data = samples.mail(OUTSIDER, ALICE, subject="見積書",
                        attachment=docm(MACRO), name="見積.docm")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert mail["Subject"] == "見積書"
    assert mail["Message-ID"] == parse(data)["Message-ID"]
    assert marks(mail) == {"": "infected", "reason": "virus",
                           "action": "clean", "rules": "virus-inbound"}
    assert text_of(mail) == text_of(parse(data))
    with zipfile.ZipFile(BytesIO(attachments(mail)["見積.docm"])) as file:
        assert file.testzip() is None
        assert file.read("word/document.xml").decode() == DOCUMENT % ""
        assert not any("vba" in name for name in file.namelist())
    check_notice_1(prig, ALICE, MACRO_VIRUS, "見積.docm", "Clean; Notify;",
                   "見積書")
    assert kept(prig) == []
    assert outcomes(prig, data) == {ALICE: ("deliver", "virus-inbound")}


@pytest.mark.parametrize("name,content", [
    ("invoice.com", samples.eicar()),
    ("text.docm", docm(text=DOCUMENT.replace("text", TEXT))),
    ("both.docm", docm(MACRO, DOCUMENT.replace("text", TEXT))),
], ids=["program", "text", "both"])
def test_B1_what_cannot_be_cleaned_is_deleted(prig, name, content):
    data = samples.mail(OUTSIDER, ALICE, subject="請求書",
                        attachment=content, name=name)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    (title, lines), = told(prig, ALICE)
    assert title.startswith("Virus (") and "Action(s): Delete; Notify;" in \
        lines
    assert kept(prig) == [] and prig.sunk() == []
    assert outcomes(prig, data) == {ALICE: ("discard", "virus-inbound")}


def test_B1_a_virus_in_the_body_deletes_the_mail(prig):
    data = samples.mail(OUTSIDER, ALICE, subject="請求書",
                        text=samples.eicar().decode())
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    check_notice_1(prig, ALICE, samples.VIRUS, "-", "Delete; Notify;",
                   "請求書")


def check_notice_2(rig, account, data, to, file):
    """The notice of the document's appendix to the sender."""
    (title, lines), = told(rig, account)
    mail = parse(data)
    assert title == "Security settings violation"
    assert lines[:5] == [
        "A message violated the security settings. The message has been "
        "deleted.", "", "Message details:", f"Sender: {account}",
        f"Recipient: {to}"]
    assert lines[5] == f"Subject: {mail['Subject']}"
    match = re.fullmatch(f"Date: {DATE} Message size: (\\d+)", lines[6])
    assert match and abs(int(match[1]) - len(data)) < 600
    assert lines[7:11] == [
        f"Attachment: {file}", f"Attachment size: {len(samples.eicar())}",
        "# of attachments: 1", f"Message ID: {mail['Message-ID']}"]


def test_B2_sending_deletes_the_whole_mail(prig):
    data = samples.infected(ALICE, FRIEND)
    assert submit(prig, data, ALICE, [FRIEND, BOB]).code == 250
    check_notice_2(prig, ALICE, data, f"{BOB}, {FRIEND}", "invoice.com")
    assert prig.sunk() == [] and kept(prig) == []
    assert delivered(prig, BOB) == [] and told(prig, BOB) == []
    assert outcomes(prig, data)[FRIEND] == ("discard", "virus-outbound")


def test_B2_a_web_script_too(prig):
    data = samples.infected("shop@example.test", FRIEND)
    prig.web_script(data)
    (title, _), = told(prig, prig.owner)
    assert title == "Security settings violation"
    assert prig.sunk() == [] and kept(prig) == []


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "us-ascii"])
def test_B3_stamp_for_a_password_protected_attachment(prig, charset):
    text = "hello\n" if charset == "us-ascii" else "本文です。\n"
    content = samples.encrypted_zip(b"secret")
    data = samples.mail(OUTSIDER, ALICE, subject="資料", attachment=content,
                        name="plan.zip")
    if charset == "iso-2022-jp":
        mail = parse(data)
        mail.get_body().set_content(text, charset=charset)
        data = mail.as_bytes()
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert text_of(mail).startswith(STAMP.format("plan.zip") + "\n")
    assert text_of(mail).endswith("本文です。\n")
    assert attachments(mail) == {"plan.zip": content}
    assert marks(mail) == {"": "not-checked", "reason": "encrypted",
                           "action": "stamp", "rules": "encrypted"}
    assert told(prig, ALICE) == [] and kept(prig) == []
    # Sending has no such rule: the header of what comes to Bob is his own.
    data = samples.mail(ALICE, FRIEND, attachment=content, name="plan.zip")
    assert submit(prig, data, ALICE, FRIEND).code == 250
    prig.settle()
    (_, sent), = prig.sunk()
    assert b"password protected" not in sent


def test_B3_the_file_s_name_in_japanese_and_html(prig):
    content = samples.encrypted_zip(b"secret")
    mail = parse(samples.mail(OUTSIDER, ALICE, subject="資料"))
    mail.add_alternative("<html><body><p>本文</p></body></html>",
                         subtype="html")
    mail.add_attachment(content, maintype="application", subtype="zip",
                        filename="計画 <b>.zip")
    assert prig.send(mail.as_bytes(), OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert text_of(mail).startswith(STAMP.format("計画 <b>.zip"))
    html = mail.get_body(("html",)).get_content()
    assert "<b>" not in html
    assert STAMP.format("計画 <b>.zip") in unescape(html)
    assert html.index("attachment named") < html.index("本文")


EXE = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(200)


def program(sender, to):
    return samples.mail(sender, to, subject="tool", attachment=EXE,
                        name="tool.exe")


@pytest.mark.parametrize("level", [("server", "set"),
                                   ("domain", "set", "example.test")])
def test_B7_high_risk_attachments_received(prig, level):
    """Off until switched on, on the server or a domain."""
    assert prig.send(program(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    assert attachments(only(prig, ALICE)) == {"tool.exe": EXE}
    prig.empty(ALICE)
    prig.ctl(*level, "rules.executable-inbound=on")
    data = program(OUTSIDER, ALICE)
    assert prig.send(data, OUTSIDER, [ALICE, CAROL]).code == 250
    assert delivered(prig, ALICE) == [] and kept(prig) == []
    assert outcomes(prig, data)[ALICE] == ("discard", "executable-inbound")
    assert len(delivered(prig, CAROL)) == (level[0] == "domain")
    # What is sent is another rule's.
    assert submit(prig, program(ALICE, FRIEND), ALICE, FRIEND).code == 250
    prig.settle()
    assert len(prig.sunk()) == 1
    # A domain's switch goes before the server's.
    prig.ctl("domain", "set", "example.test", "rules.executable-inbound=off")
    prig.send(program(OUTSIDER, ALICE), OUTSIDER, ALICE)
    assert only(prig, ALICE)


def test_B8_high_risk_attachments_sent(prig):
    assert submit(prig, program(ALICE, FRIEND), ALICE, FRIEND).code == 250
    prig.settle()
    assert len(prig.sunk()) == 1
    prig.ctl("domain", "set", "example.test",
             "rules.executable-outbound=on")
    data = program(ALICE, FRIEND)
    assert submit(prig, data, ALICE, FRIEND).code == 250
    assert outcomes(prig, data) == {FRIEND: ("discard",
                                             "executable-outbound")}
    assert submit(prig, program(CAROL, FRIEND), CAROL, FRIEND).code == 250
    prig.settle()
    assert len(prig.sunk()) == 2
    prig.ctl("server", "set", "rules.executable-outbound=on")
    assert submit(prig, program(CAROL, FRIEND), CAROL, FRIEND).code == 250
    prig.settle()
    assert len(prig.sunk()) == 2 and kept(prig) == []


def test_B_rules_are_switched_by_the_domain_s_administrator(prig):
    """All eight of them, for the own domain, until others say so."""
    for rule in ("virus-body", "virus-inbound", "virus-outbound",
                 "virus-local", "encrypted", "spam", "suspect",
                 "spam-outbound", "executable-inbound",
                 "executable-outbound"):
        for state in ("off", "on"):
            assert ctl_as(prig, CUSTOMER, "domain", "set", "example.test",
                          f"rules.{rule}={state}").returncode == 0, rule
    for user, domain, rule in (
            (CUSTOMER, "example.test", "limit-inbound"),
            (PANEL, "example.test", "limit-inbound"),
            (CUSTOMER, "example.org", "executable-inbound")):
        assert ctl_as(prig, user, "domain", "set", domain,
                      f"rules.{rule}=off").returncode != 0


def test_B1_B2_B3_switched_off(prig):
    """The mail passes, and its header says what it holds."""
    prig.ctl("domain", "set", "example.test", "rules.virus-inbound=off",
             "rules.virus-outbound=off", "rules.encrypted=off")
    assert prig.send(samples.infected(OUTSIDER, [ALICE, CAROL]), OUTSIDER,
                     [ALICE, CAROL]).code == 250
    assert marks(only(prig, ALICE)) == {"": "infected", "reason": "virus"}
    assert delivered(prig, CAROL) == [] and len(told(prig, CAROL)) == 1
    assert submit(prig, samples.infected(ALICE, FRIEND), ALICE,
                  FRIEND).code == 250
    prig.settle()
    assert len(prig.sunk()) == 1 and told(prig, ALICE) == []
    prig.empty(ALICE)
    data = samples.mail(OUTSIDER, ALICE, name="plan.zip",
                        attachment=samples.encrypted_zip(b"secret"))
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert text_of(mail) == "本文です。\n"
    assert marks(mail) == {"": "not-checked", "reason": "encrypted"}


@pytest.mark.parametrize("sender", [OUTSIDER, "*@sender.example"])
def test_B9_approved_senders_are_never_exempt_from_virus_rules(prig, sender):
    prig.ctl("account", "set", ALICE, f"approved_senders={sender}")
    prig.ctl("server", "set", "rules.executable-inbound=on")
    assert prig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                     ALICE).code == 250
    assert prig.send(program(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    assert len(told(prig, ALICE)) == 1


def test_B9_fifty_of_them(prig):
    senders = [f"s{n}@sender.example" for n in range(50)]
    prig.ctl("account", "set", ALICE, "approved_senders=" + ",".join(senders))
    done = prig.ctl("account", "add", ALICE,
                    "approved_senders=one@more.example", check=False)
    assert done.returncode != 0 and "50" in done.stderr
    shown = prig.ctl_json("account", "show", ALICE)["settings"]
    assert shown["approved_senders"]["value"] == senders
