"""mamorictl why and history list: the story of a mail."""
import json
import os
import re
import time

from mails import ALICE, BOB, CAROL, FRIEND, OUTSIDER, wait_notice
from riglib import samples
from riglib.client import wait_for
from settings_fixtures import (CONSOLE, CUSTOMER, PANEL, STRANGER, ctl_as,
                               import_settings)
# pylint: disable=unused-import
from settings_fixtures import settings_rig, srig  # noqa: F401


def message_id(data):
    return re.search(rb"Message-ID: <(.*?)>", data).group(1).decode()


def look(rig, what, *args):
    """The mails of an answer, once it is known: rows go without waiting."""
    def ask():
        done = rig.ctl("why", what, "--json", *args, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    return wait_for(ask, f"the story of {what}")


def story(rig, data, want=lambda mail: True):
    def ask():
        mails = look(rig, message_id(data))
        return mails[0] if len(mails) == 1 and want(mails[0]) else None

    return wait_for(ask, "the story as it is wanted")


def listed(rig, *args):
    return [mail["message_id"]
            for mail in rig.ctl_json("history", "list", *args)]


def kinds(mail):
    return [event["event"] for event in mail["events"]]


def test_a_clean_mail_from_its_arrival_to_its_delivery(rig):
    data = samples.mail(OUTSIDER, ALICE, subject="12345")
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    rig.wait_mail(ALICE)
    mail = story(rig, data, lambda mail: any(
        line["line"] == "Completed" for line in mail["deliveries"]))
    assert mail["verdict"] == "clean"
    assert mail["direction"] == "inbound"
    assert mail["sender"] == OUTSIDER
    assert mail["subject"] == "12345"
    assert mail["message_id"] == message_id(data)
    assert mail["host"] and mail["helo"] == "client.example"
    assert abs(mail["time"] - time.time()) < 600
    assert [(one["recipient"], one["outcome"], one["copy"])
            for one in mail["recipients"]] == [(ALICE, "deliver", False)]
    assert mail["findings"] == [] and mail["events"] == []
    lines = [line["line"] for line in mail["deliveries"]]
    assert any(line.startswith("<= ") for line in lines), lines
    # The same by the trace, with and without the angles, and for people.
    assert look(rig, mail["trace"]) == look(rig, f"<{message_id(data)}>")
    text = rig.ctl("why", mail["trace"]).stdout
    order = [text.index(part) for part in
             (mail["trace"], "received, inbound", "checked: clean",
              f"for {ALICE}: deliver", "=> ", "Completed")]
    assert order == sorted(order)


def test_an_infected_mail_and_what_came_of_it(rig):
    data = samples.infected(OUTSIDER, [ALICE, CAROL])
    assert rig.send(data, OUTSIDER, [ALICE, CAROL]).code == 250
    wait_notice(rig, ALICE)
    wait_notice(rig, CAROL)
    mail = story(rig, data,
                 lambda mail: kinds(mail).count("notice-sent") == 2)
    assert mail["verdict"] == "infected" and mail["reason"] == "virus"
    assert mail["subject"] == "請求書の件"
    assert any(one["kind"] == "virus" and one["name"] == "invoice.com" and
               samples.VIRUS in one["detail"] for one in mail["findings"])
    rows = {row["recipient"]: row["id"]
            for row in rig.ctl_json("quarantine", "list")}
    assert {one["recipient"]: one["quarantine"]
            for one in mail["recipients"]} == rows
    assert {event["who"] for event in mail["events"]} == {ALICE, CAROL}

    rig.ctl("quarantine", "delete", str(rows[CAROL]))
    rig.ctl("quarantine", "release", str(rows[ALICE]))
    mail = story(rig, data,
                 lambda mail: "release-refused" in kinds(mail))
    assert "release-queued" in kinds(mail)
    gone = [event for event in mail["events"]
            if event["event"] == "quarantine-removed"]
    assert [(event["who"], event["text"]) for event in gone] == \
        [(CAROL, "deleted")]
    text = rig.ctl("why", message_id(data)).stdout
    assert "found: virus" in text and f"notice-sent {ALICE}" in text
    assert f"in quarantine with id {rows[ALICE]}" in text
    assert "put into quarantine (no longer there)" in text


def test_what_never_was_is_an_error(rig):
    done = rig.ctl("why", "no-such-mail@nowhere.example", check=False)
    assert done.returncode == 3 and "no mail with this id" in done.stderr
    assert rig.ctl("why", "' OR '1'='1", check=False).returncode == 3


def test_the_list_is_filtered(rig):
    since = f"@{int(time.time()) - 1}"
    mails = {
        "clean": (samples.mail(OUTSIDER, ALICE), OUTSIDER, ALICE, {}),
        "virus": (samples.infected(FRIEND, CAROL), FRIEND, CAROL, {}),
        "sent": (samples.mail(BOB, FRIEND), BOB, FRIEND,
                 {"port": "submission", "auth": BOB}),
    }
    ids = {}
    for name, (data, sender, to, session) in mails.items():
        rig.send(data, sender, to, **session)
        ids[name] = message_id(data)
        story(rig, data)

    def found(*args):
        have = listed(rig, "--since", since, *args)
        return [name for name in mails if ids[name] in have]

    assert found() == ["clean", "virus", "sent"]
    assert found("--recipient", ALICE.upper()) == ["clean"]
    assert found("--recipient", "@example.org") == ["virus"]
    assert found("--recipient", FRIEND) == ["sent"]
    assert found("--sender", FRIEND) == ["virus"]
    assert found("--sender", BOB) == ["sent"]
    assert found("--account", BOB) == ["sent"]
    assert found("--domain", "example.org") == ["virus"]
    assert found("--domain", "example.test") == ["clean", "sent"]
    assert found("--verdict", "infected") == ["virus"]
    assert found("--until", since) == []
    assert len(listed(rig, "--since", since, "--limit", "2")) == 2
    # The newest first.
    assert listed(rig, "--limit", "1") == [ids["sent"]]
    text = rig.ctl("history", "list", "--limit", "1").stdout
    assert "clean" in text and f"deliver <{FRIEND}>" in text


DOMAINS = f"""version: 2
logins:
  {CUSTOMER}:
    domains: [example.org]
domains:
  example.test:
    settings: {{}}
    accounts:
      alice: {{}}
      bob: {{}}
  example.org:
    settings: {{}}
    accounts:
      carol: {{}}
"""


def why_as(rig, user, data, *args):
    done = ctl_as(rig, user, "why", message_id(data), "--json", *args)
    return json.loads(done.stdout)[0] if done.returncode == 0 else None


def test_who_may_see_what(srig):  # noqa: F811
    rig = srig
    import_settings(rig, DOMAINS)
    both = samples.infected(OUTSIDER, [ALICE, CAROL])
    other = samples.mail(OUTSIDER, ALICE)
    assert rig.send(both, OUTSIDER, [ALICE, CAROL]).code == 250
    assert rig.send(other, OUTSIDER, ALICE).code == 250
    story(rig, other)
    rig.settle()
    assert why_as(rig, PANEL, other)
    assert why_as(rig, STRANGER, other) is None
    # A domain's administrator names it, and sees nothing of others.
    assert why_as(rig, CUSTOMER, both) is None
    assert why_as(rig, CUSTOMER, both, "--domain", "example.test") is None
    assert why_as(rig, CUSTOMER, other, "--domain", "example.org") is None
    mail = why_as(rig, CUSTOMER, both, "--domain", "example.org")
    assert [one["recipient"] for one in mail["recipients"]] == [CAROL]
    assert {event["who"] for event in mail["events"]} == {CAROL}
    assert ALICE not in json.dumps(mail)
    done = ctl_as(rig, CUSTOMER, "history", "list", "--json", "--domain",
                  "example.org")
    assert [row["message_id"] for row in json.loads(done.stdout)] == \
        [message_id(both)]
    assert ctl_as(rig, CUSTOMER, "history", "list").returncode == 3
    assert ctl_as(rig, CONSOLE, "history", "list", "--account",
                  ALICE).returncode == 3


def test_the_next_owner_inherits_nothing(srig):  # noqa: F811
    rig = srig
    import_settings(rig, DOMAINS)
    mine = samples.mail(OUTSIDER, ALICE)
    shared = samples.infected(OUTSIDER, [ALICE, CAROL])
    sent = samples.mail(ALICE, FRIEND)
    assert rig.send(mine, OUTSIDER, ALICE).code == 250
    assert rig.send(shared, OUTSIDER, [ALICE, CAROL]).code == 250
    assert rig.send(sent, ALICE, FRIEND, port="submission",
                    auth=ALICE).code == 250
    story(rig, sent)
    rig.settle()
    rig.ctl("account", "delete", ALICE)
    for data in (mine, sent):
        done = rig.ctl("why", message_id(data), check=False)
        assert done.returncode == 3, done.stdout
    assert ALICE not in json.dumps(look(rig, message_id(shared))[0]
                                   ["recipients"])
    assert listed(rig, "--recipient", ALICE) == []
    assert listed(rig, "--account", ALICE) == []
    rig.ctl("domain", "delete", "example.org")
    done = rig.ctl("why", message_id(shared), check=False)
    assert done.returncode == 3, done.stdout


def test_it_is_private_to_the_keeper(rig):
    data = samples.mail(OUTSIDER, ALICE)
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    story(rig, data)
    folder = os.path.join(rig.dir, "state/history")
    assert os.stat(folder).st_mode & 0o777 == 0o700
    names = os.listdir(folder)
    assert any(re.fullmatch(r"\d{4}-\d\d-\d\d\.sqlite", n) for n in names)
    for name in names:
        mode = os.stat(os.path.join(folder, name)).st_mode
        assert mode & 0o777 == 0o600, name


def test_a_full_disk_stops_history_but_no_mail(make_rig):
    rig = make_rig("mamori.quarantine.disk_reserve=1024G")
    data = samples.mail(OUTSIDER, ALICE)
    for _ in range(3):
        assert rig.send(data, OUTSIDER, ALICE).code == 250
    rig.wait_mail(ALICE)
    rig.wait_event(event="history-stopped")
    assert rig.ctl("why", message_id(data), check=False).returncode == 3
    assert len(rig.events(event="history-stopped")) == 1


def test_a_restart_loses_nothing(make_rig):
    rig = make_rig()
    first = samples.mail(OUTSIDER, ALICE)
    assert rig.send(first, OUTSIDER, ALICE).code == 250
    rig.restart("mamorid")
    assert story(rig, first)["verdict"] == "clean"
