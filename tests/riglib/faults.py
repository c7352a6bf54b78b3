"""Faults at exact points of the daemon: what tests/faults/faults.c reads.

A rig started with faults=on has it preloaded into mamorid. A plan is for one
role (master, keeper, courier, gate, pool, inspector), counts the calls named,
and does something at the n-th one: a signal, an errno, or VIOLATE.
"""
import contextlib
import errno
import mmap
import os
import signal
import struct

VIOLATE = 1000
KILL, STOP = signal.SIGKILL, signal.SIGSTOP
NOSPC, NOMEM, IO = -errno.ENOSPC, -errno.ENOMEM, -errno.EIO

# What changes a disk.
WRITES = ("write pwrite pwrite64 fsync fdatasync ftruncate ftruncate64 "
          "mkdirat renameat2 unlinkat open open64 openat openat64")
# Every call that is counted, but the memory's.
ALL = "*"
ALLOCATIONS = "malloc calloc realloc"

_NAME, _NAMES = 16, 4096
_HEAD = struct.Struct("<IIIiIIIIqqq16s256s")
_FIELDS = {"armed": (0, "<I"), "count": (16, "<I"), "fired": (20, "<I"),
           "pid": (24, "<I"), "master": (32, "<q"), "keeper": (40, "<q"),
           "pool": (48, "<q")}
SIZE = _HEAD.size + _NAME * _NAMES


def create(path):
    """An empty plan, for the rig."""
    with open(path, "wb") as file:
        file.truncate(SIZE)
    os.chmod(path, 0o600)


class Faults:
    def __init__(self, rig):
        with open(os.path.join(rig.dir, "faults"), "r+b") as file:
            self.map = mmap.mmap(file.fileno(), SIZE)

    def close(self):
        self.map.close()

    def _get(self, name):
        offset, form = _FIELDS[name]
        return struct.unpack_from(form, self.map, offset)[0]

    def _set(self, name, value):
        offset, form = _FIELDS[name]
        struct.pack_into(form, self.map, offset, value)

    def arm(self, role, calls, when, action, lasting=False):
        """From here on count, and act at call number when (0: never)."""
        self.disarm()
        clocks = [self._get(name) for name in ("master", "keeper", "pool")]
        _HEAD.pack_into(self.map, 0, 0, when, lasting, action, 0, 0, 0, 0,
                        *clocks, role.encode(), calls.encode())
        self.map[_HEAD.size:] = bytes(_NAME * _NAMES)
        self._set("armed", 1)

    def watch(self, role, calls):
        """Only count."""
        self.arm(role, calls, 0, 0)

    def disarm(self):
        self._set("armed", 0)

    @contextlib.contextmanager
    def armed(self, *args, **kwargs):
        self.arm(*args, **kwargs)
        try:
            yield self
        finally:
            self.disarm()

    @property
    def count(self):
        """Matching calls since arm()."""
        return self._get("count")

    @property
    def fired(self):
        """How often the plan has been carried out."""
        return self._get("fired")

    @property
    def pid(self):
        """The process in which it was carried out last."""
        return self._get("pid")

    def names(self):
        """The matching calls, in their order."""
        found = []
        for i in range(min(self.count, _NAMES)):
            start = _HEAD.size + i * _NAME
            found.append(bytes(self.map[start:start + _NAME])
                         .rstrip(b"\0").decode())
        return found

    def later(self, role, seconds):
        """For this role so much time has passed."""
        self._set(role, self._get(role) + int(seconds * 1000))
