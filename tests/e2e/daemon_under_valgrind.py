"""The daemon under valgrind, without its scanners' sandbox: make
check-valgrind says by what command, and names this file: a run under valgrind
takes minutes, so it is no part of the whole suite. Each role has its usual
work."""
import os
import re
import shlex

import pytest
from conftest import start
from mails import ALICE, FRIEND, OUTSIDER, notices
from riglib import samples
from riglib.client import wait_for
from riglib.daemon import serving

COMMAND = os.environ["MAMORI_VALGRIND"]
# What it does not know of Linux is no mistake of ours.
UNKNOWN = re.compile(r"^--\d+-- .*$", re.M)


@pytest.fixture(name="slow")
def rig_under_valgrind(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valgrind")
    for path in (folder, *folder.parents[:2]):
        os.chmod(path, 0o711)       # every role opens its log there
    os.chmod(folder, 0o1777)
    script = folder / "wrap"
    script.write_text(f"#!/bin/sh\nexec {COMMAND} "
                      f"--log-file={shlex.quote(str(folder))}/%p.log "
                      "\"$@\"\n", encoding="utf-8")
    script.chmod(0o755)
    rig = start(f"wrap={script}", "timeout=300", "deadline_ms=300000",
                "mamori.workers.inspectors=2", "mamori.workers.gates=2")
    yield rig, folder
    rig.stop()


def generation(rig):
    return int(serving(rig.ctl_json("status"))["generation"])


def test_no_role_does_anything_undefined(slow):
    rig, folder = slow
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE).code == 250
    for _ in range(3):
        assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                        ALICE).code == 250
    assert rig.send(samples.infected(ALICE, FRIEND), ALICE, FRIEND,
                    port="submission", auth=ALICE).code == 550
    rig.settle()
    assert notices(rig, ALICE)
    rig.ctl("domain", "create", "example.test")
    rig.ctl("account", "create", ALICE)
    rig.ctl("account", "set", ALICE, "virus_notice=no")
    rig.ctl("quarantine", "release", "1")
    before = generation(rig)
    rig.ctl("reload")
    wait_for(lambda: generation(rig) > before, "a generation", 300)
    rig.ctl("account", "delete", ALICE)
    rig.settle()
    rig.stop_server("mamorid")
    logs = sorted(folder.glob("*.log"))
    assert len(logs) > 6, "a process, a log"
    for log in logs:
        text = UNKNOWN.sub("", log.read_text(encoding="utf-8")).strip()
        assert not text, text
