"""CPU time of one set of servers, in seconds.

A control group counts everything that runs in it to the microsecond, also
what has ended. Where none can be made, the process tree is counted: only one
set works at a time, so that all there is is its.
"""
import os
import resource

from riglib import processes

_V2 = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
_V1 = "/sys/fs/cgroup/cpuacct"
_TICK = os.sysconf("SC_CLK_TCK")


class Group:
    """A control group. OSError where there can be none."""

    def __init__(self, name):
        for base in _V2:
            if os.path.exists(os.path.join(base, "cgroup.controllers")):
                self.kind = "cgroup v2"
                self.file = "cpu.stat"
                break
        else:
            base, self.kind, self.file = _V1, "cgroup v1", "cpuacct.usage"
        self.path = os.path.join(base, name)
        os.mkdir(self.path)
        try:
            self.seconds()
        except OSError:
            self.remove()
            raise

    def enter(self):
        """In the child that becomes a server."""
        with open(os.path.join(self.path, "cgroup.procs"), "w",
                  encoding="ascii") as file:
            file.write(str(os.getpid()))

    def seconds(self):
        with open(os.path.join(self.path, self.file),
                  encoding="ascii") as file:
            text = file.read().split()
        if self.kind == "cgroup v1":
            return int(text[0]) / 1e9
        return int(text[text.index("usage_usec") + 1]) / 1e6

    def pids(self):
        with open(os.path.join(self.path, "cgroup.procs"),
                  encoding="ascii") as file:
            return [int(line) for line in file]

    def remove(self):
        os.rmdir(self.path)


class Tree:
    """All descendants of this process, the ended ones included."""
    kind = "process tree"

    def __init__(self, _name):
        self.roots = []

    def enter(self):
        pass

    def seconds(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        total = used.ru_utime + used.ru_stime
        for pid in processes.descendants(os.getpid()):
            fields = processes.stat(pid)
            if fields:
                total += sum(map(int, fields[11:15])) / _TICK
        return total

    def pids(self):
        return processes.in_sessions(set(self.roots))

    def remove(self):
        pass


def account(name):
    try:
        return Group(name)
    except OSError:
        return Tree(name)


def memory_kb(pids):
    """Proportional set size: what these processes occupy together."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        except OSError:
            pass
    return total
