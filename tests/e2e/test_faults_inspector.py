"""A scanner is killed, hangs, meets errors or breaks out at every step of a
scan: a virus stays a virus, and the rest of the mail goes on."""
import signal
from threading import Thread

import pytest
from fault_rig import (Virus, age, ahead, kept, no_virus_delivered, of_role,
                       retry, scanners, serving, settle, warned)
from mails import ALICE, OUTSIDER, is_notice, notices, result
from riglib import processes, samples
from riglib.client import wait_for
from riglib.faults import ALL, IO, KILL, NOMEM, STOP, VIOLATE, Faults


def clean(rig):
    return rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE)


def steps(rig, calls):
    """A scanner's calls for one infected mail."""
    rig.faults.watch("inspector", calls)
    assert Virus().send(rig).code == 250
    rig.faults.disarm()
    assert rig.faults.count > 5
    return rig.faults.names()


def everything_once(rig, viruses):
    settle(rig)
    rows, told = kept(rig), warned(rig)
    for virus in viruses:
        assert (rows.get(virus.word), told.get(virus.word)) == (1, 1)
    no_virus_delivered(rig)


def reasons(rig):
    return {row["subject"]: row["reason"]
            for row in rig.ctl_json("quarantine", "list", "--limit", "5000")}


@pytest.mark.parametrize("fault", [KILL, VIOLATE], ids=["killed", "sandbox"])
def test_another_one_finds_it(faulty, fault):
    """Once at every step; the mail is asked about again, and found."""
    viruses, died = [], len(faulty.events(event="worker-crashed"))
    last = len(steps(faulty, ALL))
    for step in range(1, last + 1):
        viruses.append(Virus())
        scanners(faulty)
        with faulty.faults.armed("inspector", ALL, step, fault):
            reply = viruses[-1].send(faulty)
        assert reply.code == 250, (step, reply)
        if not faulty.faults.fired:
            break
    assert len(viruses) >= last - 3
    serving(faulty)
    assert set(reasons(faulty).values()) == {"virus"}
    everything_once(faulty, viruses)
    crashes = faulty.events(event="worker-crashed")[died:]
    assert len(crashes) >= len(viruses) - 1
    number = signal.SIGKILL if fault == KILL else signal.SIGSYS
    assert {event["signal"] for event in crashes} == {str(int(number))}


@pytest.mark.parametrize("fault", [KILL, VIOLATE], ids=["killed", "sandbox"])
def test_killed_again_on_the_retry(faulty, fault):
    """At the same step: the mail is quarantined as one that crashes."""
    viruses = [Virus(), Virus()]
    for virus in viruses:
        scanners(faulty)
        with faulty.faults.armed("inspector", "sendmsg", 1, fault,
                                 lasting=True):
            assert virus.send(faulty).code == 250
            assert faulty.faults.fired == 2
    assert reasons(faulty) == {"": "crashed"}, "nobody has read the mail"
    assert len(faulty.ctl_json("quarantine", "list")) == 2
    faulty.wait_mail(faulty.operator, is_notice, "the operator's notice")
    settle(faulty)
    assert len(notices(faulty, faulty.operator)) == 2
    no_virus_delivered(faulty)
    assert clean(faulty).code == 250


def test_errors_at_every_step(faulty):
    """A call that fails is no clean bill of health."""
    viruses = []
    last = len(steps(faulty, ALL))
    for step in range(1, last + 1):
        for fault in (IO, NOMEM):
            viruses.append(Virus())
            scanners(faulty)
            with faulty.faults.armed("inspector", ALL, step, fault):
                assert viruses[-1].send(faulty).code in (250, 451), step
            retry(faulty, viruses[-1])
    settle(faulty)
    rows = kept(faulty)
    assert all(rows.get(virus.word) == 1 for virus in viruses)
    no_virus_delivered(faulty)


def test_one_that_hangs_is_killed_and_replaced(make_rig):
    """Stopped in mid-scan; the pool sees that its time is over."""
    rig = make_rig("faults=on", "mamori.limits.scan_time=1s")
    rig.faults = Faults(rig)
    virus, replies = Virus(), []
    with rig.faults.armed("inspector", "pread pread64", 2, STOP):
        sender = Thread(target=lambda: replies.append(virus.send(rig)))
        sender.start()
        wait_for(lambda: rig.faults.fired, "a scanner that hangs")
        assert clean(rig).code == 250, "the others go on"
        sender.join()
    assert replies[0].code == 250
    everything_once(rig, [virus])
    assert set(reasons(rig).values()) == {"virus"}
    assert len(rig.events(event="worker-killed")) == 1
    scanners(rig)
    rig.faults.close()


def test_all_of_them_dead(make_rig):
    """And nobody there to start new ones, for a while."""
    rig = make_rig("faults=on", "deadline_ms=3000", "queue_run=0")
    rig.faults = Faults(rig)
    pool = of_role(rig, "pool")
    virus, late = Virus(), Virus(sender="shop@example.test")
    processes.send(pool, signal.SIGSTOP)
    processes.send(of_role(rig, "inspector"), signal.SIGKILL)
    assert virus.send(rig).code == 451
    assert clean(rig).code == 451
    assert rig.web_script(late.data).returncode == 0
    assert rig.queue()
    processes.send(pool, signal.SIGCONT)
    retry(rig, virus)
    rig.run_queue()
    settle(rig)
    assert warned(rig) == {virus.word: 1}
    assert warned(rig, rig.owner) == {late.word: 1}
    assert clean(rig).code == 250
    assert result(rig.wait_mail(ALICE, lambda mail: not is_notice(mail))
                  ).startswith("clean; ")
    no_virus_delivered(rig)
    rig.faults.close()


def test_the_pool_is_killed(faulty):
    """Its scanners go with it; mails wait for the new one's."""
    before = of_role(faulty, "inspector")
    viruses = [Virus() for _ in range(5)]
    for virus in viruses:
        age(faulty, "master", seconds=60)
        processes.send(of_role(faulty, "pool"), signal.SIGKILL)
        retry(faulty, virus)
    wait_for(lambda: not set(before) & set(of_role(faulty, "inspector")),
             "no scanner of the old pool")
    serving(faulty)
    everything_once(faulty, viruses)


def test_no_scan_outlasts_exims_patience(make_rig):
    """limits.scan_time is longer than Exim waits: a mail that hangs every
    scanner still ends, as it would not end the next time either."""
    rig = make_rig("faults=on", "deadline_ms=30000",
                   "mamori.limits.scan_time=300s")
    rig.faults = Faults(rig)
    virus = Virus()
    # Half of Exim's 30 seconds are over for the pool; 300 are not.
    with ahead(rig, "pool", 15), \
            rig.faults.armed("inspector", "pread pread64", 2, STOP,
                             lasting=True):
        assert virus.send(rig).code == 250
    assert rig.faults.fired > 1
    assert list(reasons(rig).values()) == ["crashed"]
    no_virus_delivered(rig)
    rig.faults.close()
