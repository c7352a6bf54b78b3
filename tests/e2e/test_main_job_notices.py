"""How the warnings look."""
import re

import pytest
from mails import ALICE, BOB, OUTSIDER, wait_notice
from riglib import samples
from riglib.client import text_of

# Not in what is quoted of the infected mail.
JAPANESE = re.compile("ウイルス|ウィルス")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_notices_are_well_formed_in_each_language(make_rig, language):
    rig = make_rig(f"mamori.notices.language={language}")
    subject = "請求書の件 – a rather long subject that has to be folded " * 3
    data = samples.infected(OUTSIDER, ALICE, subject=subject.strip())
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    assert rig.send(samples.infected(BOB, OUTSIDER), BOB, OUTSIDER,
                    port="submission", auth=BOB).code == 550
    rig.web_script(samples.infected("x@example.test", BOB))
    for account in (ALICE, BOB, rig.owner):
        mail = wait_notice(rig, account)
        raw = [data for data in rig.mails(account)
               if b"\nAuto-Submitted:" in data][0]
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        assert head.isascii(), "RFC 2047 in the header"
        assert not mail.defects
        assert mail["Auto-Submitted"].startswith("auto-")
        assert mail["To"].addresses[0].addr_spec == account
        assert mail["Date"].datetime and mail["Message-ID"]
        assert mail.get_content_charset() == "utf-8"
        assert max(map(len, head.split(b"\n"))) <= 200
        assert "�" not in text_of(mail) + mail["Subject"]
        assert "請求書の件" in text_of(mail)
        for text in (mail["Subject"], text_of(mail)):
            assert bool(JAPANESE.search(text)) == (language == "ja")
        assert body.isascii() or mail["Content-Transfer-Encoding"] == "8bit"
        assert samples.eicar() not in raw


def test_hostile_names_cannot_break_a_notice(rig):
    hostile = 'evil"\r\n name\x1b[31m.com'
    data = samples.infected(OUTSIDER, ALICE, name="invoice.com")
    data = data.replace(b'"invoice.com"',
                        b'"' + hostile.encode().replace(b"\r\n", b"") +
                        b'"')
    data = data.replace(
        b"Subject: ", b"Subject: =?utf-8?q?a=0D=0ABcc:_x=40far.example?= ",
        1)
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    mail = wait_notice(rig, ALICE)
    assert mail["Bcc"] is None
    assert "\x1b" not in mail.as_string()
    rig.settle()
    assert not rig.sunk()


def test_notices_can_be_switched_off(make_rig):
    rig = make_rig("mamori.notices.enabled=no")
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    assert rig.send(samples.infected(BOB, OUTSIDER), BOB, OUTSIDER,
                    port="submission", auth=BOB).code == 550
    rig.settle()
    assert len(rig.ctl_json("quarantine", "list")) == 2
    for account in (ALICE, BOB):
        assert not rig.mails(account)
