"""Who is told of a virus and who is not: requirements A7, A8, A9, and what
bounds notices."""
import re
import threading

import pytest
from conftest import start
from mails import ALICE, BOB, CAROL, OUTSIDER, notices, wait_notice
from riglib import samples
from riglib.client import text_of, wait_for
from settings_fixtures import (ctl_as, settings_rig, srig,  # noqa: F401
                               value, PANEL)
from test_settings_notices import register, send_virus, warned

DOMAIN = "example.test"
LIST = "web@example.test"


def submit_virus(rig, account, envelope_from=None):
    sender = account if envelope_from is None else envelope_from
    reply = rig.send(samples.infected(account, "x@far.example"), sender,
                     "x@far.example", port="submission", auth=account)
    rig.settle()
    return reply


def test_A7_the_toggle_is_on_until_switched_off(srig):
    register(srig, ALICE)
    assert value(srig, ALICE, "virus_notice")[0] is True
    send_virus(srig, [ALICE])
    assert warned(srig) == {ALICE}
    srig.empty()
    ctl_as(srig, PANEL, "account", "set", ALICE, "virus_notice=no")
    send_virus(srig, [ALICE])
    assert submit_virus(srig, ALICE).code == 550
    assert warned(srig) == set()
    ctl_as(srig, PANEL, "account", "set", ALICE, "virus_notice=yes")
    send_virus(srig, [ALICE])
    assert warned(srig) == {ALICE}


def test_A8_members_of_a_list_are_told_whatever_they_have_set(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", ALICE, "virus_notice=no")
    srig.ctl("account", "set", BOB, "virus_notice=no")
    srig.ctl("lists", "create", LIST, f"members={ALICE},{BOB},x@far.example")
    send_virus(srig, [LIST])
    assert warned(srig) == {ALICE, BOB}
    # Nobody outside, not even a member.
    assert not srig.sunk()


def test_A8_the_author_of_list_mail_is_not_told(srig):
    register(srig, ALICE, BOB)
    srig.ctl("lists", "create", LIST, f"members={BOB}")
    mail = samples.infected(ALICE, LIST, headers=[
        ("List-Id", f"<{LIST}>"), ("Precedence", "list")])
    assert srig.send(mail, ALICE, LIST).code == 250
    srig.settle()
    assert warned(srig) == {BOB}


@pytest.mark.parametrize("level", ["server", "domain", "account"])
def test_A9_suspended_for_a_time(srig, level):
    register(srig, ALICE)
    name = {"server": (), "domain": (DOMAIN,), "account": (ALICE,)}[level]
    srig.ctl(level, "suspend", *name, "--until", "2h")
    assert value(srig, ALICE, "notices_suspended") == (True, level)
    send_virus(srig, [ALICE])
    assert submit_virus(srig, ALICE).code == 550
    assert warned(srig) == set()
    # The mail is checked and kept all the same.
    assert len(srig.ctl_json("quarantine", "list")) >= 1
    srig.ctl(level, "resume", *name)
    send_virus(srig, [ALICE])
    assert warned(srig) == {ALICE}


def test_A9_suspension_of_a_list_s_members(srig):
    register(srig, ALICE, BOB)
    srig.ctl("lists", "create", LIST, f"members={ALICE},{BOB}")
    srig.ctl("account", "suspend", ALICE)
    send_virus(srig, [LIST])
    assert warned(srig) == {BOB}


def test_null_sender_warns_the_recipients_alone(srig):
    register(srig, ALICE)
    assert submit_virus(srig, ALICE, "").code == 550
    assert warned(srig) == set()
    assert srig.send(samples.infected(OUTSIDER, ALICE), "", ALICE).code == 250
    srig.settle()
    assert warned(srig) == {ALICE}
    assert not srig.sunk()


def test_a_forged_sender_of_ours_is_not_told(srig):
    register(srig, ALICE, BOB)
    assert srig.send(samples.infected(BOB, ALICE), BOB, ALICE).code == 250
    srig.settle()
    assert warned(srig) == {ALICE}


def test_a_domain_s_own_wording(srig):
    register(srig, ALICE)
    template = "Subject: For {to}\n\nOwn words of {server}: {virus}\n"
    srig.ctl("domain", "set", DOMAIN, f"notices.stripped={template}")
    send_virus(srig, [ALICE])
    assert "Own words of" in text_of(wait_notice(srig, ALICE))
    with pytest.raises(Exception, match="not a template"):
        srig.ctl("domain", "set", DOMAIN,
                 "notices.stripped=Subject: x\n\n{password}\n")


def test_an_administrator_s_copy(srig):
    register(srig, ALICE, BOB)
    srig.ctl("domain", "set", DOMAIN, f"admin_address={CAROL}",
             "admin_notices=copy")
    srig.ctl("account", "set", BOB, "virus_notice=no")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {ALICE, CAROL}
    copy, = notices(srig, CAROL)
    assert ALICE in text_of(copy) and BOB in text_of(copy)
    assert "管理者" in copy["Subject"]
    srig.empty()
    srig.ctl("domain", "suspend", DOMAIN)
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == set()
    srig.ctl("domain", "resume", DOMAIN)
    srig.ctl("domain", "set", DOMAIN, "admin_notices=off")
    send_virus(srig, [ALICE])
    assert warned(srig) == {ALICE}


def test_digests(srig):
    register(srig, ALICE, BOB)
    srig.ctl("domain", "set", DOMAIN, f"admin_address={CAROL}",
             "admin_notices=daily")
    for account in (ALICE, BOB):
        srig.ctl("account", "set", account, "quarantine.digest=daily",
                 "virus_notice=no")
    send_virus(srig, [ALICE], subject="first stopped")
    send_virus(srig, [BOB], subject="second stopped")
    assert warned(srig) == set()
    srig.ctl("digest", "now", "--domain", DOMAIN)
    digest = text_of(srig.wait_mail(CAROL))
    assert "first stopped" in digest and "second stopped" in digest
    srig.settle()
    # A mailbox is told of its spam alone: here is none.
    assert warned(srig) == {CAROL}
    srig.empty()
    srig.ctl("domain", "set", DOMAIN, "preset=standard")
    srig.ctl("block", BOB, OUTSIDER)
    assert srig.send(samples.mail(OUTSIDER, BOB, subject="blocked one"),
                     OUTSIDER, BOB).code == 250
    srig.settle()
    srig.ctl("digest", "now")
    digest = text_of(srig.wait_mail(BOB))
    assert "blocked one" in digest and "second stopped" not in digest
    digest = text_of(srig.wait_mail(CAROL))
    assert "blocked one" in digest and "first stopped" in digest
    assert not srig.mails(ALICE)
    srig.empty()
    assert srig.ctl_json("digest", "now", "--domain", "b.test")["text"] == \
        "0 queued"
    assert ctl_as(srig, PANEL, "digest", "now").returncode == 3


@pytest.fixture(scope="module")
def limited():
    rig = start("mamori.notices.per_recipient=3", "mamori.notices.window=5s",
                "mamori.notices.language=en",
                "mamori.notices.help=https://help.example/")
    yield rig
    rig.stop()


def summed_up(mails):
    """(notices of one mail each, mails that summaries tell of)"""
    counts = [re.search(r"Instead of (\d+) notices", text_of(mail))
              for mail in mails]
    return (sum(c is None for c in counts),
            sum(int(c[1]) for c in counts if c is not None))


def test_a_flood_is_summed_up(limited):
    count, threads = 40, []

    def flood(start_at):
        for i in range(start_at, count, 4):
            assert limited.send(samples.infected(
                OUTSIDER, ALICE, subject=f"flood {i}"), OUTSIDER,
                ALICE).code == 250

    for i in range(4):
        threads.append(threading.Thread(target=flood, args=(i,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    wait_for(lambda: sum(summed_up(notices(limited, ALICE))) == count,
             what="every mail told of")
    single, _ = summed_up(notices(limited, ALICE))
    assert 3 <= single < count
    assert len(limited.ctl_json("quarantine", "list")) == count
    assert "https://help.example/" in text_of(notices(limited, ALICE)[0])
