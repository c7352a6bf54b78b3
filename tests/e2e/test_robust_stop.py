"""The daemon is stopped while mails are under way: each gets its answer, and
nothing keeps it from stopping."""
import signal
from threading import Thread

import pytest
from fault_rig import (ROLES, Virus, age, kept, no_virus_delivered, of_role,
                       settle, warned)
from mails import ALICE, OUTSIDER, result
from riglib import processes, samples
from riglib.client import wait_for
from riglib.faults import STOP


def gone(pids):
    return all((processes.stat(pid) or "Z")[0] == "Z" for pid in pids)


def terminate(rig):
    """Ask the daemon to stop; its pids and those of its roles."""
    family = [pid for role in ROLES for pid in of_role(rig, role)]
    processes.send([rig.pids["mamorid"]], signal.SIGTERM)
    rig.wait_event(event="stopping")
    return family + [rig.pids["mamorid"]]


def under_way(rig, data):
    """A thread that sends, and its reply."""
    replies = []
    sender = Thread(target=lambda: replies.append(
        rig.send(data, OUTSIDER, ALICE)))
    sender.start()
    return sender, replies


@pytest.mark.parametrize("role, calls, number", [
    ("gate", "accept4", 1),         # nothing is done yet
    ("gate", "connect", 1),         # before the scan
    ("inspector", "pread pread64", 2),  # in mid-scan
    ("gate", "connect", 2),         # found, not recorded
    ("keeper", "fdatasync", 1),     # in mid-record
    ("gate", "sendmsg", 4),         # the verdict is not said
])
def test_a_mail_under_way_is_answered(faulty, role, calls, number):
    """One process is held at a point, the daemon is told to stop, the process
    goes on: the mail is taken, kept and warned about."""
    virus, plan = Virus(), faulty.faults
    with plan.armed(role, calls, number, STOP):
        sender, replies = under_way(faulty, virus.data)
        wait_for(lambda: plan.fired, "the point")
        pids = terminate(faulty)
        busy = 1 if role != "gate" else 0
        wait_for(lambda: len(of_role(faulty, "gate")) <= 1,
                 "the idle gates to leave")
        assert of_role(faulty, "inspector") and of_role(faulty, "keeper")
        assert len(of_role(faulty, "gate")) >= busy
        processes.send([plan.pid], signal.SIGCONT)
        sender.join()
        wait_for(lambda: gone(pids), "the end")
    assert replies[0].code == 250, replies
    faulty.restart("mamorid")
    settle(faulty)
    assert (kept(faulty).get(virus.word), warned(faulty).get(virus.word)) == \
        (1, 1)
    no_virus_delivered(faulty)


def test_a_clean_mail_under_way_is_delivered(faulty):
    plan = faulty.faults
    with plan.armed("inspector", "pread pread64", 2, STOP):
        sender, replies = under_way(faulty, samples.mail(
            OUTSIDER, ALICE, subject="last"))
        wait_for(lambda: plan.fired, "the point")
        pids = terminate(faulty)
        processes.send([plan.pid], signal.SIGCONT)
        sender.join()
        wait_for(lambda: gone(pids), "the end")
    assert replies[0].code == 250, replies
    assert result(faulty.wait_mail(ALICE)).startswith("clean")
    faulty.restart("mamorid")


def test_a_warning_under_way_is_sent_once(faulty):
    """Exim asks a gate about it, so gates are still there."""
    virus, plan = Virus(), faulty.faults
    with plan.armed("courier", "fork", 1, STOP):
        assert virus.send(faulty).code == 250
        wait_for(lambda: plan.fired, "the courier")
        pids = terminate(faulty)
        processes.send([plan.pid], signal.SIGCONT)
        wait_for(lambda: gone(pids), "the end")
    assert warned(faulty) == {virus.word: 1}
    faulty.restart("mamorid")
    settle(faulty)
    assert warned(faulty) == {virus.word: 1}


@pytest.mark.parametrize("role", ["gate", "courier", "keeper", "inspector"])
def test_what_hangs_does_not_keep_it(faulty, role):
    """Killed when its time is over; the other mails are not lost by it."""
    held = of_role(faulty, role)
    processes.send(held, signal.SIGSTOP)
    pids = terminate(faulty)

    def ended():
        age(faulty, "master", seconds=60)
        return gone(pids)
    wait_for(ended, "the end")
    assert faulty.events(event="role-killed")
    faulty.restart("mamorid")
    virus = Virus()
    assert virus.send(faulty).code == 250
    settle(faulty)
    assert warned(faulty).get(virus.word) == 1
