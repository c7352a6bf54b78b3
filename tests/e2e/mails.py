"""What the tests of the main job have in common."""
from riglib import samples
from riglib.client import parse, text_of

ALICE, BOB = "alice@example.test", "bob@example.test"
CAROL, DAVE = "carol@example.org", "dave@example.org"
OUTSIDER = "yamada@sender.example"
FRIEND = "friend@far.example"


def is_notice(mail):
    return mail["Auto-Submitted"] is not None


def wait_notice(rig, account):
    """The warning in a mailbox, which names the virus and nobody answers."""
    mail = rig.wait_mail(account, is_notice, "a warning")
    assert samples.VIRUS in text_of(mail)
    assert mail["Return-Path"] == "<>"
    return mail


def notices(rig, account):
    """All warnings in a mailbox."""
    return [mail for mail in map(parse, rig.mails(account))
            if is_notice(mail)]


def result(mail):
    return mail["X-Mamori-Result"] or ""


def lf(data):
    return data.replace(b"\r\n", b"\n")
