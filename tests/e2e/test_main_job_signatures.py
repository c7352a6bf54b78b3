"""New signatures, without a pause, and broken ones, without harm."""
import os

import pytest
from mails import ALICE, OUTSIDER, wait_notice
from riglib import samples
from riglib.client import wait_for
from riglib.daemon import serving


def put(rig, name, text):
    """As freshclam does: a new file renamed into place."""
    path = os.path.join(rig.signatures, name)
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def generation(rig):
    return serving(rig.ctl_json("status"))["generation"]


@pytest.mark.parametrize("how", ["watched", "reload"])
def test_new_signatures_hit(make_rig, how):
    rig = make_rig("mamori.signatures.settle=" +
                   ("0s" if how == "watched" else "1h"))
    data = samples.mail(OUTSIDER, ALICE, attachment=samples.OTHER_MARK)
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    rig.wait_mail(ALICE)
    before = generation(rig)
    put(rig, "new.ndb", samples.signature(samples.OTHER_VIRUS,
                                          samples.OTHER_MARK))
    if how == "reload":
        rig.ctl("reload")
    wait_for(lambda: generation(rig) > before, "a new generation")
    data = samples.mail(ALICE, OUTSIDER, attachment=samples.OTHER_MARK)
    reply = rig.send(data, ALICE, OUTSIDER, port="submission", auth=ALICE)
    assert reply.code == 550 and samples.OTHER_VIRUS in reply.text


@pytest.mark.parametrize("broken", ["unreadable", "toothless"])
def test_a_broken_database_is_refused_and_the_old_one_goes_on(make_rig,
                                                              broken):
    rig = make_rig("mamori.signatures.settle=1h")
    before = generation(rig)
    if broken == "unreadable":
        put(rig, "broken.ndb", "this:is no signature\n")
    else:       # loads, but does not find the canary
        put(rig, "rig.ndb", samples.signature(samples.OTHER_VIRUS,
                                              samples.OTHER_MARK))
    rig.ctl("reload", check=False)
    wait_for(lambda: rig.events(level="error") or rig.events(level="warn"),
             "a complaint in the log")
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_notice(rig, ALICE)
    assert generation(rig) == before


def test_mail_flows_while_signatures_are_loaded_again(make_rig):
    rig = make_rig()
    before = generation(rig)
    sent = 0
    for round_number in range(3):
        put(rig, "more.ndb", samples.signature(
            f"More-{round_number}", b"never seen %d times" % round_number))
        rig.ctl("reload")
        for _ in range(5):
            reply = rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE)
            assert reply.code == 250, reply
            sent += 1
        wait_for(lambda: generation(rig) > before, "a new generation")
        before = generation(rig)
    rig.settle()
    mails = rig.mails(ALICE)
    assert len(mails) == sent
    assert all(b"\nX-Mamori-Result: clean; " in
               data.replace(b"\r\n", b"\n") for data in mails)
