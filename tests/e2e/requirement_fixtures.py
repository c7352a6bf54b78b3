"""A rig with the preset of a module's PRESET, for the customers' documents:
signatures for viruses of several kinds, and how results are looked at."""
import json
import os
import re
import shutil
import tempfile

import pytest
from conftest import start
from mails import is_notice
from riglib import samples
from riglib.client import parse, text_of, wait_for
from settings_fixtures import CUSTOMER, PANEL, import_settings

MACRO_VIRUS = "Rig-Macro-Virus"
MACRO = b"Sub AutoOpen() the rig's macro virus"
TEXT_VIRUS = "Rig-Text-Virus"
TEXT = "the rig's virus in a text"
SCRIPT_VIRUS = "Rig-Script-Virus"
SCRIPT = "<script>rigvirus()</script>"
ACTIVEX_VIRUS = "Rig-ActiveX-Virus"
ACTIVEX = '<object classid="clsid:12345678-dead-beef-0000-000000000000">'

SETTINGS = """version: 2
server:
  preset: {preset}
logins:
  {customer}:
    domains: [example.test]
    addresses: [alice@example.test]
domains:
  example.test:
    settings: {{}}
    accounts: {{alice: {{}}, bob: {{}}, web: {{}}}}
  example.org:
    settings: {{}}
    accounts: {{carol: {{}}, dave: {{}}}}
"""


def _signatures():
    folder = tempfile.mkdtemp(prefix="mamori-signatures-", dir="/tmp")
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "rig.ndb"), "w",
              encoding="ascii") as file:
        file.write(samples.signature() +
                   samples.signature(MACRO_VIRUS, MACRO) +
                   samples.signature(TEXT_VIRUS, TEXT.encode()))
        # HTML as the engine puts it in order.
        for name, text in ((SCRIPT_VIRUS, SCRIPT), (ACTIVEX_VIRUS, ACTIVEX)):
            file.write(samples.signature(name, text.encode())
                       .replace(":0:*:", ":3:*:"))
    return folder


@pytest.fixture(scope="module")
def preset_rig(request):
    folder = _signatures()
    rig = start(f"signatures={folder}", f"mamori.users.panel=[{PANEL}]",
                *getattr(request.module, "OPTIONS", ()),
                preset=request.module.PRESET)
    yield rig
    rig.stop()
    shutil.rmtree(folder)


@pytest.fixture
def prig(request, preset_rig):
    """Empty mailboxes, quarantine and sink; no setting but the preset."""
    rig = preset_rig
    rig.settle()
    rig.empty()
    rig.empty_quarantine()
    for name in os.listdir(rig.sink):
        os.unlink(os.path.join(rig.sink, name))
    import_settings(rig, SETTINGS.format(preset=request.module.PRESET,
                                         customer=CUSTOMER))
    return rig


def submit(rig, data, account, to):
    return rig.send(data, account, to, port="submission", auth=account)


def given(data):
    """An ASCII Subject or address of ours: what Python makes of a mail."""
    return parse(data)


def delivered(rig, account):
    """The mails that are no notices."""
    rig.settle()
    return [mail for mail in map(parse, rig.mails(account))
            if not is_notice(mail)]


def only(rig, account):
    """The one mail that came."""
    mails = delivered(rig, account)
    assert len(mails) == 1, [str(mail["Subject"]) for mail in mails]
    return mails[0]


def told(rig, account):
    """(subject, lines of the text) of each notice in a mailbox."""
    rig.settle()
    return [(str(mail["Subject"]), text_of(mail).splitlines())
            for mail in map(parse, rig.mails(account)) if is_notice(mail)]


def marks(mail):
    """X-Mamori-Result, without the trace: {"": verdict, "reason": ...}."""
    text = " ".join(str(mail["X-Mamori-Result"]).split())
    assert "@" not in text
    pairs = [field.strip().rpartition("=")[::2] for field in text.split(";")]
    assert re.fullmatch(r"\S{16,}", dict(pairs)["id"])
    return {key: value for key, value in pairs if key != "id"}


def kept(rig):
    return sorted((row["recipient"], row["reason"])
                  for row in rig.ctl_json("quarantine", "list"))


def attachments(mail):
    """Name and content of what is attached."""
    return {part.get_filename(): part.get_payload(decode=True)
            for part in mail.iter_attachments()}


def why(rig, data):
    """The story of a mail, once its row is there."""
    message_id = str(parse(data)["Message-ID"]).strip("<>")

    def ask():
        done = rig.ctl("why", message_id, "--json", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    mails = wait_for(ask, f"the story of {message_id}")
    assert len(mails) == 1
    return mails[0]


def outcomes(rig, data):
    """{recipient: (outcome, rules)} as `mamorictl why` says."""
    return {one["recipient"]: (one["outcome"], ",".join(one["rules"]))
            for one in why(rig, data)["recipients"]}
