"""A rig whose shared settings the tests change, and go back to none."""
import subprocess

import pytest
from riglib.client import Rig
from conftest import start

EMPTY = "version: 1\n"
PANEL = "www-data"      # a user of users.panel
CUSTOMER = "irc"        # a login of _logins
STRANGER = "man"        # nobody to the keeper


@pytest.fixture(scope="module")
def settings_rig():
    rig = start(f"mamori.users.panel=[{PANEL}]")
    yield rig
    rig.stop()


@pytest.fixture
def srig(settings_rig) -> Rig:
    rig = settings_rig
    rig.settle()
    rig.empty()
    rig.empty_quarantine()
    import_settings(rig, EMPTY)
    return rig


def import_settings(rig, text, check=True):
    return subprocess.run([rig.mamorictl, "settings", "import", "-"],
                          input=text, text=True, capture_output=True,
                          timeout=60, check=check)


def ctl_as(rig, user, *args):
    """mamorictl as another user, without root's groups."""
    return subprocess.run([rig.mamorictl, *args], text=True, user=user,
                          group="nogroup", extra_groups=[],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)


def value(rig, address, key, level="account"):
    """(value, level it is from)"""
    one = rig.ctl_json(level, "show", address)["settings"][key]
    return one["value"], one["from"]
