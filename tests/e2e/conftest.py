"""Rigs for the end-to-end tests: a shared one, and ones with own settings."""
import os
import sys

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))

import fault_rig  # noqa: E402
from riglib.client import Rig  # noqa: E402
from riglib.faults import Faults  # noqa: E402

LOGS = ("mamorid.log", "mamorid.out", "exim/mainlog", "exim/paniclog",
        "dovecot.log", "rig.log")


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "exim(**options): options of a test's private Exim")


def start(*pairs, preset="smartconnect"):
    """A rig on which the server has this preset: one that stops whatever is
    infected, unless a test is about another one."""
    build = os.environ.get("MAMORI_BUILD")
    rig = Rig.start(*([f"build={build}"] if build else []), *pairs)
    if "mamorid=off" not in pairs:
        rig.ctl("server", "set", f"preset={preset}")
    return rig


@pytest.fixture(scope="session")
def shared_rig():
    rig = start()
    yield rig
    rig.stop()


@pytest.fixture
def rig(shared_rig):
    """The shared rig with empty mailboxes, quarantine and sink. Tests that
    stop servers or change settings make a rig of their own."""
    shared_rig.settle()
    shared_rig.empty()
    shared_rig.empty_quarantine()
    for name in os.listdir(shared_rig.sink):
        os.unlink(os.path.join(shared_rig.sink, name))
    return shared_rig


@pytest.fixture
def make_rig():
    """make_rig("key=value", ...) starts a rig that goes with the test."""
    rigs = []

    def make(*pairs, **options):
        rigs.append(start(*pairs, **options))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.stop()


@pytest.fixture(scope="module")
def faulty_rig():
    rig = start("faults=on", "mamori.quarantine.disk_reserve=0")
    # All gates begin with the preset, and so make the same calls for a mail.
    rig.restart("mamorid")
    rig.faults = Faults(rig)
    yield rig
    rig.faults.close()
    rig.stop()


@pytest.fixture
def faulty(faulty_rig):
    """A rig of the module's tests with rig.faults, which puts faults into
    it. Begins without mail, and ends without a fault."""
    faulty_rig.empty()
    yield faulty_rig
    faulty_rig.faults.disarm()
    fault_rig.serving(faulty_rig)
    faulty_rig.empty_quarantine()


def _rigs_of(item):
    for value in item.funcargs.values():
        if isinstance(value, Rig):
            yield value
        closure = getattr(value, "__closure__", None) or ()
        for cell in closure:
            if isinstance(cell.cell_contents, list):
                yield from (rig for rig in cell.cell_contents
                            if isinstance(rig, Rig))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the logs of its servers."""
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for rig in {id(rig): rig for rig in _rigs_of(item)}.values():
            for name in LOGS:
                try:
                    with open(os.path.join(rig.logs, name), "rb") as file:
                        text = file.read()[-6000:]
                except OSError:
                    continue
                if text:
                    report.sections.append(
                        (f"{name} of {rig.dir}",
                         text.decode("utf-8", "replace")))
