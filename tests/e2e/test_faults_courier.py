"""The courier dies around an injection, and Exim refuses, hangs or is away:
a notice is told at least once, and a release is never lost."""
import os
import shutil
import signal
import tempfile

import pytest
from conftest import start
from fault_rig import (Virus, age, kept, no_virus_delivered, of_role, settle,
                       warned)
from mails import ALICE, OUTSIDER, result
from riglib import processes, samples
from riglib.client import wait_for
from riglib.faults import ALL, IO, KILL, STOP, Faults


def steps(rig):
    rig.faults.watch("courier", ALL)
    assert Virus().send(rig).code == 250
    settle(rig)
    rig.faults.disarm()
    names = rig.faults.names()
    assert "fork" in names
    return names


@pytest.mark.parametrize("fault", [KILL, IO], ids=["killed", "io"])
def test_every_step_of_an_injection(faulty, fault):
    """Before it, in the middle, and after Exim's 250."""
    names = steps(faulty)
    before = names.index("fork")
    viruses, early = [], []
    for step in range(1, len(names) + 1):
        virus = Virus()
        age(faulty, "master", seconds=60)
        with faulty.faults.armed("courier", ALL, step, fault):
            assert virus.send(faulty).code == 250
            wait_for(lambda: faulty.faults.fired, f"step {step}")
        settle(faulty)
        viruses.append(virus)
        if step <= before:
            early.append(virus)
    told = warned(faulty)
    for virus in viruses:
        assert 1 <= told.get(virus.word, 0) <= 2, virus.word
    for virus in early:
        assert told[virus.word] == 1, "killed before Exim was asked"
    assert set(kept(faulty).values()) == {1}
    no_virus_delivered(faulty)


# What the courier runs instead of Exim: as the file "mode" says.
_DOUBLE = """\
#!/bin/sh
mode=$(cat {folder}/mode)
reply() {{
	printf '220 double\\r\\n'
	while read -r verb _; do
		case $verb in
		EHLO*) printf '250 double\\r\\n' ;;
		DATA*) printf '%s\\r\\n' "$1"; exit ;;
		QUIT*) exit ;;
		*) printf '%s\\r\\n' "$2" ;;
		esac
	done
}}
case $mode in
451|550) reply "$mode 4.0.0 no" "$mode 4.0.0 no" ;;
late) reply "452 4.3.1 disk full" "250 2.0.0 ok" ;;
hang) touch {folder}/hangs; exec tail -f /dev/null ;;
dies) echo "broken" >&2; exit 1 ;;
*) exec $mode -bs ;;
esac
"""


@pytest.fixture(scope="module")
def choosy():
    """A rig whose courier runs a double; rig.exim_is(mode) tells it what to
    do, by default to be Exim."""
    folder = tempfile.mkdtemp(prefix="mamori-double-", dir="/tmp")
    os.chmod(folder, 0o777)
    path = os.path.join(folder, "exim")
    with open(path, "w", encoding="utf-8") as file:
        file.write(_DOUBLE.format(folder=folder))
    os.chmod(path, 0o755)
    rig = start("faults=on", f"mamori.mta.command=[{path}]")
    rig.faults = Faults(rig)
    rig.double = path
    real = "/usr/sbin/exim4" if rig.mode == "namespace" else \
        f"/usr/sbin/exim4 -C {rig.dir}/exim/exim4.conf"

    def exim_is(mode):
        with open(os.path.join(folder, "mode"), "w", encoding="utf-8") as f:
            f.write(mode or real)

    exim_is(None)
    rig.exim_is = exim_is
    yield rig
    rig.faults.close()
    rig.stop()
    shutil.rmtree(folder)


def tries(rig):
    return len(rig.events(event="outbox-retry"))


@pytest.mark.parametrize("mode", ["451", "late", "dies", "away"])
def test_it_waits_for_exim(choosy, mode):
    """For a day; the row stays, and other mail goes on."""
    choosy.empty()
    choosy.empty_quarantine()
    if mode == "away":
        os.rename(choosy.double, choosy.double + ".away")
    choosy.exim_is(mode)
    virus, before = Virus(), tries(choosy)
    assert virus.send(choosy).code == 250
    for hour in range(1, 25):
        wait_for(lambda: tries(choosy) >= before + hour, f"try {hour}")
        assert choosy.outbox() == 1
        age(choosy, "keeper", seconds=3600)
    assert choosy.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                       ALICE).code == 250
    assert not warned(choosy)
    if mode == "away":
        os.rename(choosy.double + ".away", choosy.double)
    choosy.exim_is(None)
    settle(choosy)
    assert warned(choosy) == {virus.word: 1}
    assert kept(choosy) == {virus.word: 1}


def test_a_notice_that_exim_refuses_is_logged(choosy):
    """A mailbox that is gone gets no notice; the copy stays."""
    choosy.empty()
    choosy.empty_quarantine()
    choosy.exim_is("550")
    virus = Virus()
    assert virus.send(choosy).code == 250
    event = choosy.wait_event(event="outbox-refused")
    assert event["to"] == ALICE and "550" in event["reply"]
    settle(choosy)
    choosy.exim_is(None)
    assert kept(choosy) == {virus.word: 1}
    assert not warned(choosy)


def test_a_release_that_exim_refuses_stays_in_quarantine(choosy):
    choosy.empty()
    choosy.empty_quarantine()
    locked = samples.mail(OUTSIDER, ALICE, subject="big",
                          attachment=os.urandom(100))
    with choosy.faults.armed("inspector", "sendmsg", 1, KILL, lasting=True):
        assert choosy.send(locked, OUTSIDER, ALICE).code == 250
    row = choosy.ctl_json("quarantine", "list")[0]
    assert row["reason"] == "crashed"
    settle(choosy)
    choosy.exim_is("550")
    before = len(choosy.events(event="outbox-refused", kind="release"))
    choosy.ctl("quarantine", "release", str(row["id"]))
    wait_for(lambda: len(choosy.events(event="outbox-refused",
                                       kind="release")) > before,
             "the refusal")
    assert [one["id"] for one in choosy.ctl_json("quarantine", "list")] == \
        [row["id"]]
    choosy.exim_is(None)
    choosy.ctl("quarantine", "release", str(row["id"]))
    mail = choosy.wait_mail(ALICE)
    assert mail["Subject"] == "big"
    settle(choosy)
    assert not choosy.ctl_json("quarantine", "list")
    assert len(choosy.mails(ALICE)) == 1
    assert result(mail)


def test_exim_hangs(choosy):
    """The courier waits alone; when it is killed the row goes on."""
    choosy.empty()
    choosy.empty_quarantine()
    choosy.exim_is("hang")
    marker = os.path.join(os.path.dirname(choosy.double), "hangs")
    viruses = [Virus(), Virus()]
    assert viruses[0].send(choosy).code == 250
    wait_for(lambda: os.path.exists(marker), "an injection that hangs")
    assert viruses[1].send(choosy).code == 250, "recorded all the same"
    assert choosy.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                       ALICE).code == 250
    choosy.exim_is(None)
    processes.send(of_role(choosy, "courier"), signal.SIGKILL)
    age(choosy)
    settle(choosy)
    assert warned(choosy) == {virus.word: 1 for virus in viruses}
    assert set(kept(choosy).values()) == {1}


def test_a_reload_of_the_configuration_does_not_send_it_again(faulty):
    """The courier is at work when it and the keeper are replaced: however long
    Exim takes, the keeper waits to be told."""
    virus, plan = Virus(), faulty.faults
    keeper, gates = of_role(faulty, "keeper"), of_role(faulty, "gate")
    with plan.armed("courier", "fork", 1, STOP):
        assert virus.send(faulty).code == 250
        wait_for(lambda: plan.fired, "the courier")
        courier = plan.pid
        processes.send([faulty.pids["mamorid"]], signal.SIGHUP)
        wait_for(lambda: not set(gates) & set(of_role(faulty, "gate")),
                 "other gates")
        # A keeper that had been told to leave would wait no longer now.
        for _ in range(3):
            age(faulty, "keeper", seconds=60)
        assert of_role(faulty, "keeper") == keeper
    processes.send([courier], signal.SIGCONT)
    wait_for(lambda: of_role(faulty, "keeper") not in ([], keeper),
             "another keeper")
    settle(faulty)
    assert warned(faulty).get(virus.word) == 1
