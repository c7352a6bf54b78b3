"""Processes as /proc shows them, and how a rig gets rid of its own."""
import ctypes
import os
import select
import signal
import time

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def become_subreaper():
    """Orphans of our children become ours, so that none is overlooked."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def die_with_parent():
    """For preexec_fn: a killed supervisor takes its servers along."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def pause(seconds=0.02):
    """Between two looks at a condition."""
    select.select([], [], [], seconds)


def stat(pid):
    """The fields after the name: state, ppid, pgrp, session, ... or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def start_time(pid):
    fields = stat(pid)
    return int(fields[19]) if fields else None


def sanitized(pid):
    """Is this an ASan build? It keeps what is freed, and reports to standard
    error."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        return "libasan" in file.read()


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def descendants(ancestor):
    """Living descendants of a process, zombies left out."""
    children = {}
    for pid in all_pids():
        fields = stat(pid)
        if fields and fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(pid)
    found, queue = [], [ancestor]
    while queue:
        for pid in children.get(queue.pop(), []):
            found.append(pid)
            queue.append(pid)
    return found


def in_sessions(sids):
    """Living processes of these sessions."""
    found = []
    for pid in all_pids():
        fields = stat(pid)
        if fields and fields[0] != "Z" and int(fields[3]) in sids:
            found.append(pid)
    return found


def session_may_be(sid, started):
    """Is session sid still the one whose leader started then? A leader that
    is gone cannot have been replaced: its pid is taken while the session has
    members, and if it has none there is nothing to kill."""
    now = start_time(sid)
    return now is None or now == started


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill_sessions(sids, seconds=10):
    """SIGKILL until nobody is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        left = in_sessions(set(sids))
        if not left:
            return
        send(left, signal.SIGKILL)
        pause()


def in_mount_namespace(inode):
    """Living processes of a mount namespace; none for None."""
    found = set()
    if inode is None:
        return found
    for pid in all_pids():
        try:
            if os.stat(f"/proc/{pid}/ns/mnt").st_ino == inode:
                found.add(pid)
        except OSError:
            pass
    return found


def of_program(program, text):
    """Living processes of a program with a text among their arguments."""
    found = set()
    for pid in all_pids():
        try:
            if os.readlink(f"/proc/{pid}/exe") != program:
                continue
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if os.fsencode(text) in file.read():
                    found.add(pid)
        except OSError:
            pass
    return found
