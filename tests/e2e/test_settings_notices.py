"""What shared settings do to mail, through real servers."""
import itertools
import json
import os
import re

import pytest
from mails import (ALICE, BOB, CAROL, DAVE, OUTSIDER, notices, result,
                   wait_notice)
from riglib import samples
from riglib.client import text_of
from settings_fixtures import (import_settings, settings_rig,  # noqa: F401
                               srig, value)

JAPANESE = re.compile("ウイルス|ウィルス")
DOMAIN = "example.test"


def register(rig, *addresses):
    for domain in sorted({a.partition("@")[2] for a in addresses}):
        rig.ctl("domain", "create", domain)
    for address in addresses:
        rig.ctl("account", "create", address)


def send_virus(rig, recipients, **kwargs):
    assert rig.send(samples.infected(OUTSIDER, recipients, **kwargs),
                    OUTSIDER, recipients).code == 250
    rig.settle()


def warned(rig):
    return {a for a in (ALICE, BOB, CAROL, DAVE) if notices(rig, a)}


@pytest.mark.parametrize("order", itertools.permutations((ALICE, BOB,
                                                          CAROL)))
def test_switched_off_for_one_account_in_every_order(srig, order):
    register(srig, ALICE, BOB, CAROL)
    srig.ctl("account", "set", BOB, "virus_notice=no")
    send_virus(srig, list(order))
    assert warned(srig) == {ALICE, CAROL}
    assert {row["recipient"] for row in
            srig.ctl_json("quarantine", "list")} == {ALICE, BOB, CAROL}


def test_inheritance_shows_in_what_is_sent(srig):
    register(srig, ALICE, BOB)
    srig.ctl("domain", "set", DOMAIN, "virus_notice=no")
    srig.ctl("account", "set", ALICE, "virus_notice=yes")
    assert value(srig, ALICE, "virus_notice") == (True, "account")
    assert value(srig, BOB, "virus_notice") == (False, "domain")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {ALICE}
    srig.ctl("account", "unset", ALICE, "virus_notice")
    srig.empty()
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == set()
    srig.ctl("domain", "unset", DOMAIN, "virus_notice")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {ALICE, BOB}


def test_each_in_its_own_language(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", BOB, "notice_language=en")
    send_virus(srig, [BOB, ALICE], subject="invoice")
    for account, japanese in ((ALICE, True), (BOB, False)):
        text = text_of(wait_notice(srig, account))
        assert bool(JAPANESE.search(text)) == japanese, text


def test_sender_who_wants_no_warning_gets_none(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", BOB, "virus_notice=no")
    for account in (ALICE, BOB):
        reply = srig.send(samples.infected(account, "x@far.example"),
                          account, "x@far.example", port="submission",
                          auth=account)
        assert reply.code == 550
    srig.settle()
    assert warned(srig) == {ALICE}


def test_the_address_map_decides(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", BOB, "virus_notice=no")
    srig.ctl("alias", "create", "web@example.test",
             f"targets={BOB},{ALICE},x@far.example")
    send_virus(srig, ["web@example.test"])
    assert warned(srig) == {ALICE}
    srig.empty()
    send_virus(srig, ["bob+tag@example.test"])
    assert warned(srig) == set()
    send_virus(srig, ["alice+tag@example.test", ALICE])
    assert len(notices(srig, ALICE)) == 1
    assert not srig.sunk()


def test_members_of_a_list_are_warned_in_any_case(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", ALICE, "virus_notice=no")
    srig.ctl("account", "set", BOB, "virus_notice=no")
    srig.ctl("lists", "create", "web@example.test",
             f"members={ALICE},x@far.example")
    send_virus(srig, ["web@example.test", BOB])
    assert warned(srig) == {ALICE}
    assert not srig.sunk()


def test_login_of_a_local_program(srig):
    register(srig, ALICE)
    # Without a mount namespace the rig's web script runs as root.
    login = "games" if srig.mode == "namespace" else "root"
    srig.ctl("login", "create", login, f"account={ALICE}")
    srig.web_script(samples.infected("x@example.test", "y@far.example"))
    srig.settle()
    assert warned(srig) == {ALICE}
    assert not notices(srig, srig.owner)


def test_suspension_and_its_end(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "suspend", ALICE, "--until", "2h")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {BOB}
    srig.ctl("account", "resume", ALICE)
    srig.empty()
    srig.ctl("server", "suspend")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == set()
    srig.ctl("server", "resume")
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {ALICE, BOB}


def test_unregistered_domains_pass_unchecked_when_so_set(srig):
    register(srig, ALICE)
    virus = samples.infected(OUTSIDER, DAVE)
    srig.ctl("server", "set", "check_unregistered_domains=no")
    assert srig.send(virus, OUTSIDER, DAVE).code == 250
    mail = srig.wait_mail(DAVE)
    assert result(mail).startswith("not-checked; reason=unregistered; ")
    assert not srig.ctl_json("quarantine", "list")
    # To both: checked for both.
    send_virus(srig, [ALICE, DAVE])
    # The unchecked one, and one without its attachment.
    assert len(srig.mails(DAVE)) == 2 + len(notices(srig, DAVE))
    assert sum(samples.eicar() in mail.replace(b"\r\n", b"") or
               b"reason=unregistered" in mail
               for mail in srig.mails(DAVE)) == 1
    assert notices(srig, ALICE)
    srig.ctl("server", "unset", "check_unregistered_domains")
    srig.empty()
    send_virus(srig, [DAVE], text="another\n")
    assert warned(srig) == {DAVE}


def test_unreadable_settings_hold_up_no_mail(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", ALICE, "virus_notice=no")
    path = os.path.join(srig.dir, "state/settings", DOMAIN,
                        "accounts/bob.yaml")
    stat = os.stat(path)
    with open(path + ".bad", "w", encoding="ascii") as file:
        file.write("version: 1\nvirus_notice: maybe\n")
    os.chown(path + ".bad", stat.st_uid, stat.st_gid)
    os.chmod(path + ".bad", 0o640)
    os.rename(path + ".bad", path)
    send_virus(srig, [ALICE, BOB])
    assert warned(srig) == {BOB}
    assert any("bob.yaml:2:15" in event["line"] for event in
               srig.events(event="settings-unreadable")), \
        [e["line"] for e in srig.events()][-5:]
    # It is not overwritten either: somebody may want to mend it.
    done = srig.ctl("account", "set", BOB, "virus_notice=no", check=False)
    assert done.returncode == 3 and "bob.yaml:2:15" in done.stderr


def test_a_tag_goes_with_its_mailbox_where_there_are_tags(srig):
    tagged = "alice+tag@example.test"
    register(srig, ALICE, BOB)
    send_virus(srig, [ALICE, tagged])
    srig.ctl("domain", "set", DOMAIN, "plus_tags=off")
    srig.ctl("account", "delete", ALICE)
    assert [row["recipient"] for row in
            srig.ctl_json("quarantine", "list")] == [tagged]
    srig.ctl("account", "create", ALICE)
    srig.ctl("domain", "set", DOMAIN, "plus_tags=+")
    srig.ctl("account", "delete", ALICE)
    assert not srig.ctl_json("quarantine", "list")


def test_a_deleted_account_leaves_nothing(srig):
    register(srig, ALICE, BOB)
    srig.ctl("account", "set", ALICE, "virus_notice=no", "spam.sort=no")
    srig.ctl("approve", ALICE, "*@friend.example")
    srig.ctl("login", "create", "irc", f"account={ALICE}",
             f"addresses={ALICE},{BOB}")
    srig.stop_server("exim")    # notices wait in the outbox
    srig.restart("exim")
    send_virus(srig, [ALICE, BOB, "alice+tag@example.test"])
    assert len(srig.ctl_json("quarantine", "list")) == 3
    srig.ctl("account", "delete", ALICE)
    rows = srig.ctl_json("quarantine", "list")
    assert [row["recipient"] for row in rows] == [BOB]
    login = srig.ctl_json("login", "show", "irc")["settings"]
    assert login["addresses"]["value"] == [BOB]
    assert login["account"]["from"] == "default"
    assert srig.ctl_json("account", "list", DOMAIN) == [BOB]
    # Recreated, it starts from the defaults.
    srig.ctl("account", "create", ALICE)
    shown = srig.ctl_json("account", "show", ALICE)["settings"]
    assert {one["from"] for one in shown.values()} == {"default"}
    assert shown["approved_senders"]["value"] == []
    srig.empty()
    send_virus(srig, [ALICE], text="new owner\n")
    assert warned(srig) == {ALICE}


def test_a_deleted_domain_takes_all_along(srig):
    register(srig, ALICE, BOB, CAROL)
    send_virus(srig, [ALICE, BOB, CAROL])
    srig.ctl("domain", "delete", DOMAIN)
    assert srig.ctl_json("domain", "list") == ["example.org"]
    rows = srig.ctl_json("quarantine", "list")
    assert [row["recipient"] for row in rows] == [CAROL]


def test_export_and_import_are_the_same(srig):
    register(srig, ALICE, CAROL)
    srig.ctl("account", "set", ALICE, "spam.folder=迷惑メール")
    srig.ctl("domain", "set", DOMAIN, "rules.virus-inbound=on")
    srig.ctl("domain", "set", DOMAIN, "forbidden_words=bad,worse")
    text = srig.ctl("settings", "export").stdout
    import_settings(srig, "version: 1\n")
    assert srig.ctl_json("domain", "list") == []
    import_settings(srig, text)
    assert sorted(srig.ctl("settings", "export").stdout.split()) == \
        sorted(text.split())
    assert value(srig, ALICE, "spam.folder") == ("迷惑メール", "account")
    done = import_settings(srig, text + "bad: 1\n", check=False)
    assert done.returncode == 3 and "bad: unknown key" in done.stderr
    assert value(srig, ALICE, "spam.folder") == ("迷惑メール", "account")


def test_usage_counts_the_mailboxes(srig):
    register(srig, ALICE, BOB, "postmaster@example.test", CAROL)
    srig.ctl("domain", "set", DOMAIN, "contracted_accounts=2")
    counts = {row["domain"]: row for row in
              map(json.loads, srig.ctl("usage", "--json")
                  .stdout.splitlines())}
    one = counts[DOMAIN]
    assert (one["accounts"], one["without_postmaster"], one["contracted"],
            one["exceeded"]) == (3, 2, 2, 1)
    lines = srig.ctl("usage", "--csv", "example.org").stdout.splitlines()
    assert lines[0] == ("day,domain,accounts,without_postmaster,"
                        "contracted,exceeded")
    assert lines[1].endswith(",example.org,1,1,0,0")
    done = srig.ctl("usage", "--day", "2001-01-01", check=False)
    assert done.returncode == 3 and "nothing was counted" in done.stderr
