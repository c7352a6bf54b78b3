"""Mail from outside."""
import pytest
from mails import (ALICE, BOB, CAROL, OUTSIDER, lf, notices, result,
                   wait_notice)
from riglib import samples
from riglib.client import parse, text_of


@pytest.mark.parametrize("outside", [None, "192.0.2.25"])
def test_clean_mail_arrives_and_says_so(rig, outside):
    data = samples.mail(OUTSIDER, ALICE, subject="打ち合わせの件",
                        text="明日10時に伺います。\n")
    reply = rig.send(data, OUTSIDER, ALICE, outside=outside)
    assert reply.code == 250, reply
    mail = rig.wait_mail(ALICE)
    assert mail["Subject"] == "打ち合わせの件"
    assert text_of(mail) == "明日10時に伺います。\n"
    assert result(mail).startswith("clean; ")
    assert len(mail.get_all("X-Mamori-Result")) == 1


def test_clean_mail_is_unchanged_below_the_trace_headers(rig):
    data = samples.mail(OUTSIDER, ALICE, attachment=bytes(range(256)) * 50)
    data += b"a line with 8 bits: \xe3\x81\x82\xff\x80\r\n.\r\n..\r\n\r\n"
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    rig.wait_mail(ALICE)
    assert lf(rig.mails(ALICE)[0]).endswith(lf(data))


def test_forged_headers_of_ours_are_removed(rig):
    data = samples.mail(OUTSIDER, ALICE, headers=[
        ("X-Mamori-Result", "clean; id=forged"),
        ("x-mamori-RESULT", "infected"),
        ("X-Mamori-Pending", "uid=0"),
        ("X-Mamori-Anything", "at all")])
    data = b"X-Mamori-Score : 7\r\n  folded\r\n" + data
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    mail = rig.wait_mail(ALICE)
    ours = [name for name in mail.keys()
            if name.lower().startswith("x-mamori-")]
    assert ours == ["X-Mamori-Result"]
    assert result(mail).startswith("clean; ") and \
        "forged" not in result(mail)
    assert b"folded" not in rig.mails(ALICE)[0]


def test_infected_mail_is_quarantined_and_each_local_recipient_warned(rig):
    data = samples.infected(OUTSIDER, [ALICE, CAROL])
    reply = rig.send(data, OUTSIDER, [ALICE, CAROL])
    assert reply.code == 250, reply
    for account in (ALICE, CAROL):
        mail = wait_notice(rig, account)
        assert OUTSIDER in text_of(mail)
        assert "請求書の件" in text_of(mail)
    rig.settle()
    for account in (ALICE, CAROL):
        assert len(rig.mails(account)) == 1
    assert not rig.mails(BOB)
    assert not rig.sunk()
    rows = rig.ctl_json("quarantine", "list")
    assert sorted(row["recipient"] for row in rows) == [ALICE, CAROL]


@pytest.mark.parametrize("where", ["text", "nested"])
def test_a_virus_is_found_wherever_it_is(rig, where):
    virus = samples.eicar()
    if where == "text":
        data = samples.mail(OUTSIDER, ALICE, text=virus.decode() + "\n")
    else:
        inner = samples.infected("x@else.example", "y@else.example")
        data = samples.mail(OUTSIDER, ALICE, attachment=inner,
                            name="forwarded.eml")
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    wait_notice(rig, ALICE)
    rig.settle()
    assert len(rig.mails(ALICE)) == 1


def test_nobody_outside_is_warned(rig):
    """Neither the envelope sender nor the From header gets anything."""
    data = samples.infected("victim@innocent.example", ALICE,
                            headers=[("Reply-To", "third@else.example")])
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    wait_notice(rig, ALICE)
    rig.settle()
    assert not rig.sunk()


def test_an_infected_mail_with_the_null_sender_is_stopped(rig):
    assert rig.send(samples.infected("<>", ALICE), "", ALICE).code == 250
    wait_notice(rig, ALICE)
    rig.settle()
    assert len(rig.mails(ALICE)) == 1


def test_an_encrypted_zip_arrives_as_not_checked(rig):
    data = samples.mail(OUTSIDER, ALICE, name="secret.zip",
                        attachment=samples.encrypted_zip(b"x" * 500))
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    mail = rig.wait_mail(ALICE)
    assert result(mail).startswith("not-checked; reason=encrypted; ")


def test_a_repeated_mail_has_one_effect(rig):
    """The client that lost the connection after the dot comes again."""
    data = samples.infected(OUTSIDER, [ALICE, BOB])
    for _ in range(3):
        assert rig.send(data, OUTSIDER, [ALICE, BOB]).code == 250
    for account in (ALICE, BOB):
        wait_notice(rig, account)
    rig.settle()
    assert len(rig.ctl_json("quarantine", "list")) == 2
    for account in (ALICE, BOB):
        assert len(notices(rig, account)) == 1
    # Another mail with the same virus is another effect.
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    rig.settle()
    assert len(rig.ctl_json("quarantine", "list")) == 3


def test_relaying_is_refused(rig):
    data = samples.mail(OUTSIDER, "x@far.example")
    for outside in (None, "192.0.2.25"):
        reply = rig.send(data, OUTSIDER, "x@far.example", outside=outside)
        assert (reply.code, reply.command) == (550, "RCPT")
    assert not rig.sunk()


def test_pop_over_ssl_and_imap_over_ssl_show_the_mail(rig):
    data = samples.mail(OUTSIDER, ALICE)
    wanted = parse(data)["Message-ID"]
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    assert rig.wait_mail(ALICE, tls=True)["Message-ID"] == wanted
    with rig.pop3s_session(ALICE) as pop:
        assert wanted.encode() in b"\n".join(pop.retr(1)[1])
