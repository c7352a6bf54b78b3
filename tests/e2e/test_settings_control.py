"""control.sock and shared settings: who may do what, and hostile requests.
Real users: the kernel says who asks."""
import concurrent.futures
import contextlib
import grp
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import threading

import pytest
from mails import ALICE, BOB, CAROL
from riglib import processes
from riglib.client import wait_for
from settings_fixtures import (CONSOLE, CUSTOMER, PANEL,  # noqa: F401
                               STRANGER, ctl_as, frame, field, is_done, pair,
                               send_as, settings_rig, srig, value)

DOMAIN = "example.test"


@pytest.fixture
def filled(srig):
    for domain in (DOMAIN, "example.org"):
        srig.ctl("domain", "create", domain)
    for address in (ALICE, BOB, CAROL):
        srig.ctl("account", "create", address)
    srig.ctl("alias", "create", "info@example.test", f"targets={ALICE}")
    srig.ctl("lists", "create", "team@example.test", f"members={ALICE}")
    srig.ctl("login", "create", CUSTOMER, f"addresses={ALICE}")
    return srig


OWN = ["account", "set", ALICE, "virus_notice=no"]
ADMIN = "admin"         # the customer, with the domain as its own

# command; who may: root may all, P panel, A the domain's administrator,
# O the owner of alice, N a login that local_owners gives another mailbox
TABLE = [
    (["account", "show", ALICE], "PAO"),
    (["account", "show", BOB], "PA"),
    (["account", "show", CAROL], "P"),
    (OWN, "PAO"),
    (["account", "set", BOB, "virus_notice=no"], "PA"),
    (["account", "set", CAROL, "virus_notice=no"], "P"),
    (["account", "set", "web@example.test", "virus_notice=no"], "PAN"),
    (["approve", ALICE, "a@b.example"], "PAO"),
    (["account", "suspend", ALICE], "P"),
    (["account", "delete", ALICE], "P"),
    (["account", "list", DOMAIN], "PA"),
    (["account", "list", "example.org"], "P"),
    (["domain", "show", DOMAIN], "PA"),
    (["domain", "set", DOMAIN, "rules.spam=on"], "PA"),
    (["domain", "set", DOMAIN, "rules.virus-inbound=off"], ""),
    (["account", "set", ALICE, "rules.spam=off"], "PAO"),
    (["account", "set", ALICE, "rules.executable-inbound=on"], "PA"),
    (["domain", "set", DOMAIN, "preset=mwb"], "P"),
    (["domain", "set", DOMAIN, "forbidden_words=bad"], "PA"),
    (["domain", "set", DOMAIN, "catch_all=" + BOB], "P"),
    (["domain", "set", DOMAIN, "senders_max=1000"], ""),
    (["domain", "set", DOMAIN, "relay_hosts=192.0.2.1"], ""),
    (["domain", "set", "example.org", "rules.spam=on"], "P"),
    (["domain", "create", "new.test"], "P"),
    (["domain", "delete", DOMAIN], "P"),
    (["domain", "list"], "P"),
    (["alias", "show", "info@example.test"], "PA"),
    (["alias", "set", "info@example.test", "targets=" + BOB], "P"),
    (["lists", "show", "team@example.test"], "PA"),
    (["lists", "add", "team@example.test", "members=" + BOB], "PA"),
    (["lists", "delete", "team@example.test"], "PA"),
    (["login", "show", CUSTOMER], "P"),
    (["login", "set", CUSTOMER, "addresses=" + BOB], "P"),
    (["login", "create", STRANGER, "addresses=" + BOB], "P"),
    (["server", "show"], "P"),
    (["server", "set", "virus_notice=no"], ""),
    (["settings", "export"], ""),
    (["usage"], "P"),
    (["usage", DOMAIN], "PA"),
    (["quarantine", "list"], ""),
    (["status"], ""),
    (["reload"], ""),
]


@pytest.mark.parametrize("args,may", TABLE,
                         ids=[" ".join(args) for args, _ in TABLE])
def test_permission_table(filled, args, may):
    rig = filled
    before = rig.ctl("settings", "export").stdout
    asks = [("", STRANGER), ("N", "games"), ("O", CUSTOMER)]
    for letter, user in asks:
        if letter and letter in may:
            continue
        done = ctl_as(rig, user, *args)
        assert done.returncode == 3, (user, done)
        assert not done.stdout
    assert rig.ctl("settings", "export").stdout == before
    if "A" not in may:
        rig.ctl("login", "set", CUSTOMER, f"domains={DOMAIN}")
        before = rig.ctl("settings", "export").stdout
        done = ctl_as(rig, CUSTOMER, *args)
        assert done.returncode == 3, done
        assert rig.ctl("settings", "export").stdout == before
        rig.ctl("login", "unset", CUSTOMER, "domains")
    if "P" not in may:
        assert ctl_as(rig, PANEL, *args).returncode == 3
        assert rig.ctl(*args).returncode == 0
        return
    # The least role that may, really may.
    user = "games" if "N" in may else PANEL
    if "O" in may:
        user = CUSTOMER
    elif "A" in may and "N" not in may:
        user = CUSTOMER
        rig.ctl("login", "set", CUSTOMER, f"domains={DOMAIN}")
    done = ctl_as(rig, user, *args)
    assert done.returncode == 0, (user, done)


def test_panel_does_all_it_may(filled):
    for args, may in TABLE:
        if "P" in may and "delete" not in args:
            done = ctl_as(filled, PANEL, *args)
            assert done.returncode == 0, (args, done)


def test_errors_say_what_to_do(filled):
    for args, text in (
            (["account", "set", ALICE, "virus=no"], "unknown key"),
            (["account", "set", ALICE, "virus_notice=maybe"],
             "neither yes nor no"),
            (["account", "set", ALICE, "catch_all=" + BOB],
             "cannot be set here"),
            (["account", "set", "x@none.test", "virus_notice=no"],
             "first mamorictl domain create"),
            (["account", "set", "../x", "virus_notice=no"],
             "not a mail address"),
            (["account", "show", "a@../etc"], "not a mail address"),
            (["account", "set", ALICE], "too few arguments")):
        done = filled.ctl(*args, check=False)
        assert done.returncode == 3 and text in done.stderr, (args, done)


def test_a_request_happens_whole_or_not(filled):
    done = filled.ctl("account", "set", ALICE, "virus_notice=no",
                      "spam.tag_score=9999", check=False)
    assert done.returncode == 3
    assert value(filled, ALICE, "virus_notice") == (True, "default")


def test_fifty_approved_senders(filled):
    filled.ctl("approve", ALICE, *(f"u{n}@x.example" for n in range(50)))
    done = filled.ctl("approve", ALICE, "u50@x.example", check=False)
    assert done.returncode == 3 and "more than 50" in done.stderr
    filled.ctl("domain", "set", DOMAIN, "senders_max=51")
    filled.ctl("approve", ALICE, "*@y.example")
    senders, _ = value(filled, ALICE, "approved_senders")
    assert len(senders) == 51 and senders[-1] == "*@y.example"


def test_a_hundred_writers_lose_nothing(filled):
    filled.ctl("domain", "set", DOMAIN, "senders_max=1000")

    def approve(n):
        return subprocess.run(
            [filled.mamorictl, "approve", ALICE, f"w{n}@x.example"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False)

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        done = list(pool.map(approve, range(100)))
    assert {one.returncode for one in done} == {0}, done[0]
    senders, _ = value(filled, ALICE, "approved_senders")
    assert set(senders) == {f"w{n}@x.example" for n in range(100)}


def test_files_are_for_their_readers_alone(filled):
    root = os.path.join(filled.dir, "state/settings")
    filled.ctl("domain", "set", DOMAIN, "forbidden_words=bad")
    keeper = pwd.getpwnam("backup").pw_uid
    try:
        readers = grp.getgrnam("mamori-delivery").gr_gid
    except KeyError:
        readers = pwd.getpwnam("daemon").pw_gid
    gate = pwd.getpwnam("daemon").pw_gid
    groups = {f"{DOMAIN}/accounts/alice.yaml": readers,
              f"{DOMAIN}/domain.yaml": readers,
              f"{DOMAIN}/aliases/info.yaml": readers,
              f"{DOMAIN}/gate.yaml": gate,
              f"{DOMAIN}/lists/team.yaml": gate,
              f"_logins/{CUSTOMER}.yaml": gate}
    for name, group in groups.items():
        info = os.stat(os.path.join(root, name))
        assert (info.st_uid, info.st_gid) == (keeper, group), name
        assert stat.S_IMODE(info.st_mode) == 0o640, name
    for folder, _, _ in os.walk(root):
        info = os.stat(folder)
        assert stat.S_IMODE(info.st_mode) == 0o710, folder
        assert info.st_gid == readers


HEAD = pair("level", "account") + pair("name", ALICE)
REQUESTS = {
    "nothing": (b"", "end"),
    "half a head": (b"\0\0\0", "end"),
    "huge": (frame(0x62, length=0xffffffff), "wait"),
    "longer than a frame": (frame(0x62, length=65537), "wait"),
    "partial": (frame(0x62, HEAD, length=60000), "end"),
    "no list": (frame(0x62, b"\xff" * 100), "end"),
    "no pairs": (frame(0x62, field(9, b"x")), "end"),
    "another type": (frame(0x30, HEAD), "wait"),
    "an answer": (frame(0x51, HEAD), "wait"),
    "root's request": (frame(0x68), "wait"),
    "unknown level": (frame(0x62, pair("level", "god") + pair("name", "x")),
                      "end"),
    "another's account": (frame(0x62, pair("level", "account") +
                                pair("name", BOB) +
                                pair("set", "virus_notice=no")), "end"),
    "two names": (frame(0x62, HEAD + pair("name", BOB) +
                        pair("set", "virus_notice=no")), "end"),
    "a path": (frame(0x62, pair("level", "account") +
                     pair("name", "../../x@" + DOMAIN) +
                     pair("set", "virus_notice=no")), "end"),
    "a NUL": (frame(0x62, HEAD + field(201, field(1, b"set\0") +
                                       field(2, b"notices_suspended\0=yes\0"))), "end"),
    "unknown change": (frame(0x62, HEAD + pair("root", "yes")), "end"),
    "half of it bad": (frame(0x62, HEAD + pair("set", "virus_notice=no") +
                             pair("set", "notices_suspended=yes")), "end"),
    "no value": (frame(0x62, HEAD + pair("set", "virus_notice")), "end"),
    "many pairs": (frame(0x62, HEAD + pair("unset", "notices_suspended") * 70), "end"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_hostile_requests_change_nothing(filled, name):
    data, how = REQUESTS[name]
    before = filled.ctl("settings", "export").stdout
    answer = send_as(filled, CUSTOMER, data, how)
    assert not is_done(answer) or name == "two names"
    after = filled.ctl("settings", "export").stdout
    if name == "two names":
        # The first counts: its own account, never the other one.
        assert value(filled, BOB, "virus_notice") == (True, "default")
    else:
        assert after == before


def about(level, name, *served):
    return (pair("level", level) + pair("name", name) +
            b"".join(pair("as", address) for address in served))


SHOW, CHANGE, DELETE, NAMES, USAGE = 0x60, 0x62, 0x64, 0x66, 0x6c
SERVED = about("account", ALICE, ALICE)
NO_NOTICE = pair("set", "virus_notice=no")
# what; who asks, the request, and whether it is done
CONSOLES = {
    "looks": (CONSOLE, SHOW, SERVED, True),
    "sets": (CONSOLE, CHANGE, SERVED + NO_NOTICE, True),
    "another case": (CONSOLE, CHANGE, NO_NOTICE +
                     about("account", ALICE, ALICE.upper()), True),
    "approves": (CONSOLE, CHANGE,
                 SERVED + pair("add", "approved_senders=a@b.example"), True),
    "blocks": (CONSOLE, CHANGE,
               SERVED + pair("add", "blocked_senders=a@b.example"), True),
    "a key of the panel": (CONSOLE, CHANGE, SERVED + pair("set", "notices_suspended=yes"),
                           False),
    "for nobody": (CONSOLE, SHOW, HEAD, False),
    "for nobody, changes": (CONSOLE, CHANGE, HEAD + NO_NOTICE, False),
    "for an empty name": (CONSOLE, SHOW, about("account", ALICE, ""), False),
    "for a domain": (CONSOLE, SHOW, about("account", ALICE, DOMAIN), False),
    "for all": (CONSOLE, SHOW, about("account", ALICE, "*@" + DOMAIN), False),
    "for two": (CONSOLE, CHANGE, about("account", ALICE, ALICE, BOB) +
                NO_NOTICE, False),
    "for two, otherwise": (CONSOLE, CHANGE, about("account", ALICE, BOB,
                                                  ALICE) + NO_NOTICE, False),
    "another's": (CONSOLE, SHOW, about("account", BOB, ALICE), False),
    "sets another's": (CONSOLE, CHANGE, about("account", BOB, ALICE) +
                       NO_NOTICE, False),
    "deletes": (CONSOLE, DELETE, SERVED, False),
    "lists": (CONSOLE, NAMES, about("account", DOMAIN, ALICE), False),
    "lists for all": (CONSOLE, NAMES, about("account", DOMAIN, "*@" + DOMAIN),
                      False),
    "counts": (CONSOLE, USAGE, about("domain", DOMAIN, ALICE), False),
    **{f"the {level}": (CONSOLE, SHOW, about(level, name, ALICE), False)
       for level, name in (("domain", DOMAIN), ("gate", DOMAIN),
                           ("alias", "info@example.test"), ("server", ""),
                           ("list", "team@example.test"),
                           ("login", CUSTOMER))},
    **{f"root's {kind:x}": (CONSOLE, kind, pair("as", ALICE), False)
       for kind in (0x50, 0x52, 0x54, 0x56, 0x58, 0x5a, 0x68, 0x6a)},
    "forged for another": (CUSTOMER, CHANGE, about("account", BOB, BOB) +
                           NO_NOTICE, False),
    "forged for itself": (CUSTOMER, CHANGE, SERVED + NO_NOTICE, False),
    "forged by a stranger": (STRANGER, SHOW, SERVED, False),
    "of the panel": (PANEL, CHANGE, SERVED + NO_NOTICE, False),
    "of root": ("root", CHANGE, SERVED + NO_NOTICE, False),
}


@pytest.mark.parametrize("name", CONSOLES)
def test_a_console_is_the_owner_it_names(filled, name):
    user, kind, request, may = CONSOLES[name]
    before = filled.ctl("settings", "export").stdout
    assert is_done(send_as(filled, user, frame(kind, request))) == may
    after = filled.ctl("settings", "export").stdout
    assert (after != before) == (may and kind == CHANGE)
    assert value(filled, BOB, "virus_notice") == (True, "default")


def test_one_user_cannot_take_all_connections(filled):
    path = os.path.join(filled.dir, "run/control.sock")
    hog = ("import socket,sys,time\nl=[]\n"
           "for i in range(200):\n"
           "    s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]);"
           " l.append(s)\n"
           "print('full',flush=True)\nsys.stdin.read()\n")
    with subprocess.Popen([sys.executable, "-c", hog, path], user=CUSTOMER,
                          group="nogroup", extra_groups=[],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout.readline() == "full\n"
        assert filled.ctl("status").returncode == 0
        assert ctl_as(filled, PANEL, *OWN).returncode == 0
        process.stdin.close()
    assert filled.ctl("status").returncode == 0


def test_endless_request_is_ended(filled):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(os.path.join(filled.dir, "run/control.sock"))
        sock.sendall(frame(0x62, length=60000)[:13])
        assert filled.ctl("status").returncode == 0
        assert sock.recv(100) == b""


def test_completion_is_what_the_tables_say(filled):
    source = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.realpath(__file__))))
    with open(os.path.join(source, "config/completion/mamorictl"),
              encoding="utf-8") as file:
        assert file.read() == filled.ctl("completion").stdout


def keeper_pid(rig):
    """The one process of the daemon that has the keeper's uid."""
    uid = pwd.getpwnam("backup").pw_uid
    for pid in processes.descendants(rig.pids["mamorid"]):
        with contextlib.suppress(FileNotFoundError):
            if os.stat(f"/proc/{pid}").st_uid == uid:
                return pid
    return None


def test_what_is_saved_survives_a_killed_keeper(filled):
    filled.ctl("domain", "set", DOMAIN, "senders_max=1000")
    saved, stop = set(), threading.Event()

    def write(first):
        for n in range(first, first + 1000):
            if stop.is_set():
                return
            done = filled.ctl("approve", ALICE, f"k{n}@x.example",
                              check=False)
            if done.returncode == 0:
                saved.add(f"k{n}@x.example")
            elif "more than" in done.stderr or "too large" in done.stderr:
                return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, 1000 * n) for n in range(4)]
        for _ in range(3):
            before = len(saved)
            wait_for(lambda: len(saved) >= before + 20, "writers at work")
            pid = keeper_pid(filled)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda before=pid: keeper_pid(filled) not in
                     (None, before) and
                     filled.ctl("status", check=False).returncode == 0,
                     "another keeper")
        stop.set()
        for writer in writers:
            writer.result()
    senders, _ = value(filled, ALICE, "approved_senders")
    assert saved <= set(senders)
    assert len(senders) == len(set(senders)) <= len(saved) + 12
    root = os.path.join(filled.dir, "state/settings")
    assert not [name for _, _, names in os.walk(root) for name in names
                if not name.endswith(".yaml")]
