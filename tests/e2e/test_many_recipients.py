"""A mail with hundreds of recipients: Exim always answers."""
import re

import pytest
from conftest import start
from mails import ALICE
from riglib import samples

SENDER = "yamada@sender.example"
RECIPIENTS = [f"alice+{n:04}@example.test" for n in range(400)]
INFECTED = samples.infected(SENDER, [ALICE])


@pytest.mark.parametrize("preset", ["standard", "smartconnect"])
def test_exim_answers_whatever_the_length_of_its_log_line(preset):
    """Exim 4.96 with received_recipients in log_selector dies where a
    recipient ends in the last byte of its log line's buffer. No length of a
    line does that here, changed headers and body and dropped recipients
    included: one of these lengths would hit it."""
    rig = start("queue_run=0", "exim.queue_only=true", preset=preset)
    try:
        for length in range(1, len(RECIPIENTS[0]) + 2):
            data, count = re.subn(rb"(?im)^message-id:.*?(?=\r?\n)",
                                  b"Message-ID: <%s@b.example>"
                                  % (b"i" * length), INFECTED)
            assert count == 1
            assert rig.send(data, SENDER, RECIPIENTS).code == 250, length
    finally:
        rig.stop()
