"""What the tests of faults share: numbered viruses, the count of what became
of each, and time that passes at once. Their rig is conftest's faulty."""
import contextlib
import itertools
import os
import re
import signal
import threading

from mails import ALICE, OUTSIDER, notices
from riglib import processes, samples
from riglib.client import text_of, wait_for

ROLES = ("gate", "keeper", "courier", "pool", "inspector")
_NUMBERS = itertools.count(1)
_WORD = re.compile(r"virus-\d+-end")


class Virus:
    """An infected mail that can be told from all others."""

    def __init__(self, sender=OUTSIDER, to=ALICE):
        self.word = f"virus-{next(_NUMBERS)}-end"
        self.sender, self.to = sender, to
        self.data = samples.infected(sender, to, subject=self.word)

    def send(self, rig, **session):
        return rig.send(self.data, self.sender, self.to, **session)


def words(texts):
    """How often each numbered virus is spoken of."""
    found = {}
    for text in texts:
        for word in set(_WORD.findall(text)):
            found[word] = found.get(word, 0) + 1
    return found


def warned(rig, account=ALICE):
    return words(text_of(mail) for mail in notices(rig, account))


def kept(rig):
    return words(row["subject"] for row in
                 rig.ctl_json("quarantine", "list", "--limit", "5000"))


def age(rig, *roles, seconds=4000):
    """Time passes for roles: pauses before a restart or a retry are over."""
    for role in roles or ("master", "keeper"):
        rig.faults.later(role, seconds)
    # They look at the clock when something wakes them.
    processes.send([rig.pids["mamorid"]], signal.SIGCHLD)
    if "keeper" in (roles or ("keeper",)):
        rig.ctl("status", check=False)


def no_virus_delivered(rig):
    for account in rig.passwords:
        for data in rig.mails(account):
            assert samples.eicar() not in data
            assert b"filename=\"invoice.com\"" not in data, data
    assert not [1 for _, data in rig.sunk() if b"invoice.com" in data]


def settle(rig):
    """As rig.settle(), with no wait for a retry's time. Time passes only when
    somebody waits for it, or what is kept would expire."""
    def empty():
        outbox = rig.ctl_json("status")["outbox"]
        if int(outbox["retrying"]):
            age(rig, "keeper")
        return int(outbox["rows"]) == 0
    wait_for(empty, "an empty outbox", 60)
    rig.settle()


def serving(rig):
    """Wait until all processes are there again."""
    def all_there():
        age(rig, "master", seconds=60)
        answer = rig.ctl("status", "--json", check=False)
        if answer.returncode != 0:
            return False
        status = rig.ctl_json("status")
        return all(role["running"] == role["wanted"]
                   for role in status["roles"]) and \
            [one for one in status["generations"]
             if one["state"] == "serving"]
    wait_for(all_there, "all processes")
    scanners(rig)


@contextlib.contextmanager
def ahead(rig, role, seconds=60):
    """A role's clock for a while: its pauses and limits are over."""
    rig.faults.later(role, seconds)
    try:
        yield
    finally:
        rig.faults.later(role, -seconds)


def scanners(rig):
    """Wait until all scanners are there again. No scan may be under way: for
    the pool it would take too long."""
    with ahead(rig, "pool"):
        wait_for(lambda: len(of_role(rig, "inspector")) == rig.ctl_json(
            "status")["generations"][0]["workers"], "all scanners")


def retry(rig, virus, codes=(250,)):
    """As a client does: again, until it is taken."""
    replies = []

    def taken():
        replies.append(virus.send(rig))
        assert replies[-1].code in (451,) + codes, replies[-1]
        return replies[-1].code in codes
    wait_for(taken, lambda: f"{codes}, not {replies[-1]}")


def of_role(rig, role):
    """Pids of a role's processes, by their title."""
    found = []
    for pid in processes.descendants(rig.pids["mamorid"]):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                title = file.read().replace(b"\0", b" ").decode()
            if role in title.split("/")[-1]:
                found.append(pid)
    return sorted(found)


def spread(names, every=6):
    """Numbers of the calls at which a fault is worth its time: the first and
    the last of a run of the same call, and some between."""
    return [i + 1 for i, name in enumerate(names)
            if i in (0, len(names) - 1) or name != names[i - 1] or
            name != names[i + 1] or i % every == 0]


def files_of(rig):
    """Names of the files in the quarantine, temporary ones included."""
    return sorted(name for _, _, names in
                  os.walk(os.path.join(rig.state_dir, "quarantine"))
                  for name in names)


def held(pid):
    """What the descriptors of a process are."""
    names = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            names.append(os.readlink(f"/proc/{pid}/fd/{name}"))
    return [name for name in names if "/history/" not in name]


def used(rig):
    """Descriptors and temporary files of all processes, by role. The history's
    files are not counted: they are open while there is something to write."""
    found = {}
    for role in ROLES:
        found[role] = sum(len(held(pid)) for pid in of_role(rig, role))
    jails = os.path.join(rig.run_dir, "jail")
    names = [name for _, _, names in os.walk(jails) for name in names]
    # A scanner with a tmpfs of its own: seen through its root.
    for pid in of_role(rig, "inspector"):
        names += os.listdir(f"/proc/{pid}/root") \
            if os.readlink(f"/proc/{pid}/root") != "/" else []
    found["files"] = sorted(names)
    found["temporary"] = os.listdir(
        os.path.join(rig.state_dir, "quarantine", "tmp"))
    return found


def given_back(rig, before):
    """Nothing is held that was not: less is fine, since a connection may have
    been about to close."""
    def is_back():
        now = used(rig)
        return all(now[role] <= before[role] for role in ROLES) and \
            all(now[name] == before[name] for name in now
                if name not in ROLES)
    rig.settle()
    wait_for(is_back, lambda: f"{before}, not {used(rig)}")


def at_once(count, action):
    """Run action(i) for each i in a thread of its own; the results."""
    results = [None] * count
    threads = [threading.Thread(
        target=lambda i=i: results.__setitem__(i, action(i)))
        for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def every_gate(rig):
    """A mail to each gate: from then on it keeps its line to the history open.
    Nobody scans until all gates have one."""
    gates = of_role(rig, "gate")
    idle = [len(held(pid)) for pid in gates]
    scanning = of_role(rig, "inspector")
    mails = threading.Thread(target=at_once, args=(
        len(gates), lambda i: rig.send(samples.mail(OUTSIDER, ALICE),
                                       OUTSIDER, ALICE)))
    processes.send(scanning, signal.SIGSTOP)
    try:
        mails.start()
        wait_for(lambda: all(len(held(pid)) > fds
                             for pid, fds in zip(gates, idle)),
                 "a mail to each gate")
    finally:
        processes.send(scanning, signal.SIGCONT)
        mails.join()
    rig.settle()
