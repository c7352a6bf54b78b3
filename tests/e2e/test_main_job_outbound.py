"""Mail from customers: with AUTH, and from web scripts."""
import pytest
from mails import ALICE, BOB, CAROL, FRIEND, wait_notice
from riglib import samples
from riglib.client import text_of, wait_for

SUBMISSION = pytest.mark.parametrize("port", ["submission", "smtps"])


@SUBMISSION
def test_clean_submission_reaches_local_and_outside_recipients(rig, port):
    reply = rig.send(samples.mail(ALICE, [BOB, FRIEND]), ALICE,
                     [BOB, FRIEND], port=port, auth=ALICE)
    assert reply.code == 250, reply
    rig.wait_mail(BOB)
    envelope, data = wait_for(rig.sunk, "a mail outside")[0]
    assert envelope["to"] == [f"<{FRIEND}>"]
    assert b"X-Mamori" not in data, "our headers do not leave the server"


@SUBMISSION
def test_infected_submission_is_refused_and_the_sender_warned(rig, port):
    reply = rig.send(samples.infected(ALICE, [BOB, FRIEND]), ALICE,
                     [BOB, FRIEND], port=port, auth=ALICE)
    assert reply.code == 550 and reply.command == "DATA"
    assert all(line.startswith("5.7.1 ")
               for line in reply.text.splitlines())
    assert samples.VIRUS in reply.text
    mail = wait_notice(rig, ALICE)
    assert "請求書の件" in text_of(mail) and FRIEND in text_of(mail)
    rig.settle()
    assert len(rig.mails(ALICE)) == 1
    assert not rig.mails(BOB) and not rig.sunk()


def test_the_warning_goes_to_the_account_never_to_a_forged_sender(rig):
    data = samples.infected("dave@example.org", FRIEND)
    reply = rig.send(data, CAROL, FRIEND, port="submission", auth=ALICE)
    assert reply.code == 550
    wait_notice(rig, ALICE)
    rig.settle()
    for account in (BOB, CAROL, "dave@example.org"):
        assert not rig.mails(account)
    assert not rig.sunk()


def test_submission_without_auth_is_refused(rig):
    for port in ("submission", "smtps"):
        reply = rig.send(samples.mail(ALICE, BOB), ALICE, BOB, port=port)
        assert (reply.code, reply.command) == (550, "MAIL")


def test_auth_is_not_offered_without_tls(rig):
    for port in ("mx", "submission"):
        with rig.smtp(port=port, tls=False) as client:
            assert not client.has_extn("auth")
    with rig.smtp(port="submission") as client:
        assert client.has_extn("auth")


def test_a_web_script_sends_clean_mail(rig):
    done = rig.web_script(samples.mail("shop@example.test", BOB))
    assert done.returncode == 0, done
    mail = rig.wait_mail(BOB)
    assert mail["X-Mamori-Result"].startswith("clean; ")


def test_a_web_script_with_a_virus_is_stopped_and_its_owner_warned(rig):
    done = rig.web_script(samples.infected("shop@example.test",
                                           f"{BOB}, {FRIEND}"))
    assert done.returncode in (0, 1), "1: Exim kept nothing"
    assert samples.eicar() not in done.stdout + done.stderr
    mail = wait_notice(rig, rig.owner)
    assert "請求書の件" in text_of(mail)
    rig.settle()
    assert len(rig.mails(rig.owner)) == 1
    assert not rig.mails(BOB) and not rig.sunk()
    assert not rig.queue()


@pytest.mark.parametrize("args", [("-bm", BOB), ("-bs",), ("-bS",)])
def test_other_ways_of_local_submission_are_checked(rig, args):
    data = samples.infected("shop@example.test", BOB)
    if args[0] != "-bm":
        data = (b"EHLO localhost\r\nMAIL FROM:<shop@example.test>\r\n"
                b"RCPT TO:<" + BOB.encode() + b">\r\nDATA\r\n" + data +
                b".\r\nQUIT\r\n")
    rig.web_script(data, *args)
    wait_notice(rig, rig.owner)
    rig.settle()
    assert not rig.mails(BOB)


def test_a_bounce_of_our_exim_passes(rig):
    data = samples.mail(ALICE, "nobody@example.test")
    assert rig.send(data, ALICE, "nobody@example.test", port="submission",
                    auth=ALICE).code == 250
    mail = rig.wait_mail(ALICE, what="a bounce")
    assert mail["Return-Path"] == "<>"
    assert "nobody@example.test" in mail.as_string()
