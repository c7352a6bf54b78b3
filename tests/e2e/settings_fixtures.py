"""A rig whose shared settings the tests change, and go back to none."""
import ast
import os
import struct
import subprocess
import sys

import pytest
from riglib.client import Rig
from conftest import start

EMPTY = "version: 2\n"
PANEL = "www-data"      # a user of users.panel
CONSOLE = "list"        # a user of users.console
CUSTOMER = "irc"        # a login of _logins
STRANGER = "man"        # nobody to the keeper


@pytest.fixture(scope="module")
def settings_rig():
    rig = start(f"mamori.users.panel=[{PANEL}]",
                f"mamori.users.console=[{CONSOLE}]")
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


# A program for another user: what it reads from the socket comes out.
HOSTILE = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect(sys.argv[1])
data = bytes.fromhex(sys.stdin.read())
try:
    s.sendall(data)
    if sys.argv[2] == "end":
        s.shutdown(socket.SHUT_WR)
    while True:
        got = s.recv(65536)
        if not got:
            break
        sys.stdout.write(repr(got))
except (BrokenPipeError, ConnectionResetError):
    pass
"""


def frame(kind, payload=b"", length=None):
    return struct.pack(">IHHI", len(payload) if length is None else length,
                       kind, 0, 1) + payload


def field(tag, data):
    return struct.pack(">HI", tag, len(data)) + data


def pair(name, text):
    return field(201, field(1, name.encode() + b"\0") +
                 field(2, text.encode() + b"\0"))


def send_as(rig, user, data, how="end"):
    """What control.sock answers to these bytes from a user; "end": it says
    nothing behind them."""
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE,
         os.path.join(rig.dir, "run/control.sock"), how],
        input=data.hex(), text=True, user=user, group="nogroup",
        extra_groups=[], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done
    return ast.literal_eval(done.stdout or "b''")


def is_done(answer):
    """Is this the answer with rows, not an error or nothing?"""
    return answer[4:6] == b"\0\x51"
