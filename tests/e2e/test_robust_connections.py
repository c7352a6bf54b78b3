"""Ten thousand connections to each socket, silent ones and ones that send
nonsense: the daemon lives, all it has used comes back, and mail flows."""
import contextlib
import errno
import os
import pwd
import resource
import socket

import pytest
from fault_rig import (Virus, age, every_gate, given_back, kept, of_role,
                       settle, used, warned)
from mails import ALICE, OUTSIDER
from riglib import samples
from riglib.client import wait_for

COUNT = 10000
HELD = 400      # open at a time; below the sockets' backlog
NONSENSE = (None, b"", b"\0", b"\0\0\0\0\0\x30\0\0\0\0\0\1",
            b"\xff" * 64, b"\0\0\0\4\0\x20\0\0\0\0\0\1", b"\0" * 11)
NOT_BUSY = (errno.EPIPE, errno.ECONNRESET)


@pytest.fixture(autouse=True, scope="module")
def many_descriptors():
    now = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (now[1], now[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, now)


@contextlib.contextmanager
def as_user(name):
    os.seteuid(pwd.getpwnam(name).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def connect(path):
    """A connection, or None while the backlog is full."""
    peer = socket.socket(socket.AF_UNIX)
    peer.setblocking(False)
    try:
        peer.connect(path)
        return peer
    except BlockingIOError:
        peer.close()
        return None


def say(peer, data):
    if data is None:
        return
    try:
        peer.send(data)
    except BlockingIOError:
        pass
    except OSError as error:
        assert error.errno in NOT_BUSY, error


def flood(path, user):
    """COUNT connections, HELD at a time; the last ones stay open."""
    held = []
    with as_user(user):
        for i in range(COUNT):
            if len(held) == HELD:
                held.pop(0).close()

            def taken():
                # Whoever holds a slot makes room.
                peer = connect(path)
                if peer is None and held:
                    held.pop(0).close()
                return peer
            peer = wait_for(taken, "a connection", 60)
            say(peer, NONSENSE[i % len(NONSENSE)])
            held.append(peer)
    return held


def both_kinds_flow(rig):
    virus = Virus()
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    assert virus.send(rig).code == 250
    settle(rig)
    assert (kept(rig).get(virus.word), warned(rig).get(virus.word)) == (1, 1)


@pytest.mark.parametrize("name, user", [
    ("scan.sock", "Debian-exim"), ("inspect.sock", "root"),
    ("keeper.sock", "root"), ("control.sock", "root"),
    ("control.sock", "nobody"),
])
def test_ten_thousand_connections(faulty, name, user):
    both_kinds_flow(faulty)
    every_gate(faulty)
    wait_for(lambda: len(of_role(faulty, "inspector")) > 1, "scanners")
    before = used(faulty)
    roles = {role: of_role(faulty, role)
             for role in ("gate", "keeper", "courier", "pool")}
    held = flood(os.path.join(faulty.run_dir, name), user)
    if name == "control.sock":
        assert faulty.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                           ALICE).code == 250
    for peer in held:
        peer.close()
    both_kinds_flow(faulty)
    assert not faulty.events(event="role-died")
    assert not faulty.events(event="worker-crashed")
    assert roles == {role: of_role(faulty, role) for role in roles}
    given_back(faulty, before)


def test_silent_peers_of_the_keeper_hold_no_slots(faulty):
    """All its slots are taken by peers that say nothing: they go when their
    time is over, and gates and the courier are served."""
    both_kinds_flow(faulty)
    every_gate(faulty)
    before = used(faulty)
    held = []
    path = os.path.join(faulty.run_dir, "keeper.sock")

    def full():
        while (peer := connect(path)) is not None:
            held.append(peer)
        return len(held) > 2500     # the slots, and the backlog
    wait_for(full, lambda: f"all slots taken, not {len(held)}")
    virus = Virus()

    def served():
        age(faulty, "keeper", seconds=20)
        return virus.send(faulty).code == 250
    wait_for(served, "a record", 60)
    for peer in held:
        peer.close()
    settle(faulty)
    assert warned(faulty).get(virus.word) == 1
    assert faulty.events(event="client-closed", why="says nothing")
    given_back(faulty, before)


def test_inspectors_say_why_they_drop_a_frame(faulty):
    path = os.path.join(faulty.run_dir, "inspect.sock")
    for _ in range(50):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(path)
            peer.sendall(b"\xff" * 64)
            with contextlib.suppress(ConnectionResetError):
                peer.recv(1)
    lines = faulty.wait_event(event="inspect-refused", reason="limit exceeded")
    assert lines
