"""Rules of the service and filters of the mailbox (preset mwb, Sieve)."""
import os
import shutil

from mails import ALICE, BOB, OUTSIDER
from requirement_fixtures import (marks, only, preset_rig,  # noqa: F401
                                  prig)
from riglib import samples
from riglib.client import parse, text_of

PRESET = "mwb"
# Only the delivery agent has this plugin.
OPTIONS = ("dovecot.protocol lmtp {\n  mail_plugins=sieve\n}",)
FILTER = """require ["fileinto", "mailbox"];
if header :contains "Subject" "invoice" {
    fileinto :create "Bills";
}
"""


def test_B12_both_the_rules_and_the_mailbox_s_filters(prig):
    home = os.path.join(os.path.dirname(prig.state_dir), "home", ALICE)
    path = os.path.join(home, ".dovecot.sieve")
    with open(path, "w", encoding="ascii") as file:
        file.write(FILTER)
    shutil.chown(path, os.stat(home).st_uid, os.stat(home).st_gid)
    data = samples.mail(OUTSIDER, [ALICE, BOB], subject="invoice",
                        attachment=samples.encrypted_zip(b"bill"), name="bill.zip")
    prig.send(data, OUTSIDER, [ALICE, BOB])
    prig.settle()
    # The filter has moved it, the rule has stamped it.
    bills = os.path.join(home, "Maildir", ".Bills", "new")
    names = os.listdir(bills)
    assert len(names) == 1
    with open(os.path.join(bills, names[0]), "rb") as file:
        moved = parse(file.read())
    assert prig.mails(ALICE) == []
    for mail in (moved, only(prig, BOB)):
        assert marks(mail)["rules"] == "encrypted"
        assert "The attachment named bill.zip could not be scanned" in \
            text_of(mail)
