"""Who sends too much is held, and the operator told."""
import json
import os

import pytest
from mails import ALICE, BOB, FRIEND, OUTSIDER, is_notice, notices
from riglib import samples, settings
from riglib.client import text_of, wait_for
from settings_fixtures import import_settings

LIMITS = ("mamori.abuse.messages=5", "mamori.abuse.recipients=12",
          "mamori.abuse.invalid=3", "mamori.abuse.viruses=2",
          "mamori.abuse.bulk=8")
ACCOUNTS = """version: 2
domains:
  example.test:
    settings: {}
    accounts: {alice: {}, bob: {}, web: {}}
"""


@pytest.fixture(scope="module")
def limited_rig():
    from conftest import start
    rig = start(*LIMITS)
    yield rig
    rig.stop()


@pytest.fixture
def limited(limited_rig):
    rig = limited_rig
    rig.settle()
    # What was sent before is counted before it is forgiven.
    told = [line["id"] for line in rig.events(event="verdict")
            if line["direction"] != "own"]
    if told:
        wait_for(lambda: rig.ctl("why", told[-1],
                                 check=False).returncode == 0, told[-1])
    rig.empty()
    rig.empty_quarantine()
    for name in os.listdir(rig.sink):
        os.unlink(os.path.join(rig.sink, name))
    import_settings(rig, ACCOUNTS)
    for who in (ALICE, BOB, settings.OWNER):
        rig.ctl("account", "unhold", who)
    return rig


def submit(rig, to=FRIEND, sender=ALICE, data=None, **kwargs):
    data = data or samples.mail(sender, to, text=f"{object()}\n", **kwargs)
    return rig.send(data, sender, to, port="submission", auth=sender)


def held(rig, who=ALICE):
    return rig.ctl_json("account", "show", who)["settings"][
        "sending_hold"]["value"] in (True, "yes")


def figures(rig, who=ALICE):
    for row in rig.ctl_json("abuse", "--limit", "1000")["senders"]:
        if row["sender"] == who:
            return row
    return None


def wait_held(rig, who=ALICE):
    wait_for(lambda: held(rig, who), f"a hold of {who}")


def test_too_many_mails(limited):
    rig = limited
    for number in range(6):
        assert submit(rig).code == 250, number
    wait_held(rig)
    reply = submit(rig)
    assert reply.code == 451
    assert "messages: 6 in 3600 s, limit 5" in reply.text
    assert "operator" in reply.text and ALICE in reply.text
    assert rig.wait_event(event="abuse-hold", sender=ALICE)["held"] == "yes"
    # Others, and mail to the account, go on.
    assert submit(rig, sender=BOB).code == 250
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    rig.wait_mail(ALICE)
    row = figures(rig)
    assert row["messages"] == 6 and row["held"]
    # What is put off counts no more.
    submit(rig)
    assert figures(rig)["messages"] == 6

    def last():
        return rig.ctl_json("history", "list", "--account", ALICE,
                            "--limit", "1")[0]

    wait_for(lambda: last().get("reason") == "held", "its history")
    assert last()["action"] == "defer"
    assert last()["recipients"][0]["outcome"] == "defer"

    rig.ctl("account", "unhold", ALICE)
    assert submit(rig).code == 250
    assert not held(rig)


@pytest.mark.parametrize("kind,mails", [
    ("recipients", [[f"r{n}-{m}@far.example" for n in range(7)]
                    for m in range(2)]),
    ("viruses", ["virus"] * 3),
])
def test_other_limits(limited, kind, mails):
    rig = limited
    for to in mails:
        if to == "virus":
            assert submit(rig, data=samples.infected(ALICE, FRIEND)
                          ).code == 550
        else:
            assert submit(rig, to).code == 250
    wait_held(rig)
    assert f"({kind}: " in submit(rig).text


def test_own_bounces_count(limited):
    rig = limited
    for number in range(4):
        assert submit(rig, f"nobody{number}@example.test").code == 250
    wait_held(rig)
    assert "(invalid: 4 in " in submit(rig).text


def test_bounces_of_forged_mail_do_not_count(limited):
    rig = limited
    for number in range(4):
        to = f"nobody{number}@example.test"
        assert rig.send(samples.mail(ALICE, to), ALICE, to,
                        port="submission", auth=BOB).code == 250
    wait_for(lambda: len(rig.mails(ALICE)) == 4, "the bounces")
    # Of five bounces one can be of the account's only mail.
    assert submit(rig, "nobody@example.test").code == 250
    wait_for(lambda: figures(rig) and figures(rig)["invalid"] == 1,
             "the account's own mail")
    assert not held(rig)


def test_recipients_that_were_refused(limited):
    rig = limited
    for _ in range(2):
        with rig.smtp(port="submission", auth=ALICE) as client:
            client.mail(ALICE)
            for _ in range(2):
                code, _ = client.docmd("RCPT", "TO:<nobody@>")
                assert code == 501, code
            assert client.rcpt(FRIEND)[0] == 250
            assert client.data(samples.mail(ALICE, FRIEND))[0] == 250
    wait_held(rig)
    assert "(invalid: 4 in " in submit(rig).text


def test_the_same_mail_to_many(limited):
    rig = limited
    for number in range(3):
        to = [f"r{n}-{number}@far.example" for n in range(3)]
        data = samples.mail(ALICE, FRIEND, text="買ってください\n")
        assert submit(rig, to, data=data).code == 250
    wait_held(rig)
    assert "(bulk: 9 in " in submit(rig).text


def test_the_operator_is_told_once(limited):
    rig = limited
    for _ in range(6):
        submit(rig)
    wait_held(rig)
    for _ in range(3):
        assert submit(rig).code == 451
    mail = rig.wait_mail(settings.OPERATOR, is_notice, "a notice")
    text = text_of(mail)
    assert ALICE in mail["Subject"] and "messages: 6 in" in text
    assert "messages: 6 (limit 5)" in text
    assert f"mamorictl account unhold {ALICE}" in text
    rig.settle()
    assert len(notices(rig, settings.OPERATOR)) == 1


def test_a_restart_forgets_nothing(make_rig):
    rig = make_rig(*LIMITS)
    import_settings(rig, ACCOUNTS)
    for _ in range(4):
        assert submit(rig).code == 250
    wait_for(lambda: figures(rig), "figures")
    rig.restart("mamorid")
    assert figures(rig)["messages"] == 4
    for _ in range(2):
        assert submit(rig).code == 250
    wait_held(rig)
    rig.restart("mamorid")
    assert submit(rig).code == 451
    # A hold that was ended does not come back by the history.
    rig.ctl("account", "unhold", ALICE)
    rig.restart("mamorid")
    assert submit(rig).code == 250
    wait_for(lambda: (figures(rig) or {}).get("messages") == 1,
             "only what came after")
    assert not held(rig)


def script(rig):
    return rig.web_script(samples.mail(settings.OWNER, FRIEND,
                                       text=f"{object()}\n"))


def test_a_script_waits_in_quarantine(limited):
    rig = limited
    owner = settings.OWNER
    rig.ctl("account", "hold", owner, "unpaid")
    script(rig)
    rows = wait_for(lambda: rig.ctl_json("quarantine", "list", "--reason",
                                         "held"), "a quarantined mail")
    assert [row["recipient"] for row in rows] == [FRIEND]
    assert not rig.sunk()
    text = rig.ctl("account", "unhold", owner).stdout
    assert "1 mails are in quarantine" in text
    rig.ctl("account", "unhold", owner, "--release")
    wait_for(rig.sunk, "the mail that was kept")
    assert script(rig).returncode == 0
    wait_for(lambda: len(rig.sunk()) == 2, "the next mail")


def test_a_login_is_held_by_its_name(limited):
    rig = limited
    rig.ctl("login", "hold", ALICE, "by hand", "--until", "1h")
    reply = submit(rig)
    assert reply.code == 451 and "(by hand)" in reply.text
    rig.ctl("login", "unhold", ALICE)
    assert submit(rig).code == 250


def test_the_figures(limited):
    rig = limited
    assert submit(rig, [FRIEND, BOB]).code == 250
    wait_for(lambda: figures(rig), "figures")
    row = figures(rig)
    assert (row["messages"], row["recipients"], row["bulk"]) == (1, 2, 2)
    limits = rig.ctl_json("abuse")["limits"]
    assert limits["messages"] == 5 and limits["window"] == 3600
    assert ALICE in rig.ctl("abuse").stdout
    assert json.dumps(limits)
