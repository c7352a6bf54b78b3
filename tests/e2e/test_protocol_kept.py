"""An older module before this daemon, an older daemon behind this module: the
bytes of tests/data/proto, given to the real ones."""
import fcntl
import os
import pwd
import socket
import struct
import time

import pytest
from gate_double import Answer
from module_fixtures import exim, gate      # noqa: F401
from private_exim import parse
from riglib import samples

KEPT = os.path.join(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))), "data", "proto", "v1")
ACCEPT, REJECT, DEFER, DISCARD = 1, 2, 3, 4
MAIL = "From: s@out.test\r\nSubject: old\r\nX-Gone: 1\r\n\r\nbody\r\n"


def kept(name):
    with open(os.path.join(KEPT, name), "rb") as file:
        return file.read()


# What follows is the reader of version 1's module. It never changes, so it is
# not shared with the doubles, which do.
def fields(data):
    while data:
        tag, size = struct.unpack_from(">HI", data)
        assert len(data) >= 6 + size
        yield tag, data[6:6 + size]
        data = data[6 + size:]


def number(data):
    assert len(data) == 8
    return struct.unpack(">Q", data)[0]


def text(data):
    assert data.endswith(b"\0") and b"\0" not in data[:-1]
    return data[:-1].decode()


def read_verdict(data):
    verdict = {"reply": None, "log": None, "edits": []}
    for tag, value in fields(data):
        if tag == 1:
            assert number(value) == 1
            verdict["version"] = 1
        elif tag == 2:
            verdict["action"] = number(value)
            assert ACCEPT <= verdict["action"] <= DISCARD
        elif tag in (3, 4):
            verdict["reply" if tag == 3 else "log"] = text(value)
        elif tag == 5:
            edit = dict(fields(value))
            assert 1 <= number(edit[1]) <= 4
            verdict["edits"].append((number(edit[1]), number(edit[2]),
                                     text(edit[3]) if 3 in edit else None))
    assert verdict["version"] == 1
    return verdict


def request(name):
    """The kept request; its deadline is on this machine's clock."""
    deadline = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000000 + 60000
    return b"".join(
        struct.pack(">HI", tag, len(value)) +
        (struct.pack(">Q", deadline) if tag == 17 else value)
        for tag, value in fields(kept(name)))


def sealed(data):
    fd = os.memfd_create("kept", os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    fcntl.fcntl(fd, 1033, 0xf)      # F_ADD_SEALS, all of them
    return fd


def ask(rig, name, body):
    """As Exim's user; the answer is read as version 1 did."""
    path = os.path.join(rig.dir, "kept-D")
    with open(path, "wb") as file:
        file.write(b"1xUyrb-0003Zy-0x-D\n" + body)
    fds = [sealed(request(name)), os.open(path, os.O_RDONLY)]
    with socket.socket(socket.AF_UNIX) as gate_socket:
        gate_socket.settimeout(60)
        os.seteuid(pwd.getpwnam("Debian-exim").pw_uid)
        try:
            gate_socket.connect(os.path.join(rig.run_dir, "scan.sock"))
        finally:
            os.seteuid(0)
        socket.send_fds(gate_socket, [kept("scan.frame")], fds)
        head, answer, _, _ = socket.recv_fds(gate_socket, 4096, 4)
    assert head == kept("verdict.frame"), head
    assert len(answer) in (1, 2)
    for fd in fds:
        os.close(fd)
    data = os.pread(answer[0], 1 << 20, 0)
    for fd in answer:
        os.close(fd)
    return read_verdict(data)


@pytest.mark.parametrize("name", ["inbound", "submission", "local", "pending"])
def test_the_daemon_serves_a_module_of_version_1(rig, name):
    verdict = ask(rig, f"{name}.scan", b"hello\n")
    assert verdict["action"] == ACCEPT
    added = [line for kind, _, line in verdict["edits"] if kind == 1]
    assert [line for line in added
            if line.startswith("X-Mamori-Result: clean; ")], verdict
    verdict = ask(rig, f"{name}.scan", samples.eicar() + b"\n")
    assert verdict["action"] in (REJECT, DISCARD)
    assert "verdict=infected" in verdict["log"]
    if name == "submission":
        assert verdict["reply"].startswith("5.7.1 ")


@pytest.mark.parametrize("name, code, start", [
    ("reject.verdict", 550, "5.7.1 Message refused: it contains a virus"),
    ("defer.verdict", 451, "4.7.1 This message could not be checked"),
    ("discard.verdict", 250, "OK"),
    ("error.frame", 451, "4.7.1 "),
])
def test_the_module_understands_a_daemon_of_version_1(
        exim, gate, name, code, start):
    data = kept(name)
    gate.answer = Answer(raw=data) if name.endswith(".frame") else \
        Answer(memfds=[data])
    got = exim.smtp(MAIL)
    assert got[0] == code and got[1].startswith(start), got
    exim.wait_idle()
    assert not exim.mails()


def test_the_module_makes_the_edits_of_version_1(exim, gate):
    gate.answer = Answer(memfds=[kept("accept.verdict")])
    assert exim.smtp(MAIL)[0] == 250
    mail = parse(exim.wait_mail())
    assert mail["Subject"] == "[MEIWAKU!!!] kept"
    assert mail["X-Gone"] is None
    assert mail["X-Mamori-Result"].startswith("clean; id=")
