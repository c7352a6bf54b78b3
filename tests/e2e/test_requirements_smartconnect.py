"""Preset smartconnect: rows A1 to A6 of the customer's document. A7 to A9 are
in test_requirements_notices.py."""
import gzip
import subprocess

import pytest
from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER
from requirement_fixtures import (ACTIVEX, ACTIVEX_VIRUS, SCRIPT,
                                  SCRIPT_VIRUS, attachments, delivered, kept,
                                  marks, only, outcomes,
                                  preset_rig, prig, submit,  # noqa: F401
                                  told, why)
from riglib import samples, settings
from riglib.client import parse
from riglib.packed import PACKERS, zip_
from settings_fixtures import CUSTOMER, PANEL, ctl_as

PRESET = "smartconnect"
INBOUND = "【ウイルス警告】お客様宛てのメールからウイルスを検出しました"
OUTBOUND = "【ウイルス警告】送信されたメールからウイルスを検出しました"


def html(sender, to, code):
    mail = parse(samples.mail(sender, to, subject="お知らせ"))
    mail.add_alternative(f"<html><body>こんにちは {code}</body></html>",
                         subtype="html")
    return mail.as_bytes()


def line(lines, name):
    """What stands behind "NAME: " in a notice."""
    found = [text.partition(":")[2].strip() for text in lines
             if text.startswith(name + ":")]
    assert len(found) == 1, lines
    return found[0]


@pytest.mark.parametrize("code,virus", [(SCRIPT, SCRIPT_VIRUS),
                                        (ACTIVEX, ACTIVEX_VIRUS)],
                         ids=["script", "ActiveX"])
def test_A1_scripts_and_activex_in_html_both_ways(prig, code, virus):
    data = html(OUTSIDER, ALICE, code)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    (title, lines), = told(prig, ALICE)
    assert title == INBOUND and virus in line(lines, "ウイルス名")
    assert outcomes(prig, data) == {ALICE: ("discard", "virus-body")}
    data = html(BOB, FRIEND, code)
    reply = submit(prig, data, BOB, FRIEND)
    assert reply.code == 550 and virus in reply.text
    (title, lines), = told(prig, BOB)
    assert title == OUTBOUND and virus in line(lines, "ウイルス名")
    assert prig.sunk() == []
    assert kept(prig) == [(ALICE, "virus"), (FRIEND, "virus")]


def test_A1_harmless_html_goes_on(prig):
    data = html(OUTSIDER, ALICE, "<script>harmless()</script>")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert marks(mail) == {"": "clean"} and mail["Subject"] == "お知らせ"


def test_A2_sending_is_stopped_and_the_sender_warned(prig):
    data = samples.infected(ALICE, FRIEND)
    reply = submit(prig, data, ALICE, FRIEND)
    assert reply.code == 550 and samples.VIRUS in reply.text
    assert prig.sunk() == []
    (title, lines), = told(prig, ALICE)
    assert title == OUTBOUND and lines[0] == f"{ALICE} 様"
    assert line(lines, "ウイルス名") == samples.VIRUS + ".UNOFFICIAL"
    assert line(lines, "ファイル名") == "invoice.com"
    assert line(lines, "宛先") == FRIEND
    assert line(lines, "件名") == "請求書の件"
    assert ("メール全体を隔離しました。メールの送信を中止しました。"
            "宛先には届いていません。") in lines
    assert kept(prig) == [(FRIEND, "virus")]
    verdict = prig.events(event="verdict", direction="outbound")[-1]
    assert verdict["verdict"] == "infected"
    assert outcomes(prig, data) == {FRIEND: ("reject", "virus-outbound")}


def test_A3_receiving_is_stopped_and_the_recipient_warned(prig):
    data = samples.infected(OUTSIDER, [ALICE, CAROL])
    assert prig.send(data, OUTSIDER, [ALICE, CAROL]).code == 250
    for who in (ALICE, CAROL):
        assert delivered(prig, who) == []
        (title, lines), = told(prig, who)
        assert title == INBOUND and lines[0] == f"{who} 様"
        assert line(lines, "差出人") == OUTSIDER
        assert line(lines, "宛先") == who, "no other recipient is shown"
        assert line(lines, "ファイル名") == "invoice.com"
        assert ("メール全体を隔離しました。お客様のメールボックスには届いて"
                "いません。") in "".join(lines)
    assert prig.sunk() == [], "nobody outside is warned"
    assert kept(prig) == [(ALICE, "virus"), (CAROL, "virus")]
    assert outcomes(prig, data) == {
        who: ("discard", "virus-inbound") for who in (ALICE, CAROL)}


def test_A4_the_sending_check_stops_mail_to_a_neighbour(prig):
    data = samples.infected(ALICE, BOB)
    assert submit(prig, data, ALICE, BOB).code == 550
    assert [title for title, _ in told(prig, ALICE)] == [OUTBOUND]
    assert delivered(prig, BOB) == [] and told(prig, BOB) == []


def test_A4_the_receiving_check_runs_as_well(prig):
    """Where the sending side lets it pass, the recipient's side does not, and
    who has lost something is told."""
    prig.ctl("domain", "set", "example.test", "rules.virus-outbound=off")
    data = samples.infected(ALICE, [BOB, CAROL])
    assert submit(prig, data, ALICE, [BOB, CAROL]).code == 250
    for who in (BOB, CAROL):
        assert delivered(prig, who) == []
        assert [title for title, _ in told(prig, who)] == [INBOUND]
    assert told(prig, ALICE) == []
    assert outcomes(prig, data) == {
        who: ("discard", "virus-inbound") for who in (BOB, CAROL)}


def test_A4_the_receiving_check_is_each_recipient_s_own(prig):
    prig.ctl("domain", "set", "example.org", "preset=mwb")
    prig.ctl("domain", "set", "example.test", "rules.virus-outbound=off")
    data = samples.infected(ALICE, [BOB, CAROL])
    assert submit(prig, data, ALICE, [BOB, CAROL]).code == 250
    assert [title for title, _ in told(prig, BOB)] == [INBOUND]
    (title, _), = told(prig, CAROL)
    assert title == f"Virus ({samples.VIRUS}.UNOFFICIAL) detected"
    assert kept(prig) == [(BOB, "virus")]


def test_A5_customers_get_no_quarantined_virus(prig):
    assert prig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                     ALICE).code == 250
    row, = prig.ctl_json("quarantine", "list")
    for user in (CUSTOMER, PANEL):
        for command in (["list"], ["show", str(row["id"]), "--message"],
                        ["release", str(row["id"])],
                        ["delete", str(row["id"])]):
            done = ctl_as(prig, user, "quarantine", *command)
            assert done.returncode != 0, (user, command)
            assert "invoice" not in done.stdout
    # Not even the operator's release lets the virus out.
    prig.ctl("quarantine", "release", str(row["id"]), check=False)
    assert delivered(prig, ALICE) == []
    assert len(prig.ctl_json("quarantine", "list")) == 1
    # And the files are the keeper's.
    done = subprocess.run(["find", prig.state_dir, "-type", "f"], text=True,
                          user=CUSTOMER, group="nogroup", extra_groups=[],
                          capture_output=True, check=False)
    assert "quarantine" not in done.stdout


@pytest.mark.parametrize("kind", PACKERS)
def test_A6_archives_of_every_kind(prig, kind):
    """What is inside is packed once more: nothing matches from outside."""
    inner = gzip.compress(samples.eicar())
    assert samples.eicar() not in inner
    packed = PACKERS[kind]("invoice.gz", inner)
    data = samples.mail(OUTSIDER, ALICE, attachment=packed, name=f"a.{kind}")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    (title, lines), = told(prig, ALICE)
    assert title == INBOUND
    assert line(lines, "ファイル名").startswith(f"a.{kind}")
    # The scanner had really looked inside, not only at the bytes outside.
    data = samples.mail(OUTSIDER, ALICE, name=f"a.{kind}",
                        attachment=PACKERS[kind]("a.gz", gzip.compress(b"x")))
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert marks(only(prig, ALICE)) == {"": "clean"}


def nested(levels):
    data = samples.eicar()
    for level in range(levels):
        data = zip_(f"{level}.zip" if level else "invoice.com", data)
    return samples.mail(OUTSIDER, ALICE, attachment=data, name="a.zip")


@pytest.mark.parametrize("levels", [7, 8, 16])
def test_A6_archives_in_archives(prig, levels):
    assert prig.send(nested(levels), OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == []
    assert [title for title, _ in told(prig, ALICE)] == [INBOUND]


def test_A6_beyond_the_limit_is_said(prig):
    data = nested(17)
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    assert delivered(prig, ALICE) == [] and told(prig, ALICE) == []
    assert kept(prig) == [(ALICE, "limit")]
    (title, lines), = told(prig, settings.OPERATOR)
    assert title == "【管理者様へ】ウイルスチェックができなかったメールがあります"
    assert "理由: 検査の上限（サイズ・時間・階層など）を超えました" in lines
    story = why(prig, data)
    assert (story["verdict"], story["reason"]) == ("not-checked", "limit")
    assert any("nesting depth" in one["detail"] for one in story["findings"])


def test_A6_password_protected_files_are_said_to_be_unchecked(prig):
    content = samples.encrypted_zip(samples.eicar())
    data = samples.mail(OUTSIDER, ALICE, attachment=content, name="a.zip")
    assert prig.send(data, OUTSIDER, ALICE).code == 250
    mail = only(prig, ALICE)
    assert marks(mail) == {"": "not-checked", "reason": "encrypted",
                           "rules": "encrypted"}
    assert mail.get_body().get_content() == \
        parse(data).get_body().get_content()
    assert attachments(mail) == {"a.zip": content}
    assert told(prig, ALICE) == [] and kept(prig) == []
