"""No verdict: the daemon is gone, slow, of another age, or talks garbage."""
import os
import socket

import pytest

from gate_double import (ERROR, HEAD, SCAN, VERDICT, Answer, accept,
                         add_header, error, memfd, put_num, verdict)
from module_fixtures import exim, exim_with, gate       # noqa: F401
from private_exim import parse

MAIL = "From: s@out.test\r\nSubject: one\r\n\r\nbody\r\n"
GOOD = accept().memfds[0]


def pipe():
    ends = os.pipe()
    os.close(ends[1])
    return ends[0]


def regular_file():
    return os.open("/proc/self/exe", os.O_RDONLY)


def sealed(*contents):
    return [memfd(content) for content in contents]


ANSWERS = {
    "closed": (Answer(close=True), "connection-closed"),
    "garbage": (Answer(raw=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
                "protocol-error"),
    "half a head": (Answer(raw=b"\0\0\0"), "protocol-error"),
    "half a payload": (Answer(raw=HEAD.pack(9, VERDICT, 0, 1) + b"x"),
                       "protocol-error"),
    "huge length": (Answer(raw=HEAD.pack(1 << 30, VERDICT, 0, 1)),
                    "protocol-error"),
    "no descriptor": (Answer(), "protocol-error"),
    "another id": (Answer(memfds=[GOOD], id_shift=1), "protocol-error"),
    "another type": (Answer(frame_type=SCAN, memfds=[GOOD]),
                     "protocol-error"),
    "an error": (error("no inspector\r\nleft"), "scanner-error"),
    "an empty error": (Answer(frame_type=ERROR), "scanner-error"),
    "version 0": (verdict(1, version=0), "protocol-version"),
    "version 2": (verdict(1, version=2), "protocol-version"),
    "action 0": (verdict(0), "protocol-error"),
    "action 9": (verdict(9), "protocol-error"),
    "empty verdict": (Answer(memfds=[b""]), "protocol-error"),
    "cut verdict": (Answer(memfds=[GOOD[:-1]]), "protocol-error"),
    "verdict and more": (Answer(memfds=[GOOD + b"x"]), "protocol-error"),
    "no action": (Answer(memfds=[put_num(1, 1)]), "protocol-error"),
    "unsealed": (Answer(memfds=[GOOD], sealed=False), "protocol-error"),
    "pipe": (Answer(fds=lambda: [pipe()]), "protocol-error"),
    "file": (Answer(fds=lambda: [regular_file()]), "protocol-error"),
    "unsealed body": (Answer(fds=lambda: sealed(GOOD) + [
        memfd(b"new\n", False)]), "protocol-error"),
    "file as body": (Answer(fds=lambda: sealed(GOOD) + [regular_file()]),
                     "protocol-error"),
    "socket as body": (Answer(fds=lambda: sealed(GOOD) + [
        socket.socket().detach()]), "protocol-error"),
    "three descriptors": (Answer(memfds=[GOOD, b"x\n", b"y\n"]),
                          "protocol-error"),
}


@pytest.mark.parametrize("answer, reason", ANSWERS.values(),
                         ids=ANSWERS.keys())
def test_a_bad_answer_defers_the_mail(exim, gate, answer, reason):
    gate.answer = answer
    code, text = exim.smtp(MAIL)
    assert (code, text[:6]) == (451, "4.7.1 ")
    assert f"event=not-scanned reason={reason}" in exim.log()
    gate.answer = accept()
    assert exim.smtp(MAIL)[0] == 250
    exim.wait_idle()
    assert len(exim.mails()) == 1
    assert exim.log("paniclog") == ""


def test_the_daemons_own_reason_is_logged_on_one_line(exim, gate):
    gate.answer = error("bad\nline \u202e end")
    exim.smtp(MAIL)
    line = [line for line in exim.log().split("\n") if "not-scanned" in line]
    assert line[0].endswith('reason=scanner-error '
                            'text="bad\\x0aline \\xe2\\x80\\xae end"')


def test_no_daemon_defers_and_the_retry_arrives(exim, gate):
    gate.stop()
    assert exim.smtp(MAIL)[0] == 451
    assert "reason=scanner-unavailable" in exim.log()
    gate.start()
    assert exim.smtp(MAIL)[0] == 250
    exim.wait_mail()


@exim_with(deadline_ms=1000)
def test_a_hanging_daemon_meets_the_deadline(exim, gate):
    gate.answer = Answer(hang=True)
    assert exim.smtp(MAIL)[0] == 451
    assert "reason=timeout" in exim.log()


@exim_with(deadline_ms=1000)
def test_a_full_backlog_meets_the_deadline(exim):
    """A daemon that lives but does not accept."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(exim.socket)
        os.chmod(exim.socket, 0o666)
        server.listen(0)
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(exim.socket)
            assert exim.smtp(MAIL)[0] == 451
    assert "reason=timeout" in exim.log()


@exim_with(on_failure="accept")
def test_accept_on_failure_says_that_nothing_was_checked(exim, gate):
    gate.stop()
    assert exim.smtp("X-Mamori-Result: clean\r\n" + MAIL)[0] == 250
    mail = parse(exim.wait_mail())
    assert mail.get_all("X-Mamori-Result") == [
        "not-checked; reason=scanner-unavailable"]


@exim_with(on_failure="accept")
def test_accept_on_failure_drops_the_edits_of_a_bad_verdict(exim, gate):
    gate.answer = accept([add_header("X-A: b\n"), add_header("bad")])
    assert exim.smtp(MAIL)[0] == 250
    mail = parse(exim.wait_mail())
    assert mail["X-Mamori-Result"] == "not-checked; reason=protocol-error"
    assert mail["X-A"] is None


@exim_with(on_failure="perhaps", deadline_ms=7)
def test_bad_settings_are_named_and_ignored(exim, gate):
    assert exim.smtp(MAIL)[0] == 250
    assert "event=bad-setting reason=MAMORI_ON_FAILURE" in exim.log()
    gate.stop()
    assert exim.smtp(MAIL)[0] == 451


@exim_with(keep_environment="*")
def test_a_caller_cannot_set_the_modules_environment(exim, gate):
    gate.stop()
    os.environ["MAMORI_ON_FAILURE"] = "accept"
    try:
        exim.sendmail("Subject: x\n\nbody\n")
    finally:
        del os.environ["MAMORI_ON_FAILURE"]
    assert len(exim.queue()) == 1
    assert not exim.mails()
