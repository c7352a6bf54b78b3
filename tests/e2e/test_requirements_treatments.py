"""What the customers' services do with a mail: requirements A1 to A5, B1 to
B3, B7, B8, C2, C3 and D1 to D5, each on a rig with the service's preset."""
import io
import zipfile

import pytest
from conftest import start
from mails import ALICE, BOB, CAROL, DAVE, FRIEND, OUTSIDER, notices, result
from riglib import samples
from riglib.client import parse, text_of, wait_for

SCRIPT = b"<html><script>document.write('x')</script>hello</html>"
SUFFIX = "【マクロ等の実行可能なコードを検出しました。お取扱いにご注意ください】"
PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(200)


def fixture_of(preset):
    @pytest.fixture(scope="module", name="server_" + preset.replace("-", "_"))
    def server():
        rig = start("mamori.limits.message_size=200K", preset=preset)
        yield rig
        rig.stop()
    return server


server_smartconnect = fixture_of("smartconnect")
server_mwb = fixture_of("mwb")
server_acmf = fixture_of("acmf")
server_kinou_m = fixture_of("kinou-m")


def clean(rig):
    rig.settle()
    rig.empty()
    rig.empty_quarantine()
    rig.left = len(rig.sunk())
    return rig


@pytest.fixture
def smart(server_smartconnect):
    return clean(server_smartconnect)


@pytest.fixture
def mwb(server_mwb):
    return clean(server_mwb)


@pytest.fixture
def acmf(server_acmf):
    return clean(server_acmf)


@pytest.fixture
def kinou(server_kinou_m):
    return clean(server_kinou_m)


def kept(rig):
    return sorted(row["recipient"]
                  for row in rig.ctl_json("quarantine", "list"))


def receive(rig, data, to=ALICE):
    reply = rig.send(data, OUTSIDER, to)
    rig.settle()
    return reply


def submit(rig, data, to=FRIEND, auth=ALICE):
    reply = rig.send(data, auth, to, port="submission", auth=auth)
    rig.settle()
    return reply


def delivered(rig, account):
    """The mails in a mailbox, warnings apart."""
    return [mail for mail in map(parse, rig.mails(account))
            if mail["Auto-Submitted"] is None]


def warned(rig):
    return {account for account in rig.passwords if notices(rig, account)}


def infected_text(sender, to):
    return samples.mail(sender, to,
                        text=samples.eicar().decode() + "\n")


# ---- A: smartconnect -------------------------------------------------------

@pytest.mark.parametrize("make", [samples.infected, infected_text],
                         ids=["attachment", "body"])
def test_A1_A3_an_infected_mail_is_stopped_and_the_recipient_told(smart, make):
    assert receive(smart, make(OUTSIDER, ALICE)).code == 250
    assert kept(smart) == [ALICE] and warned(smart) == {ALICE}
    assert not delivered(smart, ALICE)


@pytest.mark.parametrize("make", [samples.infected, infected_text],
                         ids=["attachment", "body"])
def test_A1_A2_an_infected_mail_is_not_sent_and_the_sender_told(smart, make):
    assert submit(smart, make(ALICE, FRIEND)).code == 550
    assert kept(smart) == [FRIEND] and warned(smart) == {ALICE}
    assert len(smart.sunk()) == smart.left


def test_A4_mail_between_two_mailboxes_here_is_checked(smart):
    """The sending check stops it; and with that one switched off, the
    receiving check does."""
    assert submit(smart, samples.infected(ALICE, BOB), BOB).code == 550
    assert warned(smart) == {ALICE} and not delivered(smart, BOB)
    clean(smart)
    smart.ctl("server", "set", "rules.virus-outbound=no")
    try:
        assert submit(smart, samples.infected(ALICE, BOB), BOB).code == 250
    finally:
        smart.ctl("server", "unset", "rules")
    assert warned(smart) == {BOB} and not delivered(smart, BOB)
    assert kept(smart) == [BOB]


def test_A5_nobody_but_root_gets_at_what_was_found(smart):
    receive(smart, samples.infected(OUTSIDER, ALICE))
    for account in smart.passwords:
        assert all(samples.eicar() not in mail
                   for mail in smart.mails(account))


# ---- B: mwb ----------------------------------------------------------------

def test_B1_a_received_virus_is_deleted_and_the_recipient_told(mwb):
    assert receive(mwb, samples.infected(OUTSIDER, ALICE)).code == 250
    assert warned(mwb) == {ALICE}
    assert not delivered(mwb, ALICE)


def test_B2_a_sent_virus_is_deleted_and_the_sender_told(mwb):
    assert submit(mwb, samples.infected(ALICE, FRIEND)).code == 250
    assert warned(mwb) == {ALICE}
    assert len(mwb.sunk()) == mwb.left


def test_B3_a_locked_attachment_passes_with_a_stamp(mwb):
    receive(mwb, samples.mail(OUTSIDER, ALICE, name="plan.zip",
                              attachment=samples.encrypted_zip(b"secret")))
    mail, = delivered(mwb, ALICE)
    assert text_of(mail).startswith(
        "The attachment named plan.zip could not be scanned for viruses "
        "because it is a password protected\n")
    assert "本文です。" in text_of(mail)
    assert any(part.get_filename() == "plan.zip" for part in mail.walk())


@pytest.mark.parametrize("level, name", [("server", ()),
                                         ("domain", ("example.test",))])
def test_B7_a_received_program_is_deleted_where_so_set(mwb, level, name):
    data = samples.mail(OUTSIDER, ALICE, attachment=PROGRAM, name="tool.exe")
    receive(mwb, data)
    assert len(delivered(mwb, ALICE)) == 1
    mwb.empty()
    mwb.ctl("domain", "set", "example.test", "notice_language=ja")
    mwb.ctl(level, "set", *name, "rules.executable-inbound=yes")
    try:
        assert receive(mwb, data).code == 250
        assert not delivered(mwb, ALICE)
    finally:
        mwb.ctl(level, "unset", *name, "rules")


def test_B8_a_sent_program_is_deleted_where_so_set(mwb):
    data = samples.mail(ALICE, FRIEND, attachment=PROGRAM, name="tool.exe")
    submit(mwb, data)
    assert len(mwb.sunk()) == mwb.left + 1
    mwb.ctl("server", "set", "rules.executable-outbound=yes")
    try:
        assert submit(mwb, data).code == 250
        assert len(mwb.sunk()) == mwb.left + 1
    finally:
        mwb.ctl("server", "unset", "rules")


# ---- C: acmf ---------------------------------------------------------------

def test_C2_active_content_marks_both_ends_of_the_subject(acmf):
    receive(acmf, samples.mail(OUTSIDER, ALICE, subject="お知らせ",
                               attachment=SCRIPT, name="page.html"))
    mail, = delivered(acmf, ALICE)
    assert mail["Subject"].startswith("[SPAM?] お知らせ")
    assert mail["Subject"].endswith(SUFFIX)


def test_C2_a_macro_in_a_workbook_counts(acmf):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
                      + bytes(1000))
    receive(acmf, samples.mail(OUTSIDER, ALICE, subject="table",
                               attachment=book.getvalue(), name="a.xlsx"))
    mail, = delivered(acmf, ALICE)
    assert mail["Subject"].startswith("[SPAM?] table")


def test_C3_a_locked_attachment_is_tagged_and_warned_about(acmf):
    receive(acmf, samples.mail(OUTSIDER, ALICE, subject="plan",
                               attachment=samples.encrypted_zip(b"secret"),
                               name="plan.zip"))
    mail, = delivered(acmf, ALICE)
    assert mail["Subject"] == "[SPAM?] plan"
    assert text_of(mail).startswith("【注意】")
    assert "plan.zip" in text_of(mail).split("本文です。")[0]


# ---- D: kinou-m ------------------------------------------------------------

def test_D1_an_infected_body_is_deleted(kinou):
    assert receive(kinou, infected_text(OUTSIDER, ALICE)).code == 250
    assert not delivered(kinou, ALICE) and warned(kinou) == {ALICE}


def test_D1_an_infected_attachment_is_removed_and_the_rest_delivered(kinou):
    receive(kinou, samples.infected(OUTSIDER, ALICE))
    mail, = delivered(kinou, ALICE)
    assert "本文です。" in text_of(mail)
    assert samples.eicar() not in mail.as_bytes()
    assert result(mail).startswith("infected; reason=virus; action=strip; ")
    assert warned(kinou) == {ALICE}


@pytest.mark.parametrize("make", [samples.infected, infected_text],
                         ids=["attachment", "body"])
def test_D2_nothing_infected_is_sent(kinou, make):
    assert submit(kinou, make(ALICE, FRIEND)).code == 550
    assert warned(kinou) == {ALICE} and len(kinou.sunk()) == kinou.left


def test_D3_what_is_too_large_is_an_error(kinou):
    large = samples.mail(ALICE, FRIEND, attachment=bytes(300000))
    reply = submit(kinou, large)
    assert reply.code // 100 == 5 and "5.3.4" in reply.text
    assert not kept(kinou) and len(kinou.sunk()) == kinou.left
    reply = receive(kinou, large)
    assert reply.code // 100 == 5
    assert not delivered(kinou, ALICE)


def test_D4_a_locked_attachment_is_said_to_be_unchecked(kinou):
    receive(kinou, samples.mail(OUTSIDER, ALICE, name="plan.zip",
                                attachment=samples.encrypted_zip(b"secret")))
    mail, = delivered(kinou, ALICE)
    assert result(mail).startswith("not-checked; reason=encrypted; ")
    assert text_of(mail) == "本文です。\n"


def test_D4_html_is_checked(kinou):
    html = samples.mail(OUTSIDER, ALICE, attachment=samples.eicar() +
                        b"<html></html>", name="page.html")
    receive(kinou, html)
    mail, = delivered(kinou, ALICE)
    assert samples.eicar() not in mail.as_bytes()


def test_D5_a_domain_without_the_service_is_not_checked(kinou):
    kinou.ctl("domain", "set", "example.test", "notice_language=ja")
    kinou.ctl("server", "set", "check_unregistered_domains=no")
    try:
        receive(kinou, samples.infected(OUTSIDER, CAROL), CAROL)
        receive(kinou, samples.infected(OUTSIDER, ALICE), ALICE)
    finally:
        kinou.ctl("server", "unset", "check_unregistered_domains")
    passed, = delivered(kinou, CAROL)
    assert result(passed).startswith("not-checked; reason=unregistered; ")
    stopped, = delivered(kinou, ALICE)
    assert result(stopped).startswith("infected; ")


def test_D8_mail_between_users_of_one_server_is_checked(kinou):
    assert submit(kinou, samples.infected(ALICE, DAVE), DAVE).code == 550
    assert wait_for(lambda: warned(kinou), "a warning") == {ALICE}
