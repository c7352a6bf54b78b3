"""What each process of the daemon holds and may do, as /proc tells."""
import os
import socket

import pytest
from mails import ALICE, OUTSIDER
from riglib import processes, samples
from riglib.client import wait_for

NULL = "/dev/null"


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def title(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read().split(b"\0")[0].strip().decode()


def status(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file
                    if ":\t" in line)


def descriptors(pid):
    folder = f"/proc/{pid}/fd"
    return {int(fd): os.readlink(f"{folder}/{fd}")
            for fd in os.listdir(folder)}


@pytest.fixture(name="roles")
def find_roles(rig):
    """Process ids by role; the scanners are the pools' children."""
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    found = {"inspector": []}
    for pid in children(rig.pids["mamorid"]):
        found.setdefault(title(pid).split()[-1], []).append(pid)
    for pool in found["pool"]:
        found["inspector"] += children(pool)
    assert found["inspector"]
    return found


def test_no_role_but_the_pool_has_any_privilege(roles):
    for role in ("keeper", "courier", "gate", "inspector"):
        for pid in roles[role]:
            now = status(pid)
            uids, gids = now["Uid"].split(), now["Gid"].split()
            assert len(set(uids)) == 1 and uids[0] != "0", (role, uids)
            assert len(set(gids)) == 1 and gids[0] != "0", (role, gids)
            assert "0" not in now["Groups"].split(), (role, now)
            for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                assert int(now[name], 16) == 0, (role, name)


def test_gates_and_scanners_never_gain_privileges(roles):
    for pid in roles["gate"] + roles["inspector"]:
        assert status(pid)["NoNewPrivs"] == "1"
    for pid in roles["inspector"]:
        now = status(pid)
        assert now["Seccomp"] == "2"
        assert now["Groups"].split() in ([], now["Gid"].split()[:1]), now


def test_a_scanner_holds_nothing_of_its_pool(rig, roles):
    """Not its channel to the master, nor the daemon's output, to which only a
    sanitizer may write."""
    output = () if processes.sanitized(rig.pids["mamorid"]) else (0, 1, 2)
    for pool in roles["pool"]:
        channel = descriptors(pool)[3]
        assert channel.startswith("socket:")
        for pid in children(pool):
            held = descriptors(pid)
            assert channel not in held.values(), held
            # In a chroot /proc shows the whole path.
            assert all(held[fd].endswith(NULL) for fd in output), held
            # Log, inspect.sock; the retire pipe; epoll.
            kinds = sorted(name.split(":")[0] for fd, name in held.items()
                           if fd > 2)
            assert kinds == ["anon_inode", "pipe", "socket", "socket"], held


def test_roles_share_no_descriptors_but_listening_sockets(roles):
    """Each role's channel is its own, and an idle gate holds no mail."""
    channels = [descriptors(pid)[3] for role in
                ("keeper", "courier", "gate", "pool") for pid in roles[role]]
    assert len(set(channels)) == len(channels)
    for pid in roles["gate"]:
        held = [name for fd, name in descriptors(pid).items() if fd > 2]
        # Channel, scan.sock, and its line to the history; epoll.
        assert len(held) in (3, 4), held
        assert {name.split(":")[0] for name in held} == {"socket",
                                                         "anon_inode"}, held


def test_scanners_are_replaced_after_so_many_peers(rig, roles):
    """Whatever a mail may have done to one does not last."""
    before = set(roles["inspector"])
    path = os.path.join(rig.run_dir, "inspect.sock")

    def none_is_left():
        for _ in range(200):
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(path)
        return not before & set(children(roles["pool"][0]))

    wait_for(none_is_left, "new scanners")
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    assert not rig.events(event="worker-crashed")
