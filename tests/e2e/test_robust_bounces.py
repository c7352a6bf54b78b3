"""Exim's own bounces: their text is foreign and is scanned, but a bounce is
never refused."""
import subprocess

from mails import ALICE
from riglib import samples
from riglib.client import text_of

NO_RECIPIENTS = b"Subject: your invoice\n\n"


def provoke(rig, text):
    """Exim mails the whole text to the sender that it was told. Everybody's
    uid may name one where untrusted_set_sender is "*", as Debian has it."""
    subprocess.run([rig.exim, "-f", ALICE, "-t"], check=False, timeout=60,
                   input=NO_RECIPIENTS + text, capture_output=True)


def test_a_virus_does_not_travel_in_a_bounce(rig):
    provoke(rig, samples.eicar() + b"\n")
    rows = rig.ctl_json("quarantine", "list")
    assert [(row["recipient"], row["sender"], row["direction"])
            for row in rows] == [(ALICE, "", "inbound")]
    rig.settle()
    # Whoever gets it is told, as for any mail from somebody else.
    warning, = rig.mails(ALICE)
    assert b"Auto-Submitted" in warning and samples.eicar() not in warning


def test_a_clean_bounce_passes(rig):
    provoke(rig, b"nothing special\n")
    mail = rig.wait_mail(ALICE, what="a bounce")
    assert "nothing special" in text_of(mail)
    assert mail["Return-Path"] == "<>"
    assert mail["X-Mamori-Result"].startswith("clean; ")
