"""The verdict's changes: headers, recipients, body."""
import pytest

from gate_double import (accept, add_header, delete_header, remove_recipient,
                         set_header)
from module_fixtures import exim, exim_with, gate      # noqa: F401
from private_exim import body_of, parse

MAIL = ("From: s@out.test\r\nSubject: old\r\n and folded\r\nX-One: 1\r\n"
        "\r\nold body\r\n")


def test_headers_are_added_changed_and_deleted(exim, gate):
    gate.answer = lambda req: accept([
        add_header("X-Mamori-Result: clean; id=1\n"),
        set_header(req.header_index("Subject"), "Subject: [SPAM?]\n new\n"),
        delete_header(req.header_index("X-One")),
        add_header("X-Folded: a\n\tb\n"),
    ])
    assert exim.smtp(MAIL)[0] == 250
    mail = exim.wait_mail()
    names = [line.split(b":")[0] for line in mail.split(b"\n\n")[0].split(b"\n")
             if not line.startswith((b" ", b"\t"))]
    assert names == [b"Return-path", b"Envelope-to", b"X-Folded",
                     b"X-Mamori-Result", b"Received", b"From", b"Subject"]
    assert b"Subject: [SPAM?]\n new\n" in mail
    assert body_of(mail) == b"old body\n"


@pytest.mark.parametrize("edits", [
    lambda req: [set_header(req.header_index("Received"), "Received: x\n")],
    lambda req: [delete_header(req.header_index("Received"))],
    lambda req: [delete_header(len(req.headers))],
    lambda req: [set_header(len(req.headers), "A: b\n")],
    lambda req: [add_header("no newline: x")],
    lambda req: [add_header("A: b\nB: c\n")],
    lambda req: [add_header("no colon\n")],
    lambda req: [add_header("A: " + "x" * 32000 + "\n")],
    lambda req: [add_header("A: b\r\n")],
    lambda req: [add_header("\n")],
], ids=["received-set", "received-deleted", "index", "index-set",
        "no-newline", "two", "no-colon", "long", "cr", "empty"])
def test_an_impossible_edit_is_no_verdict(exim, gate, edits):
    gate.answer = lambda req: accept(
        [remove_recipient("a@local.test"), *edits(req)], body=b"new\n")
    code, text = exim.smtp(MAIL)
    assert code == 451 and text.startswith("4.7.1 ")
    assert "reason=protocol-error" in exim.log()
    assert not exim.mails() and not exim.queue()


def test_a_long_header_fits(exim, gate):
    gate.answer = accept([add_header("A: " + "x" * 31990 + "\n")])
    assert exim.smtp(MAIL)[0] == 250
    assert len(parse(exim.wait_mail())["A"]) == 31990


def test_recipients_are_removed_exactly(exim, gate):
    gate.answer = accept([remove_recipient("B@local.test"),
                          remove_recipient("unknown@local.test")])
    exim.smtp(MAIL, rcpts=("a@local.test", "B@local.test", "c@local.test",
                           "B@local.test"))
    mail = exim.wait_mail()
    assert parse(mail)["Envelope-to"] == "a@local.test,\n c@local.test"
    exim.wait_idle()
    assert len(exim.mails()) == 1


def test_no_recipient_left_is_a_discard(exim, gate):
    gate.answer = accept([remove_recipient("a@local.test")])
    assert exim.smtp(MAIL)[0] == 250
    exim.wait_idle()
    assert not exim.mails()


def test_a_thousand_recipients_half_removed(exim, gate):
    rcpts = [f"u{i}@local.test" for i in range(1000)]
    gate.answer = accept([remove_recipient(r) for r in rcpts[::2]])
    assert exim.smtp(MAIL, rcpts=rcpts)[0] == 250
    assert gate.wait_requests(1).recipients == rcpts
    got = parse(exim.wait_mail())["Envelope-to"].replace("\n", "").split(", ")
    assert sorted(got) == sorted(rcpts[1::2])


BODIES = {
    "same": b"old body\n",
    "shorter": b"x\n",
    "longer": b"line\n" * 50000,
    "empty": b"",
    "no final newline": b"a\nb",
    "a dot alone": b"a\n.\nb\n.\n",
    "a dot without newline": b"a\n.",
    "binary": bytes(range(1, 10)) + b"\0\0\xff\xfe\n",
    "chunk edge": b"x" * 16383 + b"\n" + b"y" * 16385,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_the_body_is_replaced(exim, gate, body):
    """Into a maildir and over SMTP, where a missing newline would hang."""
    want = body if body.endswith(b"\n") or not body else body + b"\n"
    gate.answer = accept([add_header("X-New: yes\n")], body=body)
    assert exim.smtp(MAIL, rcpts=("a@local.test", "b@far.test"))[0] == 250
    mail = exim.wait_mail()
    sent = exim.wait_sink()[0][1].replace(b"\r\n", b"\n")
    assert body_of(mail) == want
    assert body_of(sent).replace(b"\n..", b"\n.") == want
    assert parse(mail)["X-New"] == "yes"
    exim.wait_idle()


def test_the_new_body_has_the_right_counts_and_size(exim, gate):
    gate.answer = accept(body=b"a\0\0\nb\n" * 10)
    exim.smtp(MAIL, rcpts=("a@far.test",))
    exim.wait_sink()
    exim.wait_log("Completed")
    gate.answer = accept(body=b"a\0\0\nb\n" * 10)
    exim.stop_deliveries()
    exim.smtp(MAIL)
    header = exim.spooled("H")[0]
    assert b"-body_linecount 20\n" in header
    assert b"-body_zerocount 20\n" in header
    assert exim.spooled("D")[0].split(b"-D\n", 1)[1] == b"a\0\0\nb\n" * 10


def test_the_body_is_kept_without_a_new_one(exim, gate):
    big = "0123456789abcdef" * 4 + "\r\n"
    mail = "Subject: big\r\n\r\n" + big * 60000
    gate.answer = accept([add_header("X-New: yes\n")])
    assert exim.smtp(mail)[0] == 250
    assert body_of(exim.wait_mail()) == (big * 60000).replace(
        "\r\n", "\n").encode()


@exim_with(extra="spool_wireformat = true")
def test_the_wire_format_is_told_and_kept(exim, gate):
    gate.answer = accept(body=b"new\nlines\r\nlast")
    exim.stop_deliveries()
    assert b"250" in exim.chunking(b"Subject: x\r\n\r\nbare\nmore\r\n")
    req = gate.wait_requests(1)
    assert req.flags & 8
    assert req.body == b"bare\nmore\r\n"
    assert exim.spooled("D")[0].split(b"-D\n", 1)[1] == \
        b"new\r\nlines\r\nlast\r\n"
    assert b"-spool_file_wireformat\n" in exim.spooled("H")[0]


def test_line_ends_of_an_ordinary_spool_are_plain(exim, gate):
    exim.smtp("Subject: x\r\n\r\nbody\r\n")
    assert not gate.wait_requests(1).flags & 8
