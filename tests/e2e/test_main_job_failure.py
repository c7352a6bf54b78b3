"""Parts that are down, slow or killed: nothing lost, nothing let through."""
import os
import signal
import subprocess
import threading

import pytest
from mails import (ALICE, BOB, OUTSIDER, is_notice, notices, result,
                   wait_notice)
from riglib import processes, samples
from riglib.client import wait_for


def test_mail_is_deferred_while_the_scanner_is_stopped(make_rig):
    rig = make_rig()
    rig.stop_server("mamorid")
    data = samples.mail(OUTSIDER, ALICE)
    assert rig.send(data, OUTSIDER, ALICE).code == 451
    assert rig.send(samples.mail(ALICE, BOB), ALICE, BOB, port="submission",
                    auth=ALICE).code == 451
    rig.restart("mamorid")
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    assert result(rig.wait_mail(ALICE)).startswith("clean; ")
    rig.settle()
    assert len(rig.mails(ALICE)) == 1


def test_the_operator_may_choose_to_accept_unchecked(make_rig):
    rig = make_rig("on_failure=accept")
    rig.stop_server("mamorid")
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    assert result(rig.wait_mail(ALICE)).startswith("not-checked")


def test_a_web_scripts_mail_waits_for_the_scanner(make_rig):
    rig = make_rig("queue_run=0")
    rig.stop_server("mamorid")
    done = rig.web_script(samples.mail("shop@example.test", ALICE))
    assert done.returncode == 0, done
    waiting = wait_for(rig.queue, "a waiting mail")
    rig.run_queue()     # forced, as an impatient administrator does
    rig.run_queue()
    assert rig.queue() == waiting
    assert not rig.mails(ALICE)
    rig.restart("mamorid")
    rig.run_queue()
    mail = rig.wait_mail(ALICE)
    assert result(mail).startswith("clean; ")
    assert [name for name in mail.keys()
            if name.lower().startswith("x-mamori")] == ["X-Mamori-Result"]
    rig.settle()
    rig.run_queue()
    assert len(rig.mails(ALICE)) == 1, "delivered once"


def test_a_waiting_virus_is_stopped_when_the_scanner_is_back(make_rig):
    rig = make_rig("queue_run=0")
    rig.stop_server("mamorid")
    done = rig.web_script(samples.infected("shop@example.test", ALICE))
    assert done.returncode == 0, done
    wait_for(rig.queue, "a waiting mail")
    rig.restart("mamorid")
    rig.run_queue()
    wait_notice(rig, rig.owner)
    rig.settle()
    assert not rig.mails(ALICE)
    assert len(notices(rig, rig.owner)) == 1
    assert len(rig.ctl_json("quarantine", "list")) == 1


def test_a_forged_pending_mark_gains_nothing(make_rig):
    """Neither from outside nor from a customer's own hand."""
    rig = make_rig("queue_run=0")
    mark = [("X-Mamori-Pending", "uid=0; login=root")]
    assert rig.send(samples.infected(OUTSIDER, ALICE, headers=mark),
                    OUTSIDER, ALICE).code == 250
    done = rig.web_script(samples.infected("shop@example.test", BOB,
                                           headers=mark))
    assert done.returncode in (0, 1)
    wait_notice(rig, ALICE)
    wait_notice(rig, rig.owner)
    rig.settle()
    assert not rig.mails(BOB)


def inspectors(rig):
    """Pids of the processes that scan: they run as nobody."""
    uid = "65534"
    found = []
    for pid in processes.descendants(rig.pids["mamorid"]):
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            fields = dict(line.split(":", 1) for line in file)
        if fields["Uid"].split()[0] == uid:
            found.append(pid)
    return sorted(found)


def used_ticks(pid):
    """Processor time of a process, in hundredths of a second."""
    fields = processes.stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def kill_busy_inspectors(rig, count):
    """SIGKILL so many inspectors, one after the other, while they scan: when
    the processor time that they have used goes up."""
    before, killed = {pid: used_ticks(pid) for pid in inspectors(rig)}, []

    def one_more():
        for pid in set(inspectors(rig)) - set(killed):
            if used_ticks(pid) - before.setdefault(pid, 0) >= 4:
                processes.send([pid], signal.SIGKILL)
                killed.append(pid)
                break
        return len(killed) == count

    wait_for(one_more, "a busy scanner")


def send_meanwhile(rig, action):
    """Send a mail that takes half a second to scan, do something meanwhile;
    the reply."""
    replies = []
    data = samples.mail(OUTSIDER, ALICE, attachment=os.urandom(20 << 20))
    sender = threading.Thread(target=lambda: replies.append(
        rig.send(data, OUTSIDER, ALICE)))
    sender.start()
    try:
        action()
    finally:
        sender.join()
    return replies[0]


def test_a_scanner_killed_in_the_middle_is_replaced(make_rig):
    rig = make_rig()
    count = len(inspectors(rig))
    assert count >= 4
    reply = send_meanwhile(rig, lambda: kill_busy_inspectors(rig, 1))
    assert reply.code == 250, reply
    assert result(rig.wait_mail(ALICE)).startswith("clean; ")
    wait_for(lambda: len(inspectors(rig)) == count, "a new scanner")
    assert rig.ctl_json("status")["counters"]["retried"] == 1


def test_a_mail_that_kills_two_scanners_is_quarantined(make_rig):
    rig = make_rig()
    count = len(inspectors(rig))
    reply = send_meanwhile(rig, lambda: kill_busy_inspectors(rig, 2))
    assert reply.code == 250, reply
    rows = rig.ctl_json("quarantine", "list")
    assert [(row["recipient"], row["reason"]) for row in rows] == \
        [(ALICE, "crashed")]
    rig.wait_mail(rig.operator, is_notice, "a notice for the operator")
    rig.settle()
    assert not rig.mails(ALICE)
    wait_for(lambda: len(inspectors(rig)) == count, "new scanners")
    # The next one is none the worse for it.
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    assert result(rig.wait_mail(ALICE)).startswith("clean; ")


@pytest.mark.parametrize("role", ["gate", "keeper", "courier"])
def test_a_killed_process_is_replaced(make_rig, role):
    rig = make_rig()
    user = {"gate": "daemon", "keeper": "backup",
            "courier": "uucp" if rig.mode == "namespace" else
            "Debian-exim"}[role]
    uid = subprocess.run(["id", "-u", user], capture_output=True, text=True,
                         check=True).stdout.strip()

    def of_role():
        return [pid for pid in processes.descendants(rig.pids["mamorid"])
                if os.path.exists(f"/proc/{pid}") and
                str(os.stat(f"/proc/{pid}").st_uid) == uid]

    before = wait_for(of_role, role)
    processes.send(before, signal.SIGKILL)
    wait_for(lambda: len(of_role()) == len(before) and
             not set(of_role()) & set(before), f"a new {role}")

    def sent():
        return rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                        ALICE).code == 250

    wait_for(sent, "an accepted mail")
    wait_notice(rig, ALICE)


def test_mail_over_the_limit_is_not_checked_and_quarantined(make_rig):
    rig = make_rig("mamori.limits.message_size=100K")
    big = samples.mail(OUTSIDER, ALICE, attachment=os.urandom(200000))
    assert rig.send(big, OUTSIDER, ALICE).code == 250
    rows = rig.ctl_json("quarantine", "list")
    assert [row["reason"] for row in rows] == ["limit"]
    rig.settle()
    assert not rig.mails(ALICE)
    big = samples.mail(ALICE, BOB, attachment=os.urandom(200000))
    reply = rig.send(big, ALICE, BOB, port="submission", auth=ALICE)
    assert reply.code in (550, 552), reply
