"""One line an event, one trace id from the module to the courier."""
import re

from mails import ALICE, BOB, OUTSIDER, wait_notice
from riglib import samples
from riglib.client import wait_for

EXIM_ID = re.compile(r"id=([0-9A-Za-z]+-[0-9A-Za-z]+-[0-9A-Za-z]+)")
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "
                  r"level=(error|warn|info|debug) event=[a-z-]+ "
                  r"role=[a-z]+ pid=\d+( .*)?$")


def test_the_trace_id_is_exims_message_id(make_rig):
    rig = make_rig("mamori.log.level=debug")
    reply = rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER, ALICE)
    trace = EXIM_ID.search(reply.text).group(1)
    wait_notice(rig, ALICE)
    rig.settle()
    wait_for(lambda: {line.get("role") for line in rig.events(id=trace)} >=
             {"gate", "inspector", "keeper", "courier"},
             lambda: f"lines of all roles, not {rig.events(id=trace)}")
    verdict, = rig.events(id=trace, event="verdict")
    assert verdict["verdict"] == "infected"
    assert samples.VIRUS in verdict["virus"]
    assert trace in rig.exim_log()
    # The module says so in Exim's own log.
    assert re.search(rf"{trace} .*verdict=infected", rig.exim_log())


def test_every_line_is_one_event(make_rig):
    rig = make_rig("mamori.log.level=debug")
    data = samples.infected(OUTSIDER, ALICE,
                            name="evil event=verdict.com")
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    assert rig.send(samples.mail(OUTSIDER, BOB), OUTSIDER, BOB).code == 250
    rig.settle()
    with open(rig.log, encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert lines
    for line in lines:
        assert LINE.match(line), line


def test_no_bodies_or_passwords_in_the_logs(rig):
    secret = "a-secret-sentence-of-the-body"
    assert rig.send(samples.infected(ALICE, BOB, text=secret + "\n"), ALICE,
                    BOB, port="submission", auth=ALICE).code == 550
    wait_notice(rig, ALICE)
    rig.settle()
    with open(rig.log, encoding="utf-8") as file:
        text = file.read()
    assert secret not in text and rig.passwords[ALICE] not in text
    assert samples.eicar().decode() not in text
