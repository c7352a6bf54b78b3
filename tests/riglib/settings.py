"""What --set may change, and the fixed people and domains of a rig."""
import os

import yaml

from riglib.layout import RigError

ROLES = ("sink", "dovecot", "mamorid", "exim")

HELP = """settings (--set KEY=VALUE, repeatable):
  build=FOLDER           programs to run (default build/release)
  mode=auto|namespace|plain
                         namespace: a mount namespace in which /etc/exim4 is
                         the rig's, so that any user can call sendmail;
                         plain: exim -C, where that is not permitted
  mamorid=on|off         off: no daemon
  local_scan=on|off      off: Exim without our module
  signatures=FOLDER      use this folder (default: a new one with EICAR)
  deadline_ms=N          the module's deadline (default 20000)
  on_failure=defer|accept
                         what the module does without an answer
  gateway=sink|far       where mail to a gateway host goes: the sink, or the
                         port rig.gateway, where a test may listen
  gateway_self=send|defer
                         what Exim does when a gateway host is itself, as all
                         are here: send, or, as installed, defer
  queue_run=TIME         Exim's queue runner interval, 0 for none (5s)
  retry=RULE             Exim's retry rule (F,5m,2s; F,1h,10s)
  sendmail_user=NAME     whose web script calls sendmail (games)
  faults=on|off          on: faults can be put into mamorid (riglib/faults.py)
  wrap=PROGRAM           run mamorid by this one, which gets its command
  courier=NAME           user of the courier (uucp; plain: Debian-exim)
  timeout=SECONDS        longest wait for the servers to come up (60)
  mamori.KEY=VALUE       a setting of mamori.yaml; VALUE is YAML
  exim.OPTION=VALUE      a main option of the Exim configuration
  dovecot.OPTION=VALUE   a setting of the Dovecot configuration
"""

DEFAULTS = {
    "build": "",
    "mode": "auto",
    "mamorid": "on",
    "local_scan": "on",
    "signatures": "",
    "deadline_ms": "20000",
    "on_failure": "defer",
    "gateway": "sink",
    "gateway_self": "send",
    "faults": "off",
    "queue_run": "5s",
    "retry": "F,5m,2s; F,1h,10s",
    "sendmail_user": "games",
    "wrap": "",
    "courier": "",
    "timeout": "60",
}

CHOICES = {
    "mode": ("auto", "namespace", "plain"),
    "mamorid": ("on", "off"),
    "local_scan": ("on", "off"),
    "on_failure": ("defer", "accept"),
    "gateway": ("sink", "far"),
    "gateway_self": ("send", "defer"),
    "faults": ("on", "off"),
}

PREFIXES = ("mamori.", "exim.", "dovecot.")

DOMAINS = ["example.test", "example.org"]
ADDRESSES = [
    "alice@example.test",
    "bob@example.test",
    "carol@example.org",
    "dave@example.org",
    "web@example.test",         # owner of the web script's login
    "postmaster@example.test",  # the operator
]
OWNER = "web@example.test"
OPERATOR = "postmaster@example.test"


def parse(pairs):
    """The settings of a rig, checked, from key=value texts."""
    options = dict(DEFAULTS)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise RigError(f"--set {pair}: not key=value")
        if key not in DEFAULTS and not key.startswith(PREFIXES):
            raise RigError(f"--set {key}: unknown key; one of "
                           f"{', '.join(DEFAULTS)}, "
                           f"{', '.join(p + 'KEY' for p in PREFIXES)}")
        if key in CHOICES and value not in CHOICES[key]:
            raise RigError(f"--set {key}={value}: one of "
                           f"{', '.join(CHOICES[key])}")
        options[key] = value
    for key in ("deadline_ms", "timeout"):
        if not options[key].isdecimal():
            raise RigError(f"--set {key}={options[key]}: not a number")
    source = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.realpath(__file__))))
    options["build"] = os.path.realpath(
        options["build"] or os.path.join(source, "build/release"))
    if options["signatures"]:
        options["signatures"] = os.path.realpath(options["signatures"])
    return options


def with_prefix(options, prefix):
    """The settings under a prefix, in the order they were given."""
    return {key[len(prefix):]: value for key, value in options.items()
            if key.startswith(prefix)}


def merge_yaml(tree, dotted):
    """Put dotted keys with YAML values into a nested mapping."""
    for key, text in dotted.items():
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise RigError(f"--set mamori.{key}={text}: {error}") from None
        *path, last = key.split(".")
        node = tree
        for name in path:
            node = node.setdefault(name, {})
            if not isinstance(node, dict):
                raise RigError(f"--set mamori.{key}: {name} is no mapping")
        node[last] = value
