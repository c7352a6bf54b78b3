"""The customer's rows C9, gateway domains, and D10, relay hosts: real
settings, the shipped Exim snippets, and no restart in between."""
import contextlib
import os
import pwd
import subprocess
import sys

import pytest
from conftest import start
from mails import ALICE, OUTSIDER, is_notice
from riglib import samples
from riglib.client import greeting, parse, wait_for

SINK = os.path.join(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))), "sink")
FAR, ALIAS = "far.test", "far-alias.test"
USER = "user@far.test"
RELAY, STRANGER = "192.0.2.77", "192.0.2.78"


@pytest.fixture(scope="module")
def module_rig():
    rig = start("gateway=far")
    yield rig
    rig.stop()


@pytest.fixture
def grig(module_rig):
    rig = module_rig
    for domain in (FAR, ALIAS, "example.test"):
        rig.ctl("domain", "delete", domain, check=False)
    rig.settle()
    rig.empty()
    rig.empty_quarantine()
    for name in os.listdir(rig.sink):
        os.unlink(os.path.join(rig.sink, name))
    return rig


class Far:
    """The other server, which has the mailboxes."""
    def __init__(self, rig):
        self.folder = os.path.join(rig.dir, "far")
        self.rig = rig

    def mails(self):
        names = sorted(name for name in os.listdir(self.folder)
                       if name.endswith(".eml"))
        found = []
        for name in names:
            with open(os.path.join(self.folder, name), "rb") as file:
                found.append(file.read())
        return found

    def wait(self, count=1):
        return wait_for(lambda: len(found := self.mails()) >= count and found,
                        f"{count} mails at the gateway host")


@contextlib.contextmanager
def far_server(rig):
    far = Far(rig)
    os.makedirs(far.folder, exist_ok=True)
    for name in os.listdir(far.folder):
        os.unlink(os.path.join(far.folder, name))
    with subprocess.Popen([sys.executable, SINK, "--port", str(rig.gateway),
                           far.folder], stdin=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: listens(rig.gateway), "the gateway host")
            yield far
        finally:
            server.terminate()


def listens(port):
    with contextlib.suppress(OSError):
        return greeting(port)
    return None


def set_gateway(rig, host="127.0.0.1", domain=FAR):
    rig.ctl("domain", "create", domain, f"gateway_host={host}")


def inbound(rig, recipient=USER, data=None, **session):
    return rig.send(data or samples.mail(OUTSIDER, recipient), OUTSIDER,
                    recipient, **(session or {"outside": STRANGER}))


def test_C9_mail_for_a_gateway_domain_goes_to_its_host(grig):
    reply = inbound(grig)
    assert reply.code == 550 and "relaying denied" in reply.text
    set_gateway(grig)
    with far_server(grig) as far:
        data = samples.mail(OUTSIDER, USER)
        data = data.replace(b"\r\n\r\n", b"\r\nX-Mamori-Forged: 1\r\n\r\n", 1)
        assert inbound(grig, data=data).code == 250
        mail = parse(far.wait()[0])
        assert not [name for name in mail.keys()
                    if name.lower().startswith("x-mamori")]
        assert "lmtp" not in mail["Received"]
    assert not grig.sunk()


def test_C9_infected_mail_does_not_reach_the_gateway_host(grig):
    set_gateway(grig)
    with far_server(grig) as far:
        assert inbound(grig, data=samples.infected(
            OUTSIDER, USER)).code in (250, 550)
        grig.wait_event(event="verdict", verdict="infected")
        assert inbound(grig, data=samples.mail(
            OUTSIDER, USER, subject="the second")).code == 250
        wait_for(lambda: any(parse(mail)["Subject"] == "the second"
                             for mail in far.mails()), "the clean mail")
        # The mailbox's owner is warned there, and nothing else arrives.
        wait_for(lambda: any(is_notice(parse(mail)) for mail in far.mails()),
                 "the warning")
        assert len(far.mails()) == 2
        for mail in far.mails():
            assert samples.eicar() not in mail


def test_C9_an_alias_domain_has_the_same_gateway(grig):
    set_gateway(grig)
    grig.ctl("domain", "create", ALIAS, f"alias_of={FAR}")
    with far_server(grig) as far:
        assert inbound(grig, f"user@{ALIAS}").code == 250
        far.wait()
        grig.ctl("domain", "unset", FAR, "gateway_host")
        assert inbound(grig, f"user@{ALIAS}").code == 550


def test_C9_a_host_name_follows_the_dns(grig):
    set_gateway(grig, "localhost")
    with far_server(grig) as far:
        assert inbound(grig).code == 250
        far.wait()


def test_C9_customers_send_to_a_gateway_domain(grig):
    set_gateway(grig)
    with far_server(grig) as far:
        assert grig.send(samples.mail(ALICE, USER), ALICE, USER,
                         port="submission", auth=ALICE).code == 250
        far.wait()
    assert not grig.sunk()


def test_C9_mail_waits_for_a_host_that_is_down(grig):
    set_gateway(grig)
    assert inbound(grig).code == 250
    wait_for(grig.queue, "the mail in the queue")
    with far_server(grig) as far:
        grig.run_queue()
        far.wait()
        wait_for(lambda: not grig.queue(), "an empty queue")


def test_C9_a_host_that_does_not_exist_is_waited_for(grig):
    set_gateway(grig, "none.invalid")
    assert inbound(grig).code in (250, 451)     # verification may wait, too
    # The operator's mistake, corrected without a restart.
    grig.ctl("domain", "set", FAR, "gateway_host=127.0.0.1")
    with far_server(grig) as far:
        grig.run_queue()
        assert inbound(grig).code == 250
        far.wait()
        grig.run_queue()
        wait_for(lambda: not grig.queue(), "an empty queue")


def test_C9_a_gateway_that_is_this_server_does_not_loop(make_rig):
    rig = make_rig("gateway_self=defer")
    set_gateway(rig)
    reply = inbound(rig)
    assert reply.code in (250, 451), reply
    done = subprocess.run([rig.exim, "-bt", USER], capture_output=True,
                          text=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    assert "is the local host" in done.stdout, done


def test_C9_an_import_counts_at_once(grig):
    kept = grig.ctl("settings", "export").stdout
    text = (f"version: 2\ndomains:\n  {FAR}:\n    settings:\n"
            f"      gateway_host: 127.0.0.1\n"
            f"      relay_hosts: [{RELAY}]\n")

    def load(data):
        subprocess.run([grig.mamorictl, "settings", "import", "-"],
                       input=data, text=True, check=True, timeout=60,
                       capture_output=True)

    load(text)
    with far_server(grig) as far:
        assert inbound(grig).code == 250
        far.wait()
    assert outbound(grig).code == 250
    load(kept)
    assert inbound(grig).code == 550
    assert outbound(grig).code == 550


def test_C9_files_are_there_after_a_restart_of_the_daemon(grig):
    set_gateway(grig)
    path = os.path.join(grig.dir, "state/exim/gateway_domains")
    with open(path, encoding="ascii") as file:
        want = file.read()
    assert FAR in want
    os.unlink(path)
    # Nobody can know where to: mail waits.
    assert inbound(grig).code == 451
    grig.restart("mamorid")
    with open(path, encoding="ascii") as file:
        assert file.read() == want
    info = os.stat(path)
    assert info.st_mode & 0o007 == 0
    assert info.st_gid == pwd.getpwnam("Debian-exim").pw_gid




def outbound(rig, outside=RELAY, data=None, sender=f"boss@{FAR}",
             recipient="friend@outside.example"):
    return rig.send(data or samples.mail(sender, recipient), sender,
                    recipient, outside=outside)


def set_relay(rig, network=RELAY):
    rig.ctl("domain", "create", FAR, f"relay_hosts={network}")


def test_D10_a_relay_host_sends_without_logging_in(grig):
    assert outbound(grig).code == 550
    set_relay(grig)
    assert outbound(grig).code == 250
    wait_for(grig.sunk, "the mail outside")
    assert grig.events(event="verdict", direction="outbound")[-1]
    reply = outbound(grig, STRANGER)
    assert reply.code == 550 and "relaying denied" in reply.text
    grig.ctl("domain", "unset", FAR, "relay_hosts")
    assert outbound(grig).code == 550


def test_D10_a_network_of_relay_hosts(grig):
    set_relay(grig, "192.0.2.64/28")
    assert outbound(grig, "192.0.2.79").code == 250
    assert outbound(grig, "192.0.2.80").code == 550


def test_D10_infected_mail_of_a_relay_host_is_stopped_as_outbound(grig):
    set_relay(grig)
    before = len(grig.events(event="verdict"))
    sender, to = f"boss@{FAR}", "friend@outside.example"
    reply = outbound(grig, data=samples.infected(sender, to))
    event = wait_for(lambda: grig.events(event="verdict")[before:],
                     "a verdict")[0]
    assert event["direction"] == "outbound"
    assert event["verdict"] == "infected"
    assert reply.code == 550, reply
    grig.settle()
    # The warning goes to its postmaster, who is on that other server.
    assert [mail["to"] for mail, _ in grig.sunk()] == [
        [f"<postmaster@{FAR}>"]]


def test_D10_a_relay_host_of_one_domain_is_one_server(grig):
    """Two domains behind one address: each mail is its sender's domain's."""
    set_relay(grig)
    grig.ctl("domain", "create", ALIAS, f"relay_hosts={RELAY}")
    with open(os.path.join(grig.dir, "state/gate/relay_hosts"),
              encoding="ascii") as file:
        assert file.read() == f'"{RELAY}": {ALIAS} {FAR}\n'
    assert outbound(grig, sender=f"a@{ALIAS}").code == 250
    grig.ctl("domain", "delete", ALIAS)
    assert outbound(grig).code == 250


def test_D10_relay_hosts_of_ipv6(grig):
    set_relay(grig, "2001:db8:7::/48")

    def rcpt(address):
        """A session that Exim pretends: its answer to RCPT."""
        done = subprocess.run(
            [grig.exim, "-bh", address], capture_output=True, text=True,
            check=False, timeout=60,
            input="EHLO far.test\nMAIL FROM:<boss@far.test>\n"
                  "RCPT TO:<friend@outside.example>\nQUIT\n")
        return [line[:3] for line in done.stdout.splitlines()
                if line[3:4] == " "][3]

    assert rcpt("2001:db8:7::25") == "250"
    assert rcpt("2001:db8:8::25") == "550"
    assert rcpt("192.0.2.77") == "550"


def test_D10_a_setting_cannot_make_an_open_relay(grig):
    for network in ("0.0.0.0/0", "128.0.0.0/1", "::/0"):
        done = grig.ctl("domain", "create", FAR, f"relay_hosts={network}",
                        check=False)
        assert done.returncode == 3 and "open relay" in done.stderr, done
    assert outbound(grig).code == 550


def test_C9_what_cannot_be_written_is_told_and_written_later(make_rig):
    # Its window is also how often the keeper looks what is left to do.
    rig = make_rig("gateway=far", "mamori.notices.window=1s")
    folder = os.path.join(rig.dir, "state/exim")
    os.rename(folder, folder + ".away")
    with open(folder, "w", encoding="ascii"):
        pass
    done = rig.ctl("domain", "create", FAR, "gateway_host=127.0.0.1")
    assert "cannot be written" in done.stdout
    rig.wait_event(event="routes")
    os.unlink(folder)
    os.rename(folder + ".away", folder)
    path = os.path.join(folder, "gateway_domains")

    def is_written():
        with open(path, encoding="ascii") as file:
            return FAR in file.read()

    wait_for(is_written, "the domain in Exim's file")
    with far_server(rig) as far:
        assert inbound(rig).code == 250
        far.wait()
