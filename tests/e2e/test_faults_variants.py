"""Variants when something dies or refuses: on disk before the verdict, each
recipient has the mail or it is in quarantine, and none has it twice for a
retry."""
import os
import re
import signal

import fault_rig
import pytest
from conftest import start
from fault_rig import age, of_role
from mails import ALICE, BOB, CAROL, DAVE, OUTSIDER
from riglib import processes, samples
from riglib.client import parse, text_of, wait_for
from riglib.faults import ALL, KILL, Faults

# Three keep the message at hand, so that two share a variant.
EVERYBODY = [ALICE, BOB, CAROL, DAVE, "web@example.test"]


@pytest.fixture(scope="module")
def server():
    rig = start("faults=on", "mamori.quarantine.disk_reserve=0",
                preset="standard")
    for domain in rig.domains:
        rig.ctl("domain", "set", domain, "notice_language=ja")
    for account in (BOB, CAROL):
        rig.ctl("account", "set", account, "notice_language=en")
    rig.restart("mamorid")
    rig.faults = Faults(rig)
    yield rig
    rig.faults.close()
    rig.stop()


@pytest.fixture
def rig(server):
    server.settle()
    server.empty()
    server.empty_quarantine()
    yield server
    server.faults.disarm()


def letter(number):
    """Stamped in two languages: the Japanese one is the message at hand."""
    return samples.mail(OUTSIDER, EVERYBODY,
                        subject=f"letter-{number}-end", name="plan.zip",
                        attachment=samples.encrypted_zip(b"secret"))


def counts(rig, account):
    """How often each letter came; stamped, and as a whole."""
    found = {}
    for data in rig.mails(account):
        mail = parse(data)
        number = int(re.search(r"letter-(\d+)-end", mail["Subject"])[1])
        assert "plan.zip" in text_of(mail) and "本文です。" in text_of(mail)
        found[number] = found.get(number, 0) + 1
    return found


def send(rig, data):
    return rig.send(data, OUTSIDER, EVERYBODY).code


def test_the_keeper_dies_at_every_step(rig):
    rig.faults.watch("keeper", ALL)
    assert send(rig, letter(0)) == 250
    rig.settle()
    rig.faults.disarm()
    last = len(rig.faults.names())
    for step in range(1, last + 1, 3):
        age(rig, "master", seconds=60)
        data = letter(step)
        with rig.faults.armed("keeper", ALL, step, KILL):
            code = send(rig, data)
            assert code in (250, 451)
        if code == 451:
            wait_for(lambda data=data: send(rig, data) == 250, "a keeper")
        wait_for(lambda: of_role(rig, "keeper"), "a keeper")
    fault_rig.settle(rig)
    for account in (BOB, CAROL):
        found = counts(rig, account)
        assert set(found) == {0, *range(1, last + 1, 3)}
        # Once more only where Exim took it and nobody could note that.
        assert max(found.values()) <= 2


def test_the_courier_dies_at_every_step(rig):
    rig.faults.watch("courier", ALL)
    assert send(rig, letter(0)) == 250
    rig.settle()
    rig.faults.disarm()
    last = len(rig.faults.names())
    for step in range(1, last + 1, 4):
        age(rig, "master", seconds=60)
        with rig.faults.armed("courier", ALL, step, KILL):
            assert send(rig, letter(step)) == 250
            wait_for(lambda: rig.faults.fired or rig.outbox() == 0,
                     "the courier")
        fault_rig.settle(rig)
    for account in (BOB, CAROL):
        found = counts(rig, account)
        assert set(found) == {0, *range(1, last + 1, 4)}
        assert max(found.values()) <= 2


def test_a_mailbox_goes_while_its_variant_waits(rig):
    """The sender is told, as for any mail, and Carol has hers."""
    accounts = os.path.join(rig.dir, "etc/accounts")
    with open(accounts, encoding="utf-8") as file:
        text = file.read()
    before = len(rig.sunk())
    couriers = of_role(rig, "courier")
    processes.send(couriers, signal.SIGSTOP)
    try:
        assert send(rig, letter(1)) == 250
        assert rig.outbox() == 1
        with open(accounts, "w", encoding="utf-8") as file:
            file.write(text.replace(f"{BOB}: yes\n", ""))
        processes.send(couriers, signal.SIGCONT)
        wait_for(lambda: len(rig.sunk()) > before, "a bounce")
        rig.settle()
    finally:
        processes.send(couriers, signal.SIGCONT)
        with open(accounts, "w", encoding="utf-8") as file:
            file.write(text)
    assert counts(rig, ALICE) == counts(rig, CAROL) == {1: 1}
    assert not rig.mails(BOB)
    envelope, data = rig.sunk()[-1]
    assert envelope["to"] == [f"<{OUTSIDER}>"] and BOB.encode() in data
