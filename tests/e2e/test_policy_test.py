"""mamorictl policy test: a dry run says what then happens, and does nothing."""
import json
import os
import socket

import pytest
from gate_double import HEAD, memfd, put_num, put_str
from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER, notices
from riglib import samples
from riglib.client import parse
from settings_fixtures import PANEL, STRANGER, ctl_as
# pylint: disable=unused-import
from settings_fixtures import settings_rig, srig  # noqa: F401
from test_history_why import message_id, story

SCRIPT = b"<html><script>document.write('x')</script>hello</html>"
VIRUS = samples.infected(OUTSIDER, ALICE)
CLEAN = samples.mail(OUTSIDER, ALICE)
LOCKED = samples.mail(OUTSIDER, ALICE, name="himitsu.zip",
                      attachment=samples.encrypted_zip(b"secret"))
ACTIVE = samples.mail(OUTSIDER, ALICE, subject="お知らせ", name="page.html",
                      attachment=SCRIPT)


def dry_run(rig, data, sender, recipients, *args, **kwargs):
    """The finished command."""
    path = f"{rig.dir}/dry.eml"
    with open(path, "wb") as file:
        file.write(data)
    rcpts = [word for to in recipients for word in ("--rcpt", to)]
    return rig.ctl("policy", "test", path, "--from", sender, *rcpts, *args,
                   **kwargs)


def told(rig, *args):
    return json.loads(dry_run(rig, *args, "--json").stdout)


def traces(rig):
    """What there is of all mails: lists that a dry run must leave alone."""
    status = rig.ctl_json("status")
    return (rig.ctl_json("quarantine", "list"), rig.ctl_json("history", "list"),
            rig.ctl_json("abuse"), rig.outbox(), rig.queue(), rig.sunk(),
            {box: rig.mails(box) for box in rig.passwords},
            {name: value for name, value in status.items()
             if name in ("counters", "quarantine")})


def rules_of(one):
    return [rule["rule"] for rule in one["rules"] if rule["on"]]


def compare(said, mail):
    """The dry run's answer and the story of the real mail."""
    for key in ("direction", "verdict", "action", "reason"):
        assert said[key] == mail[key], key
    assert said.get("account", "") == mail["account"]
    found = sorted((one["kind"], one["part"]) for one in said["findings"])
    assert found == sorted((one["kind"], one["part"])
                           for one in mail["findings"])
    assert [(one["recipient"], one["outcome"], one["edits"], rules_of(one),
             one["copy"], one["variant"]) for one in said["recipients"]] == [
                 (one["recipient"], one["outcome"], one["edits"],
                  one["rules"], one["copy"], one["variant"])
                 for one in mail["recipients"]]


def warned(rig):
    return sorted(box for box in rig.passwords if notices(rig, box))


def will_be_warned(said):
    return sorted({one["to"] for one in said["notices"] if one["sent"]})


@pytest.mark.parametrize("presets", [
    ("standard", "standard"), ("smartconnect", "mwb"), ("acmf", "kinou-m"),
    ("mwb", "acmf"),
])
@pytest.mark.parametrize("data", [VIRUS, CLEAN, LOCKED, ACTIVE],
                         ids=["virus", "clean", "locked", "active"])
def test_what_is_said_is_what_happens(srig, presets, data):
    for domain, preset in zip(("example.test", "example.org"), presets):
        srig.ctl("domain", "create", domain, f"preset={preset}")
    # Once each: a second mail of the same kind would be a retry.
    data = data.replace(message_id(data).encode(),
                        f"{'.'.join(presets)}@{hash(data)}".encode())
    before = traces(srig)
    args = (data, OUTSIDER, [BOB, CAROL, ALICE])
    said = told(srig, *args)
    assert traces(srig) == before
    assert [one["preset"] for one in said["recipients"]] == \
        [presets[0], presets[1], presets[0]]
    reply = srig.send(*args, outside="192.0.2.1")
    assert (said["code"], said.get("reply", "")) == \
        (reply.code, reply.text if reply.code != 250 else "")
    srig.settle()
    compare(said, story(srig, data))
    assert will_be_warned(said) == warned(srig)
    for one in said["recipients"]:
        got = [parse(mail) for mail in srig.mails(one["recipient"])]
        if "subject_after" in one:
            assert one["subject_after"] in [mail["Subject"] for mail in got]
        delivered = [mail for mail in got if mail["Auto-Submitted"] is None]
        assert len(delivered) == (one["outcome"] in ("deliver", "junk"))


def test_a_customer_and_a_program(srig):
    """The SMTP answer is the one that a client gets."""
    before = traces(srig)
    said = told(srig, VIRUS, ALICE, [FRIEND], "--auth", ALICE)
    local = told(srig, VIRUS, ALICE, [BOB], "--local", "games")
    assert traces(srig) == before
    reply = srig.send(VIRUS, ALICE, FRIEND, port="submission", auth=ALICE)
    assert (said["code"], said["reply"]) == (550, reply.text)
    compare(said, story(srig, VIRUS))
    assert (said["account"], will_be_warned(said)) == (ALICE, [ALICE])
    assert (local["direction"], local["source"], local["action"]) == \
        ("local", "customer", "discard")
    assert "code" not in local


def test_the_account_is_on_hold(srig):
    srig.ctl("domain", "create", "example.test")
    srig.ctl("account", "create", ALICE)
    srig.ctl("account", "hold", ALICE, "stolen password")
    said = told(srig, CLEAN, ALICE, [FRIEND], "--auth", ALICE)
    assert (said["action"], said["code"], said["reason"]) == \
        ("defer", 451, "held")
    assert "stolen password" in said["reply"]
    assert said["recipients"][0]["copy"] is False
    reply = srig.send(CLEAN, ALICE, FRIEND, port="submission", auth=ALICE)
    assert (reply.code, reply.text) == (451, said["reply"])


def test_too_large(make_rig):
    """A customer is refused, and nothing of it is kept; from others it comes
    under the rules."""
    rig = make_rig("mamori.limits.message_size=100K", preset="standard")
    data = samples.mail(OUTSIDER, ALICE, text="word " * 40000)
    said = told(rig, data, ALICE, [FRIEND], "--auth", ALICE)
    assert (said["action"], said["reason"]) == ("reject", "limit")
    assert said["reply"].startswith("5.3.4 Message too large")
    assert said["recipients"][0]["outcome"] == "reject"
    assert said["recipients"][0]["copy"] is False
    assert said["notices"] == []
    reply = rig.send(data, ALICE, FRIEND, port="submission", auth=ALICE)
    assert (reply.code, reply.text) == (said["code"], said["reply"])
    compare(said, story(rig, data))
    other = data.replace(message_id(data).encode(), b"other@far.example")
    said = told(rig, other, OUTSIDER, [ALICE])
    assert rig.send(other, OUTSIDER, ALICE).code == said["code"]
    compare(said, story(rig, other))


def test_many_recipients_and_bounces(srig):
    """Rows for each in the order given; a bounce answers to nobody."""
    many = [f"box{i}@example.test" for i in range(300)]
    said = told(srig, VIRUS, "", many, "--auth", ALICE)
    assert [one["recipient"] for one in said["recipients"]] == many
    one, = [one for one in said["notices"] if one["to"] == ALICE]
    assert (one["sent"], one["why"]) == (False, "null-sender")


def test_no_daemon_and_no_file(srig):
    done = dry_run(srig, b"", OUTSIDER, [ALICE], "--host", "2001:db8::1")
    assert "inbound mail, source host" in done.stdout
    done = srig.ctl("policy", "test", "/no/such", "--from", "", "--rcpt",
                    ALICE, check=False)
    assert done.returncode == 3 and "/no/such: not found" in done.stderr
    srig.stop_server("mamorid")
    try:
        done = dry_run(srig, CLEAN, OUTSIDER, [ALICE], check=False)
        assert done.returncode == 3, done
        assert "mamorid is not running" in done.stderr
    finally:
        srig.restart("mamorid")


def test_a_domain_without_the_service(srig):
    srig.ctl("server", "set", "check_unregistered_domains=no")
    said = told(srig, VIRUS, OUTSIDER, [ALICE])
    assert (said["verdict"], said["reason"], said["action"]) == \
        ("not-checked", "unregistered", "accept")
    assert said["recipients"][0]["rules"] == []


def test_what_is_off_and_who_is_not_told(srig):
    """Rules that would match, warnings that would be sent, and by whom they
    are switched off."""
    srig.ctl("domain", "create", "example.test", "rules.virus-inbound=off")
    srig.ctl("domain", "create", "example.org")
    srig.ctl("domain", "suspend", "example.org")
    said = told(srig, VIRUS, OUTSIDER, [ALICE, CAROL])
    off = said["recipients"][0]["rules"][0]
    assert (off["rule"], off["on"], off["switched"]) == \
        ("virus-inbound", False, "domain")
    one, = [one for one in said["notices"] if one["to"] == CAROL]
    assert (one["sent"], one["why"]) == (False, "suspended")
    text = dry_run(srig, VIRUS, OUTSIDER, [ALICE, CAROL]).stdout
    assert "off        virus-inbound: " in text
    assert "preset standard, switched off by the domain)" in text
    assert f"to <{CAROL}>: not sent, notices are suspended" in text
    srig.ctl("domain", "resume", "example.org")
    srig.ctl("account", "create", CAROL, "virus_notice=no")
    said = told(srig, VIRUS, OUTSIDER, [CAROL])
    one, = [one for one in said["notices"] if one["to"] == CAROL]
    assert (one["sent"], one["why"], one["level"]) == (False, "off", "account")
    one = said["recipients"][0]
    assert (one["mailbox"], one["settings"]) == (CAROL, "account")


@pytest.mark.parametrize("args, error", [
    (["--rcpt", ALICE], "--from SENDER is missing"),
    (["--from", ""], "--rcpt RECIPIENT is missing"),
    (["--from", "alice", "--rcpt", ALICE], "alice: not a mail address"),
    (["--from", "", "--rcpt", "x@"], "x@: not a mail address"),
    (["--from", "", "--rcpt", ALICE, "--host", "a.b"], "not an IP address"),
    (["--from", "", "--rcpt", ALICE, "--local", "nosuchuser"],
     "nosuchuser: no such user"),
    (["--from", "", "--rcpt", ALICE, "--local", "root", "--auth", "x"],
     "--local goes neither with"),
])
def test_bad_arguments(srig, args, error):
    done = srig.ctl("policy", "test", "/dev/null", *args, check=False)
    assert done.returncode == 3 and error in done.stderr, done


@pytest.mark.parametrize("user", [PANEL, STRANGER, "Debian-exim"])
def test_only_root_may_ask(srig, user):
    path = f"{srig.dir}/ask.eml"
    with open(path, "wb") as file:
        file.write(CLEAN)
    before = len(srig.events(event="dry-run"))
    done = ctl_as(srig, user, "policy", "test", path, "--from", OUTSIDER,
                  "--rcpt", ALICE)
    assert done.returncode == 3 and done.stdout == "", done
    assert "not permitted" in done.stderr or "denied" in done.stderr.lower()
    assert len(srig.events(event="dry-run")) == before


def test_root_cannot_ask_for_a_real_verdict(srig):
    """It would be taken for Exim's, and counted and recorded."""
    request = (put_num(1, 1) + put_str(2, "1wABCD-000001-2E") +
               put_str(3, OUTSIDER) + put_str(4, ALICE) +
               put_num(16, 1) + put_num(17, 1 << 62) + put_num(18, 0))
    before = traces(srig)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(30)
        sock.connect(f"{srig.run_dir}/scan.sock")
        fds = [memfd(request), memfd(VIRUS)]
        socket.send_fds(sock, [HEAD.pack(0, 0x10, 0, 1)], fds)
        for fd in fds:
            os.close(fd)
        size, kind, _, _ = HEAD.unpack(sock.recv(HEAD.size))
        assert kind == 1 and size > 0
    assert traces(srig) == before
