"""A false alarm of the signatures is taken back at once, and only that."""
import email
import email.policy
import os
import pty

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


def test_what_a_false_alarm_stopped_is_released(two):
    for content in (samples.eicar(), samples.eicar() + b"\n" + OTHER, OTHER):
        assert verdict(two, content) == "stopped"
    first, both, other = sorted(
        row["id"] for row in two.ctl_json("quarantine", "list"))
    two.empty()
    # Without a terminal they are listed, and nothing is done.
    done = two.ctl("signature", "allow", samples.VIRUS)
    assert "--yes" in done.stdout and samples.OTHER_VIRUS not in done.stdout
    rows = two.ctl_json("signature", "allow", samples.VIRUS, "--no-release")
    assert [row["id"] for row in rows] == [first]
    assert len(two.ctl_json("quarantine", "list")) == 3
    done = two.ctl("signature", "allow", samples.VIRUS, "--yes")
    assert f"{first}: queued for release" in done.stdout
    two.wait_mail(ALICE, lambda mail: b"tool.bin" in mail.as_bytes(),
                  "the released mail")
    two.settle()
    assert sorted(row["id"] for row in two.ctl_json("quarantine", "list")) \
        == [both, other]
    assert "nothing in quarantine" in two.ctl(
        "signature", "allow", samples.VIRUS, "--yes").stdout
    # The new scan has the last word, whoever releases.
    two.empty()
    two.ctl("quarantine", "release", str(both))
    wait_for(lambda: two.events(
        event="outbox-refused"), "the refusal")
    two.settle()
    assert not two.mails(ALICE)


def on_a_terminal(rig, answer, *args):
    """What mamorictl says to somebody who types an answer."""
    said, typed = b"", False
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(rig.mamorictl, [rig.mamorictl, *args])
    while True:
        try:
            chunk = os.read(fd, 4096)
        except OSError:         # the other end is closed
            break
        said += chunk
        if not typed and b"[y/N]" in said:
            os.write(fd, answer)
            typed = True
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return said.decode()


def test_somebody_at_a_terminal_is_asked(two):
    assert verdict(two, samples.eicar()) == "stopped"
    two.empty()
    command = ("signature", "allow", samples.VIRUS)
    assert "queued" not in on_a_terminal(two, b"\n", *command)
    assert len(two.ctl_json("quarantine", "list")) == 1
    assert "queued for release" in on_a_terminal(two, b"y\n", *command)
    two.wait_mail(ALICE, lambda mail: b"tool.bin" in mail.as_bytes(),
                  "the released mail")


def test_an_allowed_part_stays_where_another_is_removed(two):
    raw = samples.mail(OUTSIDER, ALICE, attachment=samples.eicar(),
                       name="tool.bin")
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    mail.add_attachment(OTHER, maintype="application",
                        subtype="octet-stream", filename="bad.bin")
    two.ctl("server", "set", "preset=standard")
    two.ctl("signature", "allow", samples.VIRUS)
    two.empty()
    assert two.send(mail.as_bytes(), OUTSIDER, ALICE).code == 250
    got = two.wait_mail(ALICE, lambda got: got["Auto-Submitted"] is None,
                        "the rest of the mail")
    assert [part.get_filename() for part in got.iter_attachments()
            ][0] == "tool.bin"
    assert OTHER not in b"".join(
        part.get_payload(decode=True) or b"" for part in got.walk())


def test_only_root_may(two):
    done = ctl_as(two, PANEL, "signature", "allow", samples.VIRUS)
    assert done.returncode != 0
    assert verdict(two, samples.eicar()) == "stopped"
