"""The keeper is killed, or its disk full, at every step: what Exim has been
told is kept is kept, once, and clean mail goes on."""
import os

import pytest
from fault_rig import (Virus, age, files_of, kept, no_virus_delivered, of_role,
                       retry, serving, settle, spread, warned)
from mails import ALICE, OUTSIDER, result
from riglib import faults, processes, samples
from riglib.client import wait_for
from riglib.faults import ALL, IO, KILL, NOSPC, STOP, WRITES


def clean(rig):
    return rig.send(samples.mail(OUTSIDER, ALICE, subject="clean"), OUTSIDER,
                    ALICE)


def steps(rig, calls, until):
    """The keeper's calls from a mail's arrival to the end, without fault."""
    rig.faults.watch("keeper", calls)
    assert Virus().send(rig).code == 250
    until(rig)
    rig.faults.disarm()
    names = rig.faults.names()
    assert len(names) > 20, names
    return names


def recorded(rig):
    """The calls up to the answer: the second message, after a log line."""
    names = steps(rig, ALL, settle)
    sent = [i for i, name in enumerate(names) if name == "sendmsg"]
    return names[:sent[1] + 1]


def everything_once(rig, viruses):
    """Each one is kept and warned about, once."""
    settle(rig)
    rows, told = kept(rig), warned(rig)
    for virus in viruses:
        assert rows.get(virus.word) == 1, virus.word
        assert told.get(virus.word) == 1, (virus.word, told)
    no_virus_delivered(rig)
    files = files_of(rig)
    assert len(files) == len(kept(rig)), files


def test_killed_at_every_step_of_a_record(faulty):
    names = recorded(faulty)
    viruses = []
    for step in spread(names):
        viruses.append(Virus())
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("keeper", ALL, step, KILL):
            reply = viruses[-1].send(faulty)
            fired = faulty.faults.fired
        assert fired == 1 or reply.code == 250, (step, names[step - 1])
        retry(faulty, viruses[-1])
        settle(faulty)
    serving(faulty)
    everything_once(faulty, viruses)


def test_killed_at_every_step_of_the_outbox(faulty):
    """After the answer: the row is there until Exim's 250 is recorded."""
    first = len(recorded(faulty))
    names = steps(faulty, ALL, settle)
    viruses = []
    for step in spread(names, every=4):
        if step <= first:
            continue
        viruses.append(Virus())
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("keeper", ALL, step, KILL):
            assert viruses[-1].send(faulty).code in (250, 451)
            wait_for(lambda: faulty.faults.fired or
                     warned(faulty).get(viruses[-1].word),
                     "the fault, or the warning")
        retry(faulty, viruses[-1])
        settle(faulty)
    serving(faulty)
    # Injected, and killed before that was recorded: the courier remembers.
    everything_once(faulty, viruses)


@pytest.mark.parametrize("error", [NOSPC, IO], ids=["full", "broken"])
def test_an_error_at_every_write(faulty, error):
    names = steps(faulty, WRITES, settle)
    pids = of_role(faulty, "keeper")
    viruses = []
    for step in spread(names):
        viruses.append(Virus())
        with faulty.faults.armed("keeper", WRITES, step, error):
            assert viruses[-1].send(faulty).code in (250, 451)
        retry(faulty, viruses[-1])
    everything_once(faulty, viruses)
    assert of_role(faulty, "keeper") == pids, "it lives on"


def test_a_disk_that_stays_full(faulty):
    """From some write on all fail, for a while."""
    takes = WRITES.replace(" unlinkat", "")
    names = steps(faulty, takes, settle)
    viruses = []
    for step in range(1, len(names), 7):
        viruses.append(Virus())
        with faulty.faults.armed("keeper", takes, step, NOSPC,
                                 lasting=True):
            viruses[-1].send(faulty)
            late = Virus()
            reply = late.send(faulty)
            assert reply.code == 451 and "unrecorded" in reply.text, reply
            assert clean(faulty).code == 250
        retry(faulty, viruses[-1])
        retry(faulty, late)
        viruses.append(late)
    # A notice may be out while its row could not be removed: it waits, and
    # is not told again.
    everything_once(faulty, viruses)


def test_a_keeper_that_hangs(make_rig):
    """Whoever needs it waits no longer than the module's deadline."""
    rig = make_rig("faults=on", "deadline_ms=4000")
    plan = faults.Faults(rig)
    rig.faults = plan
    virus = Virus()
    with plan.armed("keeper", "pwrite64", 1, STOP):
        assert virus.send(rig).code == 451
        assert plan.fired == 1
        assert clean(rig).code == 250
        processes.send([plan.pid], 18)
    retry(rig, virus)
    everything_once(rig, [virus])
    plan.close()


def test_a_stopped_keeper_is_not_waited_for(make_rig):
    """However long Exim would wait: the gate gives up after ten seconds, the
    client is told why, and is welcome later; clean mail goes on."""
    rig = make_rig("deadline_ms=120000")
    stopped = of_role(rig, "keeper")
    processes.send(stopped, 19)
    virus = Virus()
    reply = virus.send(rig)
    assert reply.code == 451 and "unrecorded" in reply.text, reply
    assert clean(rig).code == 250
    assert rig.wait_event(event="record-failed")["reason"] == "timed out"
    verdict = rig.wait_event(event="verdict", reason="unrecorded")
    assert verdict["action"] == "defer"
    assert int(verdict["ms"]) < 60000, "half of Exim's patience"
    processes.send(stopped, 18)
    retry(rig, virus)
    everything_once(rig, [virus])
    assert result(rig.wait_mail(
        ALICE, lambda mail: mail["Subject"] == "clean")).startswith("clean")


def test_no_keeper_at_all(make_rig):
    """It dies at its start, again and again, until it can."""
    rig = make_rig("faults=on", "deadline_ms=3000", "queue_run=0")
    rig.faults = faults.Faults(rig)
    virus, late = Virus(), Virus(sender="shop@example.test")
    with rig.faults.armed("keeper", ALL, 1, KILL, lasting=True):
        processes.send(of_role(rig, "keeper"), 9)
        wait_for(lambda: rig.faults.fired > 2, "a start that fails")
        assert virus.send(rig).code == 451
        assert clean(rig).code == 250
        assert rig.web_script(late.data).returncode == 0
    serving(rig)
    retry(rig, virus)
    rig.run_queue()
    wait_for(lambda: late.word in kept(rig), "the waiting mail's copy")
    everything_once(rig, [virus])
    assert warned(rig, rig.owner) == {late.word: 1}
    assert result(rig.wait_mail(
        ALICE, lambda mail: mail["Subject"] == "clean")).startswith("clean")
    rig.faults.close()


def test_a_file_without_rows_goes_at_the_next_start(faulty):
    """Killed between the file's name and its rows' commit."""
    age(faulty, "master", seconds=60)
    virus = Virus()
    with faulty.faults.armed("keeper", "fdatasync", 1, KILL):
        assert virus.send(faulty).code == 451
        assert faulty.faults.fired == 1
    serving(faulty)
    assert len(files_of(faulty)) == len(kept(faulty))
    assert not os.listdir(os.path.join(faulty.state_dir, "quarantine/tmp"))
    retry(faulty, virus)
    everything_once(faulty, [virus])
