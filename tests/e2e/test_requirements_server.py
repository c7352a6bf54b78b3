"""The customer's rows about a server and its accounts: A10 ports and relaying,
A11 signatures, C6 and D11 accounts, D5 domains, D7 retries."""
import csv
import os
import smtplib
import socket
import ssl
import subprocess
import threading
import time

import pytest
from conftest import start
from mails import ALICE, BOB, CAROL, DAVE, OUTSIDER, notices, result
from riglib import samples
from riglib.client import parse, wait_for
from riglib.daemon import serving

FAR = "friend@far.example"
SNIPPETS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__)))), "config/exim")


@pytest.fixture(scope="module")
def server_rig():
    rig = start()
    yield rig
    rig.stop()


@pytest.fixture
def vrig(server_rig):
    rig = server_rig
    rig.settle()
    rig.empty()
    rig.empty_quarantine()
    for name in os.listdir(rig.sink):
        os.unlink(os.path.join(rig.sink, name))
    return rig


# ---- A10 -----------------------------------------------------------------

def test_A10_submission_needs_a_login_behind_starttls(vrig):
    with vrig.smtp("submission", tls=False) as client:
        assert client.has_extn("starttls") and not client.has_extn("auth")
        assert client.docmd("AUTH", "PLAIN AAAA")[0] == 503
        assert client.mail(ALICE)[0] == 550
    with vrig.smtp("submission") as client:
        assert client.has_extn("auth")
        code, text = client.mail(ALICE)
        assert (code, text) == (550, b"authentication required")
    reply = vrig.send(samples.mail(ALICE, FAR), ALICE, FAR,
                      port="submission", auth=ALICE)
    assert reply.code == 250, reply
    wait_for(vrig.sunk, "the mail outside")


def test_A10_a_wrong_password_is_no_login(vrig):
    with vrig.smtp("submission") as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(ALICE, "not the password")
        assert client.mail(ALICE)[0] == 550


def test_A10_smtps_speaks_tls_at_once_and_needs_a_login(vrig):
    context = ssl.create_default_context(cafile=vrig.ca)
    with socket.create_connection(("127.0.0.1", vrig.smtps), 30) as sock:
        with context.wrap_socket(sock, server_hostname="127.0.0.1") as tls:
            assert tls.recv(3) == b"220"
    with vrig.smtp("smtps") as client:
        assert client.has_extn("auth") and not client.has_extn("starttls")
        assert client.mail(ALICE)[0] == 550
    assert vrig.send(samples.mail(ALICE, FAR), ALICE, FAR, port="smtps",
                     auth=ALICE).code == 250


def test_A10_nobody_logs_in_on_port_25(vrig):
    for tls in (False, True):
        with vrig.smtp("mx", tls=tls) as client:
            assert not client.has_extn("auth")
            assert client.docmd("AUTH", "PLAIN AAAA")[0] == 503


def test_A10_no_relaying_without_a_login(vrig):
    for session in ({}, {"outside": "192.0.2.25"}, {"tls": True}):
        # A local sender is no reason to trust whoever says so.
        for sender in (OUTSIDER, ALICE):
            reply = vrig.send(samples.mail(sender, FAR), sender, FAR,
                              **session)
            assert (reply.code, reply.command) == (550, "RCPT"), session
    assert not vrig.sunk()


def test_A10_pop_over_ssl(vrig):
    data = samples.mail(OUTSIDER, ALICE)
    assert vrig.send(data, OUTSIDER, ALICE).code == 250
    wanted = parse(data)["Message-ID"]
    vrig.wait_mail(ALICE, lambda mail: mail["Message-ID"] == wanted)
    with vrig.pop3s_session(ALICE) as pop:
        assert wanted.encode() in b"\n".join(pop.retr(1)[1])
    with socket.create_connection(("127.0.0.1", vrig.pop3s), 30) as sock:
        sock.sendall(b"USER x\r\n")     # no TLS, no greeting
        assert not sock.recv(64).startswith(b"+OK")


# ---- A11 -----------------------------------------------------------------

def test_A11_new_signatures_count_without_a_pause(make_rig):
    rig = make_rig()
    before = serving(rig.ctl_json("status"))["generation"]
    done, replies = threading.Event(), []

    def send_on():
        while not done.is_set():
            replies.append(rig.send(samples.mail(OUTSIDER, BOB), OUTSIDER,
                                    BOB).code)

    sender = threading.Thread(target=send_on)
    sender.start()
    try:
        wait_for(lambda: replies, "a mail before")
        path = os.path.join(rig.signatures, "new.ndb")
        with open(path + ".tmp", "w", encoding="ascii") as file:
            file.write(samples.signature(samples.OTHER_VIRUS,
                                         samples.OTHER_MARK))
        os.rename(path + ".tmp", path)  # as freshclam does
        wait_for(lambda: serving(rig.ctl_json("status"))["generation"] >
                 before, "the new signatures")
        count = len(replies)
        wait_for(lambda: len(replies) > count, "a mail behind")
    finally:
        done.set()
        sender.join()
    assert set(replies) == {250}
    data = samples.mail(ALICE, FAR, attachment=samples.OTHER_MARK)
    reply = rig.send(data, ALICE, FAR, port="submission", auth=ALICE)
    assert reply.code == 550 and samples.OTHER_VIRUS in reply.text


# ---- C6, D11 -------------------------------------------------------------

@pytest.fixture
def counted(vrig):
    for domain in ("example.test", "example.org"):
        vrig.ctl("domain", "delete", domain, check=False)
        vrig.ctl("domain", "create", domain)
    for address in (ALICE, BOB, "postmaster@example.test", CAROL):
        vrig.ctl("account", "create", address)
    yield vrig
    for domain in ("example.test", "example.org"):
        vrig.ctl("domain", "delete", domain)


def usage(rig, *args):
    text = rig.ctl("usage", "--csv", *args).stdout
    return {row["domain"]: row for row in csv.DictReader(text.splitlines())}


def test_C6_mailboxes_are_counted_by_domain(counted):
    rows = usage(counted)
    assert rows["example.test"]["accounts"] == "3"
    assert rows["example.test"]["without_postmaster"] == "2"
    assert rows["example.org"]["accounts"] == "1"
    assert rows["example.org"]["without_postmaster"] == "1"
    assert list(usage(counted, "example.org")) == ["example.org"]
    # Aliases and lists are no mailboxes; what goes is not counted.
    counted.ctl("alias", "create", "info@example.test", f"targets={ALICE}")
    counted.ctl("lists", "create", "all@example.test", f"members={ALICE}")
    counted.ctl("account", "delete", BOB)
    assert usage(counted)["example.test"]["accounts"] == "2"


def test_C6_the_count_of_a_day_stays_for_the_bill(counted):
    counted.restart("mamorid")      # counts on the first minute of a day
    day = time.strftime("%Y-%m-%d")
    assert usage(counted, "--day", day)["example.test"]["accounts"] == "3"
    done = counted.ctl("usage", "--day", "2001-01-01", check=False)
    assert done.returncode == 3 and "nothing was counted" in done.stderr


def test_D11_more_accounts_than_contracted_are_warned_about(counted):
    counted.ctl("domain", "set", "example.test", "contracted_accounts=3")
    counted.ctl("domain", "set", "example.org", "contracted_accounts=5")
    row = usage(counted)["example.test"]
    assert (row["contracted"], row["exceeded"]) == ("3", "0")
    counted.ctl("account", "create", "web@example.test")
    row = usage(counted)["example.test"]
    assert (row["accounts"], row["contracted"], row["exceeded"]) == \
        ("4", "3", "1")
    before = len(counted.events(event="accounts-exceeded"))
    counted.restart("mamorid")
    told = wait_for(lambda: counted.events(event="accounts-exceeded")[before:],
                    "the warning")
    assert [(one["domain"], one["accounts"], one["contracted"])
            for one in told] == [("example.test", "4", "3")]


# ---- D5 ------------------------------------------------------------------

def test_D5_one_of_several_domains_has_the_service(make_rig):
    rig = make_rig()
    rig.ctl("domain", "create", "example.test")
    rig.ctl("server", "set", "check_unregistered_domains=no")
    # Without the service: delivered as it is, and the header says so.
    virus = samples.infected(OUTSIDER, DAVE)
    assert rig.send(virus, OUTSIDER, DAVE).code == 250
    mail = rig.wait_mail(DAVE)
    assert result(mail).startswith("not-checked; reason=unregistered")
    assert not rig.ctl_json("quarantine", "list")
    # With it: stopped, and its recipient warned.
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_for(lambda: notices(rig, ALICE), "a warning")
    assert all(samples.eicar() not in data for data in rig.mails(ALICE))
    # Sending, too: by the domain of the sender.
    reply = rig.send(samples.infected(ALICE, FAR), ALICE, FAR,
                     port="submission", auth=ALICE)
    assert reply.code == 550
    assert rig.send(samples.infected(CAROL, FAR), CAROL, FAR,
                    port="submission", auth=CAROL).code == 250
    # The domain gets the service: at once.
    rig.ctl("domain", "create", "example.org")
    assert rig.send(samples.infected(CAROL, FAR), CAROL, FAR,
                    port="submission", auth=CAROL).code == 550


# ---- D7 ------------------------------------------------------------------

def retry_rule(folder, *args):
    config = os.path.join(folder, "retry.conf")
    with open(config, "w", encoding="ascii") as file:
        file.write("begin retry\n"
                   f".include {SNIPPETS}/retry.conf\n"
                   f".include {SNIPPETS}/retry-day.conf\n"
                   "* * F,2h,15m; G,16h,1h,1.5; F,4d,6h\n")
    done = subprocess.run(["/usr/sbin/exim4", "-C", config, "-brt", *args],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done
    return " ".join(done.stdout.split())


def test_D7_delivery_is_retried_for_one_day(tmp_path):
    for domain in ("far.example", "example.test"):
        for error in ((), ("timeout_connect",), ("rcpt_4xx",)):
            assert retry_rule(tmp_path, domain, *error).endswith(
                "* F,2h,15m; F,1d,1h;"), (domain, error)


def test_D7_the_sender_gets_an_error_after_that(make_rig):
    """The day is over at once: what Exim makes of such a rule's end."""
    rig = make_rig("gateway=far", "retry=F,1s,1s", "queue_run=1s")
    rig.ctl("domain", "create", "far.test", "gateway_host=127.0.0.1")
    to = "user@far.test"        # where nobody listens
    assert rig.send(samples.mail(ALICE, to), ALICE, to, port="submission",
                    auth=ALICE).code == 250
    mail = rig.wait_mail(ALICE, lambda mail: mail["X-Failed-Recipients"],
                         "an error report")
    assert mail["X-Failed-Recipients"] == to
    assert mail["Return-Path"] == "<>"
    wait_for(lambda: not rig.queue(), "an empty queue")
