"""The master is killed and started again: its roles leave by themselves, the
sockets are there again, and nothing that was under way is lost."""
import os
import signal
from threading import Thread

import pytest
from fault_rig import (ROLES, Virus, kept, no_virus_delivered, of_role, retry,
                       settle, warned)
from mails import ALICE, result
from riglib import processes, samples
from riglib.client import wait_for
from riglib.faults import KILL, STOP

SOCKETS = ("scan.sock", "inspect.sock", "keeper.sock", "control.sock")


def kill_master(rig):
    """Its pids, and those of its roles."""
    family = {role: of_role(rig, role) for role in ROLES}
    assert all(family.values()), family
    processes.send([rig.pids["mamorid"]], signal.SIGKILL)
    return [pid for pids in family.values() for pid in pids]


def gone(pids):
    return all((processes.stat(pid) or "Z")[0] == "Z" for pid in pids)


def everything_once(rig, viruses):
    settle(rig)
    rows, told = kept(rig), warned(rig)
    for virus in viruses:
        assert (rows.get(virus.word), told.get(virus.word)) == (1, 1)
    no_virus_delivered(rig)


def test_its_roles_leave_and_the_next_one_takes_over(faulty):
    before = Virus()
    assert before.send(faulty).code == 250
    pids = kill_master(faulty)
    wait_for(lambda: gone(pids), "the roles to leave")
    virus = Virus()
    assert virus.send(faulty).code == 451
    done = faulty.web_script(samples.mail("shop@example.test", ALICE,
                                          subject="waits"))
    assert done.returncode == 0
    faulty.restart("mamorid")
    for name in SOCKETS:
        assert os.path.exists(os.path.join(faulty.run_dir, name))
    jails = os.listdir(os.path.join(faulty.run_dir, "jail"))
    assert len(jails) == 1, "the old pool's folders are gone"
    retry(faulty, virus)
    faulty.run_queue()
    everything_once(faulty, [before, virus])
    assert result(faulty.wait_mail(
        ALICE, lambda mail: mail["Subject"] == "waits")).startswith("clean")
    assert not faulty.queue()


@pytest.mark.parametrize("role, calls, number", [
    ("gate", "connect", 1),         # before the scan
    ("inspector", "pread pread64", 2),  # in mid-scan
    ("gate", "connect", 2),         # found, not recorded
    ("keeper", "renameat2", 1),     # the copy has no name yet
    ("keeper", "fdatasync", 1),     # the rows are not there yet
    ("keeper", "sendmsg", 2),       # recorded, not said
    ("gate", "sendmsg", 4),         # the verdict is not said
    ("courier", "fork", 1),         # Exim is not asked yet
    ("courier", "write", 4),        # in mid-injection
])
def test_in_the_middle_of_a_mail(faulty, role, calls, number):
    """A role is stopped at a point; the master is killed, then the role."""
    virus, replies = Virus(), []
    plan = faulty.faults
    with plan.armed(role, calls, number, STOP):
        sender = Thread(target=lambda: replies.append(virus.send(faulty)))
        sender.start()
        wait_for(lambda: plan.fired, "the point")
        pids = kill_master(faulty)
        processes.send([plan.pid], signal.SIGKILL)
        wait_for(lambda: gone(pids), "the roles to leave")
        sender.join()
    assert replies[0].code in (250, 451)
    faulty.restart("mamorid")
    retry(faulty, virus)
    everything_once(faulty, [virus])


def test_a_mail_under_way_gets_its_answer(faulty):
    """A gate that has a mail leaves when it has answered."""
    virus, replies = Virus(), []
    plan = faulty.faults
    with plan.armed("gate", "accept4", 1, STOP):
        sender = Thread(target=lambda: replies.append(virus.send(faulty)))
        sender.start()
        wait_for(lambda: plan.fired, "the gate")
        pids = kill_master(faulty)
        wait_for(lambda: gone(set(pids) - {plan.pid}), "the others")
        processes.send([plan.pid], signal.SIGCONT)
        sender.join()
        wait_for(lambda: gone(pids), "the gate to leave")
    assert replies[0].code == 451, "nobody is left to scan"
    faulty.restart("mamorid")
    retry(faulty, virus)
    everything_once(faulty, [virus])


def test_killed_again_and_again(faulty):
    viruses = []
    for _ in range(5):
        viruses.append(Virus())
        assert viruses[-1].send(faulty).code == 250
        kill_master(faulty)
        faulty.restart("mamorid")
    everything_once(faulty, viruses)


def test_killed_at_its_start(faulty):
    """Before its sockets have their owners, none of them serves."""
    virus = Virus()
    faulty.stop_server("mamorid")
    with faulty.faults.armed("master", "fchmod", 2, KILL):
        with pytest.raises(Exception):
            faulty.restart("mamorid")
        assert faulty.faults.fired == 1
    assert virus.send(faulty).code == 451
    faulty.restart("mamorid")
    retry(faulty, virus)
    everything_once(faulty, [virus])
