"""A gate is killed, or its calls fail, at every step of a mail."""
import pytest
from fault_rig import (Virus, age, kept, no_virus_delivered, of_role, retry,
                       serving, settle, warned)
from mails import ALICE, OUTSIDER, result
from riglib import processes, samples
from riglib.client import wait_for
from riglib.faults import ALL, IO, KILL, NOMEM, STOP, Faults


def steps(rig, data):
    """A gate's calls from the connection to the verdict."""
    rig.faults.watch("gate", ALL)
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    settle(rig)
    rig.faults.disarm()
    names = rig.faults.names()
    if "accept4" in names[1:]:      # the notice is a mail of its own
        names = names[:names.index("accept4", 1)]
    # To an inspector, for the record, and the line to the history.
    assert names.count("connect") in (1, 2, 3), names
    return names


def everything_once(rig, viruses):
    settle(rig)
    rows, told = kept(rig), warned(rig)
    for virus in viruses:
        assert (rows.get(virus.word), told.get(virus.word)) == (1, 1)
    no_virus_delivered(rig)


@pytest.mark.parametrize("fault", [KILL, IO, NOMEM],
                         ids=["killed", "io", "memory"])
def test_every_step_of_a_virus(faulty, fault):
    viruses = []
    last = len(steps(faulty, Virus().data))
    for step in range(1, last + 1):
        viruses.append(Virus())
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("gate", ALL, step, fault):
            assert viruses[-1].send(faulty).code in (250, 451), step
            # The last ones, a log line, a count and the history, follow the
            # answer; a line to the history that is there is not made.
            assert faulty.faults.fired == 1 or step > last - 6, step
        retry(faulty, viruses[-1])
    everything_once(faulty, viruses)


def test_every_step_of_a_clean_mail(faulty):
    """451 and again, or 250: delivered once, never lost."""
    last = len(steps(faulty, samples.mail(OUTSIDER, ALICE)))
    faulty.empty()
    for step in range(1, last + 1):
        data = samples.mail(OUTSIDER, ALICE, subject=f"clean-{step}-end")
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("gate", ALL, step, KILL):
            reply = faulty.send(data, OUTSIDER, ALICE)
            assert reply.code in (250, 451), reply
        if reply.code == 451:
            assert faulty.send(data, OUTSIDER, ALICE).code == 250
    settle(faulty)
    found = [data for data in faulty.mails(ALICE)]
    for step in range(1, last + 1):
        assert sum(f"clean-{step}-end".encode() in data
                   for data in found) == 1, step


def test_a_web_scripts_virus_at_every_step(faulty):
    """It cannot be told to come again: it waits in the queue."""
    last = len(steps(faulty, Virus().data))
    viruses = []
    for step in range(1, last + 1, 3):
        viruses.append(Virus(sender="shop@example.test"))
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("gate", ALL, step, KILL):
            faulty.web_script(viruses[-1].data)
    serving(faulty)
    faulty.run_queue()
    settle(faulty)
    wait_for(lambda: not faulty.queue(), "an empty queue")
    settle(faulty)
    rows, told = kept(faulty), warned(faulty, faulty.owner)
    for virus in viruses:
        assert (rows.get(virus.word), told.get(virus.word)) == (1, 1)
    no_virus_delivered(faulty)


def test_a_gate_that_hangs_holds_one_mail_only(make_rig):
    rig = make_rig("faults=on", "deadline_ms=3000")
    rig.faults = Faults(rig)
    virus = Virus()
    with rig.faults.armed("gate", "connect", 1, STOP):
        assert virus.send(rig).code == 451
        for _ in range(20):
            assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                            ALICE).code == 250
        processes.send([rig.faults.pid], 18)
    retry(rig, virus)
    everything_once(rig, [virus])
    assert result(rig.wait_mail(ALICE)).startswith("clean; ")
    rig.faults.close()


def test_idle_gates_that_hang_do_not_hold_mail(faulty):
    """One connection wakes one gate: if that one is stopped, another one has
    to look by itself."""
    gates = of_role(faulty, "gate")
    assert len(gates) > 4
    processes.send(gates[:-1], 19)
    try:
        for _ in range(3):
            assert faulty.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                               ALICE).code == 250
    finally:
        processes.send(gates, 18)
