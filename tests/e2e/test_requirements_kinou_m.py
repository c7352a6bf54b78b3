"""Preset kinou-m: rows D1 to D4, D6, D8 and D9 of the customer's document."""
import io
import json
import os
import zipfile

import pytest
from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER, lf
from requirement_fixtures import (ACTIVEX, MACRO, SCRIPT, TEXT, attachments,
                                  delivered, kept, marks, only, outcomes,
                                  preset_rig, prig, submit,  # noqa: F401
                                  told, why)
from riglib import samples
from riglib.client import parse, text_of, wait_for
from riglib.office import DOCUMENT, docm
from riglib.packed import zip_
from settings_fixtures import CUSTOMER, ctl_as

PRESET = "kinou-m"
OPTIONS = ("mamori.abuse.bulk=20",)
STOPPED = "【ウイルス警告】お客様宛てのメールからウイルスを検出しました"
STRIPPED = "【ウイルス警告】危険な部分を取り除いてメールをお届けしました"
CLEANED = "【ウイルス警告】マクロを取り除いてメールをお届けしました"
OUTBOUND = "【ウイルス警告】送信されたメールからウイルスを検出しました"


def html(code):
    mail = parse(samples.mail(OUTSIDER, ALICE, subject="お知らせ"))
    mail.add_alternative(f"<html><body>こんにちは {code}</body></html>",
                         subtype="html")
    return mail.as_bytes()


@pytest.mark.parametrize("data", [
    samples.mail(OUTSIDER, ALICE, text=samples.eicar().decode()),
    html(SCRIPT)], ids=["text", "html"])
def test_D1_infected_body_the_mail_is_deleted(prig, data):
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    assert [title for title, _ in told(prig, ALICE)] == [STOPPED]
    assert outcomes(prig, data) == {ALICE: ("discard", "virus-body")}


def test_D1_an_infected_attachment_is_disinfected(prig):
    data = samples.mail(OUTSIDER, ALICE, subject="見積書",
                        attachment=docm(MACRO), name="見積.docm")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert mail["Subject"] == "見積書"
    with zipfile.ZipFile(io.BytesIO(attachments(mail)["見積.docm"])) as file:
        assert file.read("word/document.xml").decode() == DOCUMENT % ""
        assert "word/vbaProject.bin" not in file.namelist()
    assert marks(mail) == {"": "infected", "reason": "virus",
                           "action": "clean", "rules": "virus-inbound"}
    (title, lines), = told(prig, ALICE)
    assert title == CLEANED
    assert "添付ファイルからマクロを取り除きました。" in "".join(lines)
    assert "取り除いたファイル" not in "".join(lines)


def test_D1_what_cannot_be_is_removed_and_the_rest_delivered(prig):
    picture = bytes(range(256)) * 20
    mail = parse(samples.infected(OUTSIDER, ALICE))
    mail.add_attachment(picture, maintype="image", subtype="x-test",
                        filename="写真.bin")
    data = lf(mail.as_bytes()).replace(b"\n", b"\r\n")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    got = only(prig, ALICE)
    parts = list(got.walk())
    assert [part.get_content_type() for part in parts] == [
        "multipart/mixed", "text/plain", "text/plain", "image/x-test"]
    assert text_of(got) == "本文です。\n"
    assert parts[2].get_content().splitlines() == [
        "添付ファイル「invoice.com」は、ウイルスが検出されたため、",
        "メールサーバーが取り除きました。",
        f"（ウイルス名: {samples.VIRUS}.UNOFFICIAL）"]
    assert parts[3].get_payload(decode=True) == picture
    # Byte for byte, but for the part.
    source, = [one for one in prig.mails(ALICE) if b"\r\nFrom: yamada" in one]
    before, there, after = data.partition(
        b"Content-Type: application/octet-stream")
    assert there and before[before.index(b"Subject:"):] in source
    assert source.endswith(after[after.index(b"Content-Type: image"):])
    assert marks(got) == {"": "infected", "reason": "virus",
                          "action": "strip", "rules": "virus-inbound"}
    (title, lines), = told(prig, ALICE)
    assert title == STRIPPED
    assert "ファイル名: invoice.com" in lines
    text = "".join(lines)
    for words in ("ウイルスなどの入った部分を取り除きました。",
                  "残りの部分は、お客様のメールボックスに届けました。",
                  "元のメールは隔離して保管しています。"):
        assert words in text
    assert kept(prig) == [(ALICE, "virus")]
    assert outcomes(prig, data) == {ALICE: ("deliver", "virus-inbound")}


def test_D1_every_infected_attachment_is_removed(prig):
    """Also where one has packed what the other is, under a name so long that
    its header has several pieces."""
    mail = parse(samples.infected(OUTSIDER, ALICE))
    mail.add_attachment(zip_("a.com", samples.eicar()), maintype="image",
                        subtype="x-test", filename="長い名前" * 12 + ".zip")
    data = mail.as_bytes()
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    texts = [part.get_content() for part in only(prig, ALICE).walk()
             if not part.is_multipart()]
    assert len(texts) == 3 and "invoice.com" in texts[1]
    assert "長い名前" * 12 + ".zip" in texts[2]
    (title, lines), = told(prig, ALICE)
    assert title == STRIPPED


@pytest.mark.parametrize("content,name", [
    (docm(MACRO, DOCUMENT.replace("text", TEXT)), "both.docm"),
    (docm(text=DOCUMENT.replace("text", TEXT)), "text.docm")],
    ids=["both", "text"])
def test_D1_a_document_that_stays_infected_is_removed(prig, content, name):
    data = samples.mail(OUTSIDER, ALICE, attachment=content, name=name)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert text_of(mail) == "本文です。\n"
    assert TEXT.encode() not in b"".join(prig.mails(ALICE))
    assert marks(mail)["action"] == "strip"
    assert [title for title, _ in told(prig, ALICE)] == [STRIPPED]


@pytest.mark.parametrize("kwargs", [
    {}, {"attachment": None, "text": samples.eicar().decode()}],
    ids=["attachment", "body"])
def test_D2_nothing_infected_is_sent(prig, kwargs):
    data = samples.infected(ALICE, FRIEND, **kwargs)
    reply = submit(prig, data, ALICE, FRIEND)
    assert reply.code == 550 and samples.VIRUS in reply.text
    assert prig.sunk() == []
    assert [title for title, _ in told(prig, ALICE)] == [OUTBOUND]
    assert outcomes(prig, data) == {FRIEND: ("reject", "virus-outbound")}


def big(sender, to, size):
    return samples.mail(sender, to, attachment=os.urandom(size),
                        name="big.bin")


def test_D3_over_50_MB_is_an_error_at_once(prig):
    data = big(ALICE, FRIEND, 38 << 20)
    assert len(data) > 50 << 20
    assert submit(prig, data, ALICE, FRIEND).code == 552
    # A client that gives the size need not send it.
    for port in ("submission", "smtps"):
        with prig.smtp(port=port, auth=ALICE) as client:
            assert client.mail(ALICE, [f"SIZE={len(data)}"])[0] == 552
    assert prig.sunk() == [] and kept(prig) == []
    # On port 25 where Exim takes more.
    reply = prig.send(data, OUTSIDER, ALICE)
    assert reply.code == 550 and "5.3.4 Message too large" in reply.text
    assert delivered(prig, ALICE) == []


def test_D3_50_MB_go_through(prig):
    data = big(ALICE, BOB, 35 << 20)
    assert 47 << 20 < len(data) < 50 << 20
    assert submit(prig, data, ALICE, BOB).code == 250
    assert marks(only(prig, BOB)) == {"": "clean"}


def zeros(size):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(size))
    return file.getvalue()


def test_D3_over_60_MB_unpacked_is_an_error(prig):
    data = samples.mail(OUTSIDER, ALICE, attachment=zeros(59 << 20),
                        name="a.zip")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert marks(only(prig, ALICE)) == {"": "clean"}
    for sender, to, send in (
            (OUTSIDER, ALICE, prig.send),
            (ALICE, FRIEND, lambda *args: submit(prig, *args))):
        data = samples.mail(sender, to, attachment=zeros(61 << 20),
                            name="a.zip")
        reply = send(data, sender, to)
        assert reply.code == 550, reply
        assert "cannot be checked for viruses (limit)" in reply.text
    assert prig.sunk() == [] and len(delivered(prig, ALICE)) == 1


def test_D3_when_not_all_recipients_have_the_service(prig):
    """One answer for all: the mail is kept for those who have it."""
    prig.ctl("domain", "set", "example.org", "preset=standard")
    data = samples.mail(OUTSIDER, [ALICE, CAROL], attachment=zeros(61 << 20),
                        name="a.zip")
    assert prig.send(data, OUTSIDER, [ALICE, CAROL]).code == 250
    assert kept(prig) == [(ALICE, "limit"), (CAROL, "limit")]


@pytest.mark.parametrize("code", [SCRIPT, ACTIVEX],
                         ids=["script", "ActiveX"])
def test_D4_html_mail_is_checked(prig, code):
    assert prig.send(html(code), OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    assert [title for title, _ in told(prig, ALICE)] == [STOPPED]


def test_D4_password_protected_files_cannot_be(prig):
    content = samples.encrypted_zip(samples.eicar())
    data = samples.mail(OUTSIDER, ALICE, attachment=content, name="a.zip")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert attachments(mail) == {"a.zip": content}
    assert text_of(mail) == "本文です。\n"
    assert marks(mail) == {"": "not-checked", "reason": "encrypted",
                           "rules": "encrypted"}


def test_D6_bulk_mail_is_detected_and_stopped(prig):
    """The same text to many, in several mails of one operation."""
    def bulk(number):
        to = [f"r{number}-{n}@far.example" for n in range(7)]
        return submit(prig, samples.mail(BOB, FRIEND, text="お得な\n"), BOB,
                      to)

    for number in range(3):
        assert bulk(number).code == 250
    reply = wait_for(lambda: bulk(9) if bulk(8).code == 451 else None,
                     "a hold")
    assert reply.code == 451 and "(bulk: " in reply.text
    # Others go on.
    assert submit(prig, samples.mail(ALICE, FRIEND), ALICE,
                  FRIEND).code == 250
    prig.ctl("account", "unhold", BOB)
    assert submit(prig, samples.mail(BOB, FRIEND), BOB, FRIEND).code == 250


def test_D6_no_open_relay(prig):
    reply = prig.send(samples.mail(OUTSIDER, FRIEND), OUTSIDER, FRIEND)
    assert (reply.code, reply.command) == (550, "RCPT")


def test_D8_mail_between_users_of_one_server_is_checked(prig):
    assert submit(prig, samples.infected(ALICE, BOB), ALICE, BOB).code == 550
    assert delivered(prig, BOB) == []
    assert [title for title, _ in told(prig, ALICE)] == [OUTBOUND]
    # The receiving check, where the sending one is off.
    prig.ctl("domain", "set", "example.test", "rules.virus-outbound=off")
    assert submit(prig, samples.infected(ALICE, BOB), ALICE, BOB).code == 250
    parts = [part.get_content() for part in only(prig, BOB).walk()
             if part.get_content_type() == "text/plain"]
    assert "invoice.com" in parts[1]
    assert [title for title, _ in told(prig, BOB)] == [STRIPPED]


def test_D9_the_domain_s_administrator_has_a_log(prig):
    mails = [samples.infected(OUTSIDER, ALICE), samples.mail(BOB, FRIEND),
             samples.infected(OUTSIDER, CAROL)]
    prig.send(mails[0], OUTSIDER, ALICE)
    submit(prig, mails[1], BOB, FRIEND)
    prig.send(mails[2], OUTSIDER, CAROL)
    for data in mails:
        why(prig, data)
    ids = [str(parse(data)["Message-ID"]).strip("<>") for data in mails]
    done = ctl_as(prig, CUSTOMER, "history", "list", "--json", "--domain",
                  "example.test", "--limit", "2")
    rows = json.loads(done.stdout)
    assert [row["message_id"] for row in rows] == [ids[1], ids[0]]
    assert [row["verdict"] for row in rows] == ["clean", "infected"]
    text = ctl_as(prig, CUSTOMER, "why", ids[0], "--domain",
                  "example.test").stdout
    assert "found: virus" in text and "virus-inbound" in text
    assert ctl_as(prig, CUSTOMER, "why", ids[2], "--domain",
                  "example.org").returncode != 0
