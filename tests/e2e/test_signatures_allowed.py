"""A false alarm of the signatures is taken back at once, and only that."""
import pytest
from mails import ALICE, BOB, OUTSIDER
from riglib import samples
from riglib.client import wait_for
from settings_fixtures import PANEL, ctl_as
from test_main_job_signatures import generation, put

OTHER = samples.OTHER_MARK


@pytest.fixture
def two(make_rig):
    """A rig with two signatures, of which the first is a false alarm."""
    rig = make_rig()
    before = generation(rig)
    put(rig, "new.ndb", samples.signature(samples.OTHER_VIRUS, OTHER))
    wait_for(lambda: generation(rig) > before, "both signatures")
    return rig


def verdict(rig, content, to=ALICE):
    rig.empty()
    mail = samples.mail(OUTSIDER, to, attachment=content, name="tool.bin")
    assert rig.send(mail, OUTSIDER, to).code == 250
    rig.settle()
    return "delivered" if any(b"tool.bin" in raw for raw in rig.mails(to)) \
        else "stopped"


def test_an_allowed_name_does_not_count_and_a_second_virus_does(two):
    both = samples.eicar() + b"\n" + OTHER
    assert verdict(two, samples.eicar()) == "stopped"
    two.ctl("signature", "allow", samples.VIRUS)
    assert two.ctl_json("signature", "list") == [samples.VIRUS]
    assert verdict(two, samples.eicar()) == "delivered"
    assert verdict(two, OTHER) == "stopped"
    assert verdict(two, both) == "stopped"
    # What was stopped before can be released now.
    row, = [row for row in two.ctl_json("quarantine", "list")
            if samples.OTHER_VIRUS not in str(row)]
    two.empty()
    two.ctl("quarantine", "release", str(row["id"]))
    two.wait_mail(ALICE, lambda mail: b"tool.bin" in mail.as_bytes(),
                  "the released mail")
    two.ctl("signature", "deny", samples.VIRUS)
    assert two.ctl_json("signature", "list") == []
    assert verdict(two, samples.eicar(), BOB) == "stopped"


def test_only_root_may(two):
    done = ctl_as(two, PANEL, "signature", "allow", samples.VIRUS)
    assert done.returncode != 0
    assert verdict(two, samples.eicar()) == "stopped"
