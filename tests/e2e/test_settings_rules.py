"""Which rules are in force, and who switches them."""
import os

import pytest
from mails import ALICE
from settings_fixtures import (CUSTOMER, ctl_as, settings_rig,  # noqa: F401
                               srig)

DOMAIN = "example.test"


def test_rules_by_name(srig):
    """Where a rule is from; what no rule is called cannot be switched; and
    who may not switch a rule cannot take its switch away either."""
    srig.ctl("domain", "create", DOMAIN)
    srig.ctl("account", "create", ALICE)
    srig.ctl("login", "create", CUSTOMER, f"addresses={ALICE}")
    srig.ctl("domain", "set", DOMAIN, "preset=acmf")
    srig.ctl("domain", "set", DOMAIN, "rules.virus-inbound=off",
             "rules.executable-inbound=on")
    shown = srig.ctl_json("rules", "--account", ALICE)
    rules = {rule["name"]: rule for rule in shown["rules"]}
    assert (shown["preset"], shown["from"]) == ("acmf", "domain")
    assert rules["virus-inbound"]["on"] is False
    assert rules["virus-inbound"]["switched"] == "domain"
    assert rules["executable-inbound"]["on"] is True
    assert rules["suspect"]["tag"] == "[SPAM?]"
    assert rules["spam"]["switched"] == "preset"
    text = srig.ctl("rules", "--domain", DOMAIN).stdout
    assert "off  virus-inbound  (preset acmf, switched off by the domain)" \
        in text
    standard = srig.ctl_json("rules")
    assert (standard["preset"], standard["from"]) == ("standard", "default")
    done = srig.ctl("domain", "set", DOMAIN, "rules.virus-inbond=on",
                    check=False)
    assert done.returncode != 0 and "no rule of this name" in done.stderr
    srig.ctl("login", "set", CUSTOMER, f"domains={DOMAIN}")
    for change in (["unset", DOMAIN, "rules"],
                   ["unset", DOMAIN, "rules.virus-inbound"],
                   ["remove", DOMAIN, "rules=virus-inbound"],
                   ["set", DOMAIN, "rules=off"]):
        done = ctl_as(srig, CUSTOMER, "domain", *change)
        assert done.returncode != 0 and "only the operator" in done.stderr, \
            change
    done = ctl_as(srig, CUSTOMER, "domain", "set", DOMAIN,
                  "rules.executable-inbound=off")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("names, japanese", [
    ({"LC_ALL": "ja_JP.UTF-8", "LANG": "C"}, True),
    ({"LC_ALL": "", "LC_MESSAGES": "ja", "LANG": "en_US"}, True),
    ({"LANG": "ja_JP.eucJP"}, True),
    ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, False),
    ({}, False),
])
def test_help_in_the_language_of_the_terminal(srig, names, japanese):
    env = {name: value for name, value in os.environ.items()
           if name != "LANG" and not name.startswith("LC_")} | names
    text = srig.ctl("rules", env=env).stdout
    rule, = [rule for rule in srig.ctl_json("rules")["rules"]
             if rule["name"] == "virus-inbound"]
    assert (f"help       {rule['help']['ja']}\n" in text) == japanese
    assert (f"help       {rule['help']['en']}\n" in text) != japanese
