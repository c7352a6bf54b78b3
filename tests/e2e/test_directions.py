"""Who handed a mail over decides its direction, and who is warned: with the
uids and hosts of a real server."""
import subprocess

import pytest
from conftest import start
from mails import ALICE, BOB, notices, wait_notice
from riglib import samples
from riglib.client import parse, wait_for

OUTSIDE = "friend@far.example"
RELAY, OTHER = "192.0.2.77", "192.0.2.78"
OPERATOR = "postmaster@example.test"
GATEWAY = "x@gw.example"


@pytest.fixture(scope="module")
def server():
    # More viruses of one account than would have it held.
    rig = start("exim.dsn_advertise_hosts=*", "mamori.abuse.viruses=0",
                "mamori.users.web=[www-data]", "mamori.users.lists=[list]",
                "mamori.users.dovecot=[news]")
    rig.ctl("domain", "set", "example.test", "notice_language=ja")
    rig.ctl("domain", "add", "example.test", f"relay_hosts={RELAY}")
    yield rig
    rig.stop()


@pytest.fixture
def rig(server):
    server.settle()
    server.empty()
    server.empty_quarantine()
    server.seen = len(verdicts(server))
    return server


def verdicts(rig):
    return [line for line in rig.events(event="verdict")
            if line["source"] != "courier"]


def as_user(rig, user, data, *args):
    """A program of this uid calls sendmail. Exim gives up its own uid for a
    configuration that others name: without a mount namespace all are root."""
    command = [rig.exim] if rig.mode != "namespace" else \
        [getattr(rig, "as"), user, "/usr/sbin/exim4"]
    return subprocess.run([*command, *(args or ("-t", "-i"))],
                          input=data.replace(b"\r\n", b"\n"),
                          capture_output=True, timeout=60, check=False)


def verdict(rig):
    """(direction, source, account, action) of the next mail but ours: it is
    logged behind the answer."""
    wait_for(lambda: len(verdicts(rig)) > rig.seen, "a verdict")
    line = verdicts(rig)[rig.seen]
    rig.seen += 1
    return tuple(line[key]
                 for key in ("direction", "source", "account", "action"))


def told(rig):
    """Who has got a warning."""
    rig.settle()
    return sorted(account for account in rig.passwords
                  if notices(rig, account))


# Root without a namespace, whom the rig then gives an owner.
PLAIN = ("local", "root", "web@example.test", "discard"), ["web@example.test"]
VIRUS = samples.infected("shop@example.test", OUTSIDE)


@pytest.mark.parametrize("user, want, warned", [
    ("games", ("local", "customer", "web@example.test", "discard"),
     ["web@example.test"]),
    ("irc", ("local", "customer", "", "discard"), [OPERATOR]),
    ("www-data", ("local", "web", "", "discard"), [OPERATOR]),
    ("root", ("local", "root", "", "discard"), [OPERATOR]),
    ("news", ("local", "dovecot", "", "discard"), [OPERATOR]),
    ("list", ("inbound", "lists", "", "discard"), []),
])
def test_a_virus_from_a_program(rig, user, want, warned):
    if rig.mode != "namespace":
        want, warned = PLAIN
    # The same mail of the same account would be one that comes again.
    done = as_user(rig, user, samples.infected("shop@example.test", OUTSIDE,
                                               subject=user))
    assert done.returncode in (0, 1), done
    assert verdict(rig) == want
    assert told(rig) == warned
    assert not rig.sunk()
    rows = rig.ctl_json("quarantine", "list")
    assert [row["recipient"] for row in rows] == [OUTSIDE]


def test_list_software_warns_the_members(rig):
    as_user(rig, "list", samples.infected("list@far.example", ALICE))
    lists = rig.mode == "namespace"
    assert verdict(rig)[:3] == (("inbound", "lists", "") if lists
                                else PLAIN[0][:3])
    assert told(rig) == ([ALICE] if lists else PLAIN[1])


@pytest.mark.parametrize("mark", [
    "X-Mamori-Pending: uid=10; login=uucp",
    "X-Mamori-Result: clean; reason=own; id=x",
    "Received: from localhost by us with local-bsmtp",
])
@pytest.mark.parametrize("args", [("-t", "-i"), ("-bs",), ("-bS",)])
def test_forged_marks_change_nothing(rig, args, mark):
    data = mark.encode() + b"\r\n" + samples.infected("shop@example.test", BOB)
    if args[0] in ("-bs", "-bS"):
        data = (b"EHLO localhost\r\nMAIL FROM:<>\r\nRCPT TO:<" +
                BOB.encode() + b">\r\nDATA\r\n" + data + b".\r\nQUIT\r\n")
    as_user(rig, "irc", data, *args)
    assert verdict(rig)[:2] == (("local", "customer")
                                if rig.mode == "namespace" else PLAIN[0][:2])
    rig.settle()
    assert not rig.mails(BOB)


def test_a_clean_mail_with_a_forged_result(rig):
    data = (b"X-Mamori-Result: clean; junk=yes; id=forged\r\n" +
            samples.mail("shop@example.test", BOB))
    as_user(rig, "irc", data, "-t", "-i")
    mail = rig.wait_mail(BOB)
    assert "forged" not in mail["X-Mamori-Result"]
    assert len(mail.get_all("X-Mamori-Result")) == 1


def test_another_server_and_loopback(rig):
    for outside, source in ((OTHER, "host"), (None, "loopback")):
        reply = rig.send(samples.infected("a@far.example", ALICE),
                         "a@far.example", ALICE, outside=outside)
        assert reply.code == 250
        assert verdict(rig) == ("inbound", source, "", "discard")
        wait_notice(rig, ALICE)
        assert told(rig) == [ALICE]
        rig.empty()


def test_auth_counts_wherever_it_comes_from(rig):
    reply = rig.send(VIRUS, "shop@example.test", OUTSIDE, port="submission",
                     auth=ALICE)
    assert reply.code == 550
    assert verdict(rig) == ("outbound", "auth", ALICE, "reject")
    assert told(rig) == [ALICE]


def test_a_relay_host_sends_for_its_domain(rig):
    reply = rig.send(samples.mail("boss@example.test", OUTSIDE),
                     "boss@example.test", OUTSIDE, outside=RELAY)
    assert reply.code == 250, reply
    assert verdict(rig) == ("outbound", "relay", OPERATOR, "accept")
    wait_for(rig.sunk, "a mail outside")
    reply = rig.send(samples.infected("boss@example.test", OUTSIDE),
                     "boss@example.test", OUTSIDE, outside=RELAY)
    assert reply.code == 550 and samples.VIRUS in reply.text
    assert told(rig) == [OPERATOR]


def test_no_other_host_relays(rig):
    reply = rig.send(samples.mail("boss@example.test", OUTSIDE),
                     "boss@example.test", OUTSIDE, outside=OTHER)
    assert (reply.code, reply.command) == (550, "RCPT")
    rig.ctl("domain", "remove", "example.test", f"relay_hosts={RELAY}")
    reply = rig.send(samples.mail("boss@example.test", OUTSIDE),
                     "boss@example.test", OUTSIDE, outside=RELAY)
    assert (reply.code, reply.command) == (550, "RCPT")
    rig.ctl("domain", "add", "example.test", f"relay_hosts={RELAY}")


@pytest.fixture
def three_ways(rig):
    """A stamp in Japanese, one in English, and none on a gateway host."""
    rig.ctl("server", "set", "preset=standard")
    rig.ctl("account", "set", BOB, "notice_language=en")
    rig.ctl("domain", "set", "gw.example", "gateway_host=127.0.0.1")
    yield rig
    rig.ctl("server", "set", "preset=smartconnect")
    rig.ctl("account", "unset", BOB, "notice_language")
    rig.ctl("domain", "delete", "gw.example")


def test_variants_keep_the_envelope_and_delivery_reports(three_ways):
    """RET, ENVID, NOTIFY and ORCPT go on to the next host of each variant."""
    rig = three_ways
    before = len(rig.sunk())
    data = samples.mail("a@far.example", [ALICE, BOB, GATEWAY],
                        attachment=samples.encrypted_zip(b"secret"),
                        name="plan.zip")
    with rig.smtp() as client:
        client.mail("a@far.example", ["RET=HDRS", "ENVID=abc+2B1"])
        for to in (ALICE, BOB):
            assert client.rcpt(to, ["NOTIFY=SUCCESS,DELAY"])[0] == 250
        assert client.rcpt(GATEWAY, [
            "NOTIFY=NEVER", "ORCPT=rfc822;y@gw.example"])[0] == 250
        assert client.data(data)[0] == 250
    for account in (ALICE, BOB):
        mail = rig.wait_mail(account)
        assert mail["Return-Path"] == "<a@far.example>"
        assert mail["Message-ID"] == parse(data)["Message-ID"]
    rig.settle()
    wait_for(lambda: len(rig.sunk()) == before + 3, "three mails")
    sunk = rig.sunk()[before:]
    # Reports of success: for the message at hand, and for Bob's variant.
    reports = [parse(mail) for envelope, mail in sunk
               if envelope["from"].startswith("<>")]
    assert [str(mail).lower().count("original-envelope-id: abc")
            for mail in reports] == [1, 1]
    variant, = [(envelope, mail) for envelope, mail in sunk
                if not envelope["from"].startswith("<>")]
    assert variant[0]["from"].startswith("<a@far.example>")
    assert "RET=HDRS" in variant[0]["from"]
    assert "ENVID=abc+2B1" in variant[0]["from"]
    to, = variant[0]["to"]
    assert to.startswith(f"<{GATEWAY}>")
    assert "NOTIFY=NEVER" in to and "ORCPT=rfc822;y@gw.example" in to
    # As it came: no stamp, no header of ours.
    assert parse(variant[1])["Message-ID"] == parse(data)["Message-ID"]
    assert b"X-Mamori" not in variant[1]
    body = data.split(b"\r\n\r\n", 1)[1]
    assert variant[1].endswith(body)


def test_mail_for_a_gateway_domain_is_checked_and_kept(three_ways):
    """A part cannot be taken out of it unless the domain says so."""
    rig = three_ways
    virus = samples.infected("a@far.example", GATEWAY)
    before = len(rig.sunk())
    assert rig.send(virus, "a@far.example", GATEWAY).code == 250
    rows = rig.ctl_json("quarantine", "list")
    assert [row["recipient"] for row in rows] == [GATEWAY]
    wait_for(lambda: len(rig.sunk()) == before + 1, "the warning")
    envelope, mail = rig.sunk()[-1]
    assert envelope["from"].startswith("<>") and b"Auto-Submitted" in mail
    rig.ctl("domain", "set", "gw.example", "gateway_edit=yes")
    assert rig.send(virus + b"again\r\n", "a@far.example", GATEWAY
                    ).code == 250
    wait_for(lambda: len(rig.sunk()) == before + 3, "mail and warning")
    mails = [mail for envelope, mail in rig.sunk()[before + 1:]
             if not envelope["from"].startswith("<>")]
    assert len(mails) == 1 and samples.eicar() not in mails[0]


def test_a_gateway_domain_that_goes_is_relayed_no_more(rig):
    rig.ctl("domain", "set", "gone.example", "gateway_host=127.0.0.1")
    mail = samples.mail("a@far.example", "x@gone.example")
    assert rig.send(mail, "a@far.example", "x@gone.example").code == 250
    rig.ctl("domain", "delete", "gone.example")
    reply = rig.send(mail, "a@far.example", "x@gone.example")
    assert (reply.code, reply.command) == (550, "RCPT")
