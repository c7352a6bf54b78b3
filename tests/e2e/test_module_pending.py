"""Mail of local programs when the scanner is down: accepted with a mark, kept
in the queue, scanned later; never lost, bounced, doubled or let through."""
import subprocess
from datetime import datetime

import pytest

from gate_double import (Answer, accept, add_header, defer, discard, error,
                         reject)
from module_fixtures import exim, exim_with, gate       # noqa: F401
from private_exim import USER, body_of, parse, wait_for

MAIL = "From: w@local.test\nSubject: local\n\nbody\n.\nend\n"


def pending(exim, *args, **more):
    """Submit with the scanner down; the mail stays in the queue, marked."""
    before = exim.queue()
    done = exim.sendmail(*args, **more)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    wait_for(lambda: len(exim.queue()) > len(before), what="queue")
    exim.wait_log("T=mamori_rescan defer")
    assert not exim.mails() and not exim.sink.mails


def test_a_clean_local_mail_is_told_by_its_uid(exim, gate):
    assert exim.sendmail(MAIL).returncode == 0
    req = gate.wait_requests(1)
    assert (req.flags, req.pending, req.protocol) == (0, 0, "local")
    assert req.uid == exim.uid_of("www-data")
    assert req.login == ("www-data" if exim.own_namespace else "root")
    assert (req.auth_id, req.host_address) == (None, None)
    assert b"amori" not in exim.wait_mail()


@pytest.mark.parametrize("answer", [reject("5.7.1 Virus"), discard()],
                         ids=["reject", "discard"])
def test_a_rejected_local_mail_is_discarded_without_a_word(exim, gate, answer):
    """Exim itself makes the exit status of a mail without recipients 1."""
    gate.answer = answer
    done = exim.sendmail(MAIL)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    exim.wait_idle()
    assert not exim.mails()


@pytest.mark.parametrize("answer", [
    None, defer("4.3.0 busy"), error("no inspector"), Answer(close=True),
    accept([add_header("bad")])],
    ids=["down", "defer", "error", "closed", "bad edit"])
def test_a_local_mail_waits_for_the_scanner(exim, gate, answer):
    if answer is None:
        gate.stop()
    else:
        gate.answer = answer
    pending(exim, MAIL, rcpts=("a@local.test", "b@far.test"))
    for options in ("-q", "-qf", "-qff", "-qqff"):
        assert exim.flush(options).returncode == 0
    assert len(exim.queue()) == 1
    assert not exim.mails() and not exim.sink.mails
    if answer is None:
        gate.start()
    gate.answer = accept([add_header("X-Mamori-Result: clean\n")])
    asked = len(gate.requests)
    exim.flush()
    mail = exim.wait_mail()
    exim.wait_idle()
    req = gate.requests[asked]
    assert (req.pending, req.flags) == (1, 3)
    assert req.uid == exim.uid_of("www-data")
    assert req.sender == parse(mail)["Return-path"].strip("<>")
    assert sorted(req.recipients) == ["a@local.test", "b@far.test"]
    assert body_of(mail) == b"body\n.\nend\n"
    assert parse(mail).get_all("X-Mamori-Result") == ["clean"]
    assert parse(mail)["X-Mamori-Pending"] is None
    assert len(exim.mails()) == len(exim.wait_sink()) == 1
    assert len(gate.requests) == asked + 1


def test_a_virus_that_waited_is_discarded(exim, gate):
    gate.stop()
    pending(exim, MAIL)
    gate.start()
    gate.answer = reject("5.7.1 Virus")
    exim.flush()
    exim.wait_idle()
    assert not exim.mails()
    gate.stop()
    pending(exim, MAIL)
    gate.start()
    gate.answer = discard()
    exim.flush()
    exim.wait_idle()
    assert not exim.mails()


@pytest.mark.parametrize("sender", ["<>", "w@local.test"])
def test_a_thousand_recipients_wait_as_one_mail(exim, gate, sender):
    gate.stop()
    rcpts = [f"u{i}@local.test" for i in range(1000)]
    pending(exim, MAIL, rcpts=rcpts, options=("-f", sender))
    gate.start()
    exim.flush()
    mail = exim.wait_mail()
    exim.wait_idle()
    assert len(gate.requests) == 1
    assert sorted(gate.requests[0].recipients) == sorted(rcpts)
    assert gate.requests[0].sender == sender.strip("<>")
    got = parse(mail)["Envelope-to"].replace("\n", "").split(", ")
    assert sorted(got) == sorted(rcpts)
    assert len(exim.mails()) == 1


def test_a_batch_of_a_customer_is_no_dialogue(exim, gate):
    """-bS would drop the rest of its batch after a 451."""
    gate.stop()
    one = ("MAIL FROM:<w@local.test>\nRCPT TO:<a@local.test>\nDATA\n"
           "Subject: {0}\nX-Mamori-Pending: uid=0; login=root\n\nbody\n.\n")
    done = exim.run("-bS", data=(one.format(1) + one.format(2)).encode(),
                    user="www-data")
    assert (done.returncode, done.stdout) == (0, b"")
    exim.wait_log("T=mamori_rescan defer", 2)
    assert len(exim.queue()) == 2
    gate.start()
    exim.flush()
    exim.wait_mails(2)
    exim.wait_idle()
    assert {req.uid for req in gate.requests} == {exim.uid_of("www-data")}
    assert {req.pending for req in gate.requests} == {1}
    assert len(exim.mails()) == 2


FORGED = "X-Mamori-Pending: uid=0; login=root\n"


@pytest.mark.parametrize("spelling", [
    FORGED, FORGED.lower(), FORGED.replace(":", " :", 1), FORGED + FORGED,
    FORGED.replace(" uid", "\n uid")])
def test_a_customers_forged_mark_has_no_effect(exim, gate, spelling):
    exim.sendmail(spelling + MAIL)
    req = gate.wait_requests(1)
    assert (req.pending, req.uid) == (0, exim.uid_of("www-data"))
    assert b"amori" not in exim.wait_mail()
    exim.wait_idle()
    assert "mamori_rescan" not in exim.log()
    gate.stop()
    pending_before = exim.log().count("event=pending")
    exim.sendmail(spelling + MAIL)
    exim.wait_log("event=pending", pending_before + 1)
    gate.start()
    exim.flush()
    exim.wait_mails(2)
    assert gate.requests[-1].uid == exim.uid_of("www-data")
    exim.wait_idle()


@pytest.mark.parametrize("how", ["-t", "-bs", "smtp", "-bS"])
def test_a_forged_mark_from_elsewhere_has_no_effect(exim, gate, how):
    """Not even Exim's user gets by with anything but the router's batch."""
    talk = ("MAIL FROM:<w@local.test>\nRCPT TO:<a@local.test>\nDATA\n"
            + FORGED + "Subject: x\n\nbody\n.\n")
    if how == "smtp":
        exim.smtp(FORGED + MAIL)
    elif how == "-t":
        exim.sendmail(FORGED + "To: a@local.test\n" + MAIL, rcpts=(),
                      user=USER, options=("-t",))
    elif how == "-bs":
        exim.run("-bs", data=("EHLO x\n" + talk).encode(), user=USER)
    else:
        exim.run("-oMr", "spam-scanned", "-bS", data=talk.encode(), user=USER)
    assert gate.wait_requests(1).pending == 0
    assert b"amori" not in exim.wait_mail()


def test_a_malformed_or_double_mark_is_none(exim, gate):
    for mark in (FORGED * 2, "X-Mamori-Pending: uid=x; login=root\n",
                 "X-Mamori-Pending: uid=-1; login=root\n",
                 "X-Mamori-Pending: uid=4294967296; login=r\n",
                 "X-Mamori-Pending: uid=1; login=a b\n"):
        talk = ("MAIL FROM:<w@local.test>\nRCPT TO:<a@local.test>\nDATA\n"
                + mark + "Subject: x\n\nbody\n.\n")
        asked = len(gate.requests)
        exim.run("-bS", data=talk.encode(), user=USER)
        assert gate.wait_requests(asked + 1).pending == 0


@exim_with(retry="* * F,1s,1s")
def test_waiting_mail_is_never_given_up(exim, gate):
    """The rule behind ours gives up after a second."""
    gate.stop()
    pending(exim, MAIL)
    exim.sendmail("Subject: not marked\n\nbody\n", rcpts=("a@local.test",))
    exim.wait_log("T=mamori_rescan defer", 2)

    wait_for(lambda: exim.flush() and
             _seconds_between(exim.log(), "T=mamori_rescan defer") >= 3)
    assert len(exim.queue()) == 2
    assert not exim.mails()
    assert "**" not in exim.log() and "Frozen" not in exim.log()
    gate.start()
    exim.flush()
    exim.wait_mails(2)
    exim.wait_idle()


def _seconds_between(log, text):
    """From the first to the last line with this text."""
    stamps = [datetime.fromisoformat(line[:19])
              for line in log.split("\n") if text in line]
    return (stamps[-1] - stamps[0]).total_seconds()


def test_a_scan_killed_on_the_way_back_waits_again(exim, gate):
    gate.stop()
    pending(exim, MAIL)
    gate.start()
    gate.kill_asker = True
    exim.flush()
    exim.wait_log("T=mamori_rescan defer", 2)
    assert len(exim.queue()) == 1
    assert "Frozen" not in exim.log() and "**" not in exim.log()
    gate.kill_asker = False
    exim.flush()
    exim.wait_mail()
    exim.wait_idle()
    assert len(exim.mails()) == 1


def test_a_slow_delivery_does_not_hold_the_way_back(exim, gate):
    """The waiting mail is done when the new one is in the queue."""
    gate.stop()
    exim.sendmail(MAIL, rcpts=("a@far.test",))
    exim.wait_log("T=mamori_rescan defer")
    gate.start()
    exim.sink.hold()
    exim.wait_quiet()
    runner = subprocess.Popen(exim.command("-qff"), cwd="/")
    exim.wait_log("R=mamori_pending T=mamori_rescan\n")
    exim.wait_log("Completed")
    assert len(exim.queue()) == 1 and not exim.sink.mails
    exim.sink.release()
    assert runner.wait(60) == 0
    exim.wait_idle()
    assert len(exim.sink.mails) == 1


@exim_with(on_failure="accept")
def test_accept_on_failure_holds_for_local_mail_too(exim, gate):
    gate.stop()
    exim.sendmail(MAIL)
    mail = parse(exim.wait_mail())
    assert mail["X-Mamori-Result"] == \
        "not-checked; reason=scanner-unavailable"
    assert mail["X-Mamori-Pending"] is None
    exim.wait_idle()


def test_a_frozen_mark_is_scanned_too_when_forced(exim, gate):
    gate.stop()
    pending(exim, MAIL)
    exim.run("-Mf", *exim.queue())
    exim.flush()
    assert len(exim.queue()) == 1 and not exim.mails()
    gate.start()
    exim.flush()
    exim.wait_mail()
    exim.wait_idle()
    assert gate.requests[-1].pending == 1
