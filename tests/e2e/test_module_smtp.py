"""The module in an SMTP dialogue: what it asks, and how it answers."""
import os

import pytest

from gate_double import accept, defer, discard, reject
from module_fixtures import exim, gate      # noqa: F401
from private_exim import USER, body_of, parse

MAIL = "From: s@out.test\r\nSubject: one\r\n\r\nline one\r\n..dot\r\n"


def test_the_request_holds_envelope_headers_and_body(exim, gate):
    assert exim.smtp(MAIL, rcpts=("a@local.test", "b@local.test"))[0] == 250
    req = gate.wait_requests(1)
    assert req.sender == "s@out.test"
    assert req.recipients == ["a@local.test", "b@local.test"]
    assert [text.split(b":")[0] for _, text in req.headers] == [
        b"Received", b"From", b"Subject"]
    assert req.headers[2] == (" ", b"Subject: one\n")
    assert req.body == b"line one\n..dot\n"
    assert (req.host_address, req.helo) == ("127.0.0.1", "client.test")
    assert (req.protocol, req.port) == ("esmtp", exim.port)
    assert (req.flags, req.pending, req.auth_id) == (1, 0, None)
    assert req.trace in exim.log()


def test_the_descriptors_give_no_way_to_change_the_mail(exim, gate):
    exim.smtp(MAIL)
    req = gate.wait_requests(1)
    assert req.body_mode & os.O_ACCMODE == os.O_RDONLY
    assert req.seals == 0xf


def test_the_login_of_smtp_auth_is_told(exim, gate):
    exim.smtp(MAIL, login="a@local.test")
    req = gate.wait_requests(1)
    assert (req.auth_id, req.protocol) == ("a@local.test", "esmtpa")
    assert req.login is None


def test_a_clean_mail_arrives_as_it_was(exim, gate):
    assert exim.smtp(MAIL)[0] == 250
    mail = exim.wait_mail()
    assert body_of(mail) == b"line one\n..dot\n"
    assert parse(mail)["Subject"] == "one"
    assert b"X-Mamori" not in mail


@pytest.mark.parametrize("line", [
    "X-Mamori-Result: clean",
    "x-mamori-result : clean",
    "X-MAMORI-Other\t: a\r\n folded: b",
    "X-Mamori-Pending: uid=0; login=root",
])
def test_foreign_mamori_headers_vanish(exim, gate, line):
    assert exim.smtp(line + "\r\n" + MAIL)[0] == 250
    req = gate.wait_requests(1)
    assert not any(b"amori" in text.lower() for _, text in req.headers)
    assert req.pending == 0
    assert b"mamori" not in exim.wait_mail().lower()


def test_a_rejection_is_a_550_with_the_reason_on_every_line(exim, gate):
    gate.answer = reject("5.7.1 Virus Eicar-\u00e9\nsecond\tline\n" + "x" * 900)
    code, text = exim.smtp(MAIL)
    assert code == 550
    lines = text.split("\n")
    assert lines[0] == "5.7.1 Virus Eicar-??"
    assert lines[1] == "5.7.1 second?line"
    assert lines[2].startswith("5.7.1 xxx")
    assert all(len(line) < 500 for line in lines)
    assert not exim.queue() and not exim.mails()


def test_a_rejection_without_reason_still_says_something(exim, gate):
    gate.answer = reject()
    assert exim.smtp(MAIL) == (550, "5.7.1 Message refused")


def test_a_deferral_is_a_451(exim, gate):
    gate.answer = defer("4.3.0 Disk full")
    assert exim.smtp(MAIL) == (451, "4.3.0 Disk full")
    gate.answer = defer("5.7.1 not a temporary code")
    assert exim.smtp(MAIL) == (451, "4.7.1 5.7.1 not a temporary code")
    assert not exim.queue() and not exim.mails()


def test_a_discarded_mail_is_accepted_and_goes_nowhere(exim, gate):
    gate.answer = discard(log="quarantined \"q1\"")
    assert exim.smtp(MAIL)[0] == 250
    exim.wait_idle()
    assert not exim.mails()
    assert 'mamori event=verdict text="quarantined \\x22q1\\x22"' in exim.log()


def test_two_mails_on_one_connection_do_not_mix(exim, gate):
    answers = [reject("no"), accept()]
    gate.answer = lambda req: answers[len(gate.requests) - 1]
    assert exim.smtp(MAIL)[0] == 550
    assert exim.smtp(MAIL.replace("one", "two"))[0] == 250
    assert parse(exim.wait_mail())["Subject"] == "two"
    assert len(exim.mails()) == 1


def test_host_checking_has_no_side_effects(exim, gate):
    talk = (b"EHLO x\r\nMAIL FROM:<s@out.test>\r\nRCPT TO:<a@local.test>\r\n"
            b"DATA\r\nSubject: bh\r\n\r\nbody\r\n.\r\nQUIT\r\n")
    done = exim.run("-bh", "192.0.2.1", data=talk)
    assert b"250 OK id=" in done.stdout
    assert not gate.requests and not exim.mails()


def test_a_null_sender_from_outside_is_asked_about(exim, gate):
    gate.answer = reject("no")
    assert exim.smtp(MAIL, sender="")[0] == 550
    assert gate.wait_requests(1).sender == ""


def test_a_null_sender_of_a_customer_is_asked_about(exim, gate):
    exim.sendmail(MAIL, options=("-f", "<>"))
    req = gate.wait_requests(1)
    assert (req.sender, req.host_address) == ("", None)
    assert req.uid == exim.uid_of("www-data")


def test_bounces_of_this_exim_are_asked_about_and_pass(exim, gate):
    exim.sendmail("Subject: x\n\nbody\n", rcpts=("nobody-here@local.test",),
                  options=("-f", "a@local.test"))
    mail = exim.wait_mail()
    assert parse(mail)["X-Failed-Recipients"] == "nobody-here@local.test"
    req = gate.wait_requests(2)
    assert (req.sender, req.uid, req.flags) == ("", req.exim_uid, 0)
    exim.wait_idle()


def dialogue(exim, user):
    talk = ("EHLO x\r\nMAIL FROM:<g@local.test>\r\nRCPT TO:<a@local.test>\r\n"
            "DATA\r\nSubject: bs\r\n\r\nbody\r\n.\r\nQUIT\r\n")
    return exim.run("-bs", data=talk.encode(), user=user).stdout


@pytest.mark.parametrize("answer, code", [
    (reject("5.7.1 Virus"), b"550 5.7.1 Virus"),
    (defer("4.3.0 Later"), b"451 4.3.0 Later"),
    (accept(), b"250 OK id="),
])
def test_a_local_dialogue_reads_the_answer(exim, gate, answer, code):
    gate.answer = answer
    assert code in dialogue(exim, "games")
    req = gate.wait_requests(1)
    assert (req.host_address, req.port, req.auth_id) == (None, 0, None)
    assert req.uid == exim.uid_of("games")
    assert req.flags == 1
    exim.wait_idle()


def test_mail_for_other_servers_carries_no_result(exim, gate):
    from gate_double import add_header
    gate.answer = accept([add_header("X-Mamori-Result: clean\n"),
                          add_header("X-Mamori-Other: x\n")])
    exim.smtp(MAIL, rcpts=("a@local.test", "b@far.test"))
    assert b"X-Mamori-Result: clean" in exim.wait_mail()
    assert b"mamori" not in exim.wait_sink()[0][1].lower()


def test_the_exim_user_alone_is_no_bounce(exim, gate):
    """Its mail with a sender is ordinary local mail."""
    exim.sendmail(MAIL, user=USER, options=("-f", "a@local.test"))
    assert gate.wait_requests(1).sender == "a@local.test"
