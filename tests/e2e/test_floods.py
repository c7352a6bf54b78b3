"""Many viruses, big mails and bombs at a time: budgets hold, ordinary mail
goes on, and everything used is given back. MAMORI_FLOOD multiplies."""
import os
import threading

import pytest
from conftest import start
from fault_rig import (ROLES, at_once, every_gate, files_of, given_back,
                       no_virus_delivered, of_role, used)
from mails import ALICE, BOB, OUTSIDER, notices
from riglib import processes, samples
from riglib.client import text_of, wait_for

TIMES = max(1, int(os.environ.get("MAMORI_FLOOD", "1")))
MIB = 1 << 20


@pytest.fixture(scope="module")
def small():
    """A rig with small budgets and limits."""
    rig = start("mamori.quarantine.account_budget=1M",
                "mamori.quarantine.disk_reserve=0",
                "mamori.limits.unpacked_size=8M",
                "mamori.limits.scan_time=10s")
    yield rig
    rig.stop()


def memory(rig):
    """The roles' private memory in MiB, the largest process of each."""
    found = {}
    if processes.sanitized(rig.pids["mamorid"]):
        return dict.fromkeys(ROLES, 0)
    for role in ROLES:
        for pid in of_role(rig, role):
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                kib = sum(int(line.split()[1]) for line in file
                          if line.startswith("Private_"))
            found[role] = max(found.get(role, 0), kib / 1024)
    return found


def clean(rig, word):
    return rig.send(samples.mail(OUTSIDER, BOB, subject=word), OUTSIDER, BOB)


def warm(rig):
    """What is allocated once is there: every process has had a mail."""
    at_once(16, lambda i: rig.send(samples.infected(
        OUTSIDER, ALICE, subject=f"warm {i}"), OUTSIDER, ALICE))
    every_gate(rig)
    rig.settle()
    rig.empty()
    rig.empty_quarantine()


def test_viruses_in_a_row(small):
    """Over the budget the oldest go, and the log says so; clean mail flows
    between, and every virus is warned about."""
    warm(small)
    count = 300 * TIMES
    before, memory_before = used(small), memory(small)
    with small.smtp() as client:
        for i in range(count):
            data = samples.infected(OUTSIDER, ALICE, subject=f"flood-{i}-end",
                                    attachment=samples.eicar() +
                                    os.urandom(15000))
            client.mail(OUTSIDER)
            client.rcpt(ALICE)
            assert client.data(data)[0] == 250, i
            if i % 50 == 0:
                assert clean(small, f"between-{i}-end").code == 250
    wait_for(lambda: small.outbox() == 0, "an empty outbox", 60 * TIMES)
    small.settle()
    rows = small.ctl_json("quarantine", "list", "--limit", "10000")
    subjects = [row["subject"] for row in rows]
    assert 10 < len(rows) < count
    assert sum(row["size"] for row in rows) <= MIB
    assert subjects == [f"flood-{i}-end" for i in
                        range(count - 1, count - 1 - len(rows), -1)], \
        "the newest are kept"
    assert len(files_of(small)) == len(rows)
    dropped = small.events(event="quarantine-removed", why="budget")
    assert len(dropped) == count - len(rows), \
        small.events(event="quarantine-removed")[:3]
    told = [text_of(mail) for mail in notices(small, ALICE)]
    assert len(told) == count
    assert len([1 for data in small.mails(BOB)
                if b"between-" in data]) == 6 * TIMES
    no_virus_delivered(small)
    given_back(small, before)
    after = memory(small)
    for role in ROLES:
        assert after[role] < memory_before[role] + 16, (memory_before, after)


def test_big_mails_at_once(small):
    """More of them than scanners; ordinary mail goes on between."""
    warm(small)
    before, memory_before = used(small), memory(small)
    count = 8
    data = [samples.mail(OUTSIDER, ALICE, subject=f"big-{i}-end",
                         attachment=os.urandom(6 * MIB))
            for i in range(count)]
    ordinary = []

    def send(i):
        if i == count:
            for k in range(20):
                ordinary.append(clean(small, f"ordinary-{k}-end").code)
            return None
        reply = None
        for _ in range(TIMES):
            reply = small.send(data[i], OUTSIDER, ALICE)
        return reply.code

    replies = at_once(count + 1, send)
    assert replies[:count] == [250] * count
    assert ordinary == [250] * 20
    given_back(small, before)
    assert len(small.mails(ALICE)) == count * TIMES
    after = memory(small)
    for role in ROLES:
        assert after[role] < memory_before[role] + 48, (memory_before, after)
    small.empty()


def test_bombs_two_at_a_time(small):
    """Never more than two: the others of four scanners serve ordinary mail,
    every one of which is answered while bombs are still coming."""
    warm(small)
    small.empty_quarantine()
    before = used(small)
    boom, under_way = samples.bomb(), threading.Event()
    left = [6 * TIMES]
    lock = threading.Lock()
    codes, ordinary = [], []
    under_way.set()

    def throw(_):
        while True:
            with lock:
                if left[0] == 0:
                    under_way.clear()
                    return
                left[0] -= 1
                number = left[0]
            codes.append(small.send(samples.mail(
                OUTSIDER, ALICE, subject=f"bomb-{number}", attachment=boom,
                name="bomb.zip"), OUTSIDER, ALICE).code)

    def serve():
        while under_way.is_set() or len(ordinary) < 5:
            ordinary.append(clean(small, f"calm-{len(ordinary)}-end").code)

    server = threading.Thread(target=serve)
    server.start()
    at_once(2, throw)
    server.join()
    assert codes == [250] * (6 * TIMES)
    assert set(ordinary) == {250} and len(ordinary) >= 5
    rows = small.ctl_json("quarantine", "list", "--limit", "1000")
    assert {row["reason"] for row in rows} == {"limit"}
    small.settle()
    assert not [1 for data in small.mails(ALICE) if b"bomb.zip" in data]
    given_back(small, before)
