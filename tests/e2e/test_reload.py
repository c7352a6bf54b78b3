"""Reloads of many signatures, of too few, and very many reloads."""
import importlib.machinery
import importlib.util
import os
import signal

import pytest
from mails import ALICE, OUTSIDER
from riglib import processes, samples
from riglib.client import wait_for
from riglib.daemon import serving

MANY = int(os.environ.get("MAMORI_RELOAD_SIGNATURES", "300000"))
RELOADS = 100


def generator():
    """tests/bench/signatures as a module."""
    path = os.path.join(os.path.dirname(os.path.dirname(
        os.path.realpath(__file__))), "bench/signatures")
    loader = importlib.machinery.SourceFileLoader("signatures", path)
    spec = importlib.util.spec_from_loader("signatures", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def put(rig, name, text):
    """As freshclam does: a new file renamed into place."""
    path = os.path.join(rig.signatures, name)
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def current(rig):
    return serving(rig.ctl_json("status"))


def number(rig):
    generation = current(rig)
    return int(generation["generation"]) if generation else 0


def children(rig, name):
    """Processes of the daemon whose command line has this name."""
    found = []
    for pid in processes.descendants(rig.pids["mamorid"]):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if name.encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


def pools(rig):
    """The leaders of generations: started by the master itself."""
    master = rig.pids["mamorid"]
    return [pid for pid in children(rig, "mamorid: pool")
            if (processes.stat(pid) or [0, 0])[1] == str(master)]


def rss_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def fds(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def bad_mail(mark=samples.OTHER_MARK):
    return samples.mail(OUTSIDER, ALICE, attachment=mark)


def refused_event(rig, before):
    return wait_for(lambda: rig.events(event="reload-refused")[before:],
                    "a refused reload")[0]


@pytest.fixture(name="many")
def rig_with_many(make_rig):
    rig = make_rig("mamori.signatures.settle=1h",
                   "mamori.workers.inspectors=2", "timeout=120")
    generator().write(rig.signatures, MANY)
    rig.ctl("reload")
    wait_for(lambda: number(rig) > 1, "the many signatures", 120)
    assert int(current(rig)["signatures"]) > MANY * 0.99
    return rig


def test_mail_flows_while_the_new_pool_is_stopped_in_mid_load(many):
    rig = many
    before = number(rig)
    old = set(pools(rig))
    put(rig, "new.ndb", samples.signature(samples.OTHER_VIRUS,
                                          samples.OTHER_MARK))
    rig.ctl("reload")
    loading = wait_for(lambda: set(pools(rig)) - old, "a second pool").pop()
    # In the middle: it has some of the signatures, and is not done.
    wait_for(lambda: rss_kb(loading) > 20000, "some signatures loaded")
    os.kill(loading, signal.SIGSTOP)
    assert number(rig) == before
    for _ in range(10):
        assert rig.send(bad_mail(), OUTSIDER, ALICE).code == 250
        assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                        ALICE).code == 250
    assert number(rig) == before
    # Answered by a scan each, the viruses with the old signatures.
    wait_for(lambda: len(rig.events(event="verdict",
                                    verdict="infected")) == 10, "verdicts")
    assert len(rig.events(event="verdict", verdict="clean")) == 10
    os.kill(loading, signal.SIGCONT)
    wait_for(lambda: number(rig) > before, "the new generation", 120)
    assert rig.send(bad_mail(), OUTSIDER, ALICE).code == 250
    found = wait_for(lambda: rig.events(event="verdict",
                                        verdict="infected")[10:],
                     "the new signature's hit")
    assert samples.OTHER_VIRUS in found[0]["virus"]
    wait_for(lambda: len(pools(rig)) == 1, "the old pool to leave")


@pytest.mark.parametrize("how", ["broken", "empty", "shrunken"])
def test_bad_databases_are_refused(many, how):
    rig = many
    before, had = number(rig), int(current(rig)["signatures"])
    refused = len(rig.events(event="reload-refused"))
    if how == "broken":
        put(rig, "synthetic.ldb", "a line;that is\nno signature\n")
    else:
        for name in os.listdir(rig.signatures):
            if how == "empty" or name.startswith("synthetic."):
                os.unlink(os.path.join(rig.signatures, name))
    rig.ctl("reload")
    event = refused_event(rig, refused)
    if how == "shrunken":
        assert "signatures.shrink" in event["reason"]
    assert number(rig) == before
    assert int(current(rig)["signatures"]) == had
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_for(lambda: rig.events(event="verdict", verdict="infected"),
             "a verdict by the old signatures")


def test_the_operator_accepts_fewer_signatures(many):
    rig = many
    before = number(rig)
    for name in os.listdir(rig.signatures):
        if name.startswith("synthetic."):
            os.unlink(os.path.join(rig.signatures, name))
    with open(rig.config, encoding="utf-8") as file:
        text = file.read()
    assert "  settle: 1h\n" in text
    with open(rig.config, "w", encoding="utf-8") as file:
        file.write(text.replace("  settle: 1h\n",
                                "  settle: 1h\n  shrink: 0\n"))
    rig.ctl("reload")
    wait_for(lambda: number(rig) > before, "the few signatures")
    assert int(current(rig)["signatures"]) < 10


def test_a_serial_reload_holds_one_engine_at_a_time(make_rig):
    rig = make_rig("mamori.signatures.settle=1h",
                   "mamori.signatures.reload=serial",
                   "mamori.workers.inspectors=2", "timeout=120")
    generator().write(rig.signatures, MANY)
    for _ in range(2):
        before = number(rig)
        rig.ctl("reload")
        most = 0

        def loaded():
            nonlocal most
            most = max(most, len(pools(rig)))
            return number(rig) > before
        wait_for(loaded, "a serial reload", 120)
        assert most == 1
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_for(lambda: rig.events(event="verdict", verdict="infected"),
             "a verdict")


def test_a_hundred_reloads_leak_nothing(make_rig):
    rig = make_rig("mamori.signatures.settle=1h",
                   "mamori.workers.inspectors=2", "mamori.workers.gates=2")
    master = rig.pids["mamorid"]

    def reload():
        before = number(rig)
        rig.ctl("reload")
        wait_for(lambda: number(rig) > before, "a generation")

    def watched():
        pids = [master] + children(rig, "mamorid: gate") + children(
            rig, "mamorid: keeper") + children(rig, "mamorid: courier")
        return {pid: (0 if processes.sanitized(master) else rss_kb(pid),
                      fds(pid)) for pid in sorted(pids)}

    def quiet():
        return len(pools(rig)) == 1

    for _ in range(10):
        reload()
    assert rig.send(bad_mail(), OUTSIDER, ALICE).code == 250
    wait_for(quiet, "old pools to leave")
    before = watched()
    for _ in range(RELOADS):
        reload()
    assert rig.send(bad_mail(), OUTSIDER, ALICE).code == 250
    wait_for(quiet, "old pools to leave")
    after = watched()
    assert before.keys() == after.keys(), "the same processes"
    for pid, (rss, open_fds) in after.items():
        assert open_fds <= before[pid][1], pid
        assert rss <= before[pid][0] + 400, pid
    jails = os.path.join(rig.run_dir, "jail")
    assert len(os.listdir(jails)) == 1
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_for(lambda: rig.events(event="verdict", verdict="infected"),
             "a verdict")
