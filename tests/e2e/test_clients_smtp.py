"""Clients that vanish, and all the forms in which a mail may come in."""
import socket

import pytest
from fault_rig import (Virus, files_of, kept, no_virus_delivered,
                       warned)
from mails import ALICE, BOB, CAROL, OUTSIDER, lf, result
from riglib import samples
from riglib.client import parse, wait_for
from riglib.faults import STOP
from riglib.processes import send

CONT = 18


class Raw:
    """SMTP by hand."""

    def __init__(self, rig, ehlo=True):
        self.sock = socket.create_connection(("127.0.0.1", rig.mx),
                                             timeout=60)
        self.file = self.sock.makefile("rb")
        self.reply(220)
        if ehlo:
            self.say("EHLO client.example", 250)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.sock.close()

    def reply(self, want=None):
        while True:
            line = self.file.readline().decode()
            assert line, "hung up"
            if line[3] != "-":
                code = int(line[:3])
                assert want in (None, code), (want, line)
                return code

    def write(self, data):
        self.sock.sendall(data)

    def say(self, line, want=None):
        self.write(line.encode() + b"\r\n")
        return self.reply(want)

    def envelope(self, sender=OUTSIDER, to=ALICE, options=""):
        self.say(f"MAIL FROM:<{sender}>{options}", 250)
        self.say(f"RCPT TO:<{to}>", 250)


def dotted(data):
    return data.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def all_settled(rig):
    rig.settle()
    no_virus_delivered(rig)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99, 1.0])
def test_gone_in_mid_data(faulty, share):
    """Nothing is accepted, nothing recorded; the retry is one mail."""
    virus = Virus()
    clean = samples.mail(OUTSIDER, ALICE, subject="clean-once")
    for data in (virus.data, clean):
        with Raw(faulty) as client:
            client.envelope()
            client.say("DATA", 354)
            client.write(data[:int(len(data) * share)])
    assert virus.send(faulty).code == 250
    assert faulty.send(clean, OUTSIDER, ALICE).code == 250
    all_settled(faulty)
    assert kept(faulty) == warned(faulty) == {virus.word: 1}
    assert sum(b"clean-once" in data for data in faulty.mails(ALICE)) == 1


@pytest.mark.parametrize("role, calls, number", [
    ("gate", "connect", 1),     # before the scan
    ("gate", "connect", 2),     # before it is recorded
    ("keeper", "sendmsg", 2),   # recorded
    ("gate", "sendmsg", 4),     # before the verdict
])
def test_gone_after_the_dot(faulty, role, calls, number):
    """While the mail is held at a point the client hangs up, and comes
    again: one copy, one notice."""
    virus, plan = Virus(), faulty.faults
    with plan.armed(role, calls, number, STOP):
        with Raw(faulty) as client:
            client.envelope()
            client.say("DATA", 354)
            client.write(dotted(virus.data))
            wait_for(lambda: plan.fired, "the point")
        send([plan.pid], CONT)
    for _ in range(3):
        assert virus.send(faulty).code == 250
    all_settled(faulty)
    assert kept(faulty) == warned(faulty) == {virus.word: 1}


def chunks(client, data, size):
    """BDAT, one after the other; the last reply."""
    for pos in range(0, len(data), size):
        part = data[pos:pos + size]
        client.write(b"BDAT %d\r\n" % len(part) + part)
        client.reply(250)
    return client.say("BDAT 0 LAST")


@pytest.mark.parametrize("size", [1, 7, 73, 1 << 30],
                         ids=["1", "7", "73", "huge"])
def test_bdat_in_odd_chunks(faulty, size):
    """The virus is found, and a clean mail comes out as it went in."""
    virus = Virus()
    data = samples.mail(OUTSIDER, ALICE, subject="chunks",
                        text=".\n..\nお\n" + "x" * 900 + "\n")
    with Raw(faulty) as client:
        client.envelope()
        assert chunks(client, virus.data, size) == 250
        client.envelope()
        assert chunks(client, data, size) == 250
        client.envelope()       # all in the last one
        client.write(b"BDAT %d LAST\r\n" % len(data) + data)
        client.reply(250)
    all_settled(faulty)
    assert kept(faulty) == warned(faulty) == {virus.word: 1}
    mails = [lf(mail) for mail in faulty.mails(ALICE) if b"chunks" in mail]
    assert len(mails) == 2
    for mail in mails:
        assert mail.endswith(lf(data).partition(b"\n\n")[2])
        assert result(parse(mail)).startswith("clean; ")


def test_bdat_gone_before_the_last_chunk(faulty):
    virus = Virus()
    with Raw(faulty) as client:
        client.envelope()
        client.write(b"BDAT %d\r\n" % len(virus.data) + virus.data)
        client.reply(250)
    assert virus.send(faulty).code == 250
    all_settled(faulty)
    assert kept(faulty) == warned(faulty) == {virus.word: 1}


def test_8bitmime_is_kept(faulty):
    body = b"\xe3\x81\x82 \xff\xfe\x80 8 bits\r\n"
    head = (f"From: {OUTSIDER}\r\nTo: {ALICE}\r\nSubject: eight\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n\r\n").encode()
    with Raw(faulty) as client:
        client.envelope(options=" BODY=8BITMIME")
        client.say("DATA", 354)
        client.write(dotted(head + body))
        client.reply(250)
        client.envelope(options=" BODY=8BITMIME")
        client.say("DATA", 354)
        client.write(dotted(head + b"\xff\xfe\r\n" + samples.eicar() +
                            b"\r\n"))
        client.reply(250)
    all_settled(faulty)
    assert len(faulty.ctl_json("quarantine", "list")) == 1
    mail = [data for data in faulty.mails(ALICE) if b"eight" in data and
            b"8 bits" in data]
    assert len(mail) == 1 and lf(mail[0]).endswith(lf(body))


def test_smtputf8(make_rig):
    """Addresses and headers of RFC 6531, to a mailbox and to the outside."""
    rig = make_rig("exim.smtputf8_advertise_hosts=*")
    data = (f"From: <送信@sender.example>\r\nTo: {ALICE}\r\n"
            "Subject: 日本語 utf8-end\r\n\r\n").encode()
    with Raw(rig) as client:
        client.envelope("送信@sender.example", options=" SMTPUTF8")
        client.say("DATA", 354)
        client.write(dotted(data + b"hello\r\n"))
        client.reply(250)
        client.envelope("送信@sender.example", options=" SMTPUTF8")
        client.say("DATA", 354)
        client.write(dotted(data + samples.eicar() + b"\r\n"))
        client.reply(250)
    rig.settle()
    rows = rig.ctl_json("quarantine", "list")
    assert [row["recipient"] for row in rows] == [ALICE]
    mails = rig.mails(ALICE)
    assert sum(b"hello" in mail for mail in mails) == 1
    assert not [mail for mail in mails if samples.eicar() in mail]
    assert len(mails) == 2, "the mail and the warning"


def test_pipelining(faulty):
    """Many mails in one write, clean and infected by turns."""
    viruses, text = [], b""
    for i in range(20):
        if i % 2:
            viruses.append(Virus())
            data = viruses[-1].data
        else:
            data = samples.mail(OUTSIDER, ALICE, subject=f"piped-{i}-end")
        text += (f"MAIL FROM:<{OUTSIDER}>\r\nRCPT TO:<{ALICE}>\r\n"
                 f"BDAT {len(data)} LAST\r\n").encode() + data
    with Raw(faulty) as client:
        client.write(text)
        for _ in range(60):
            client.reply(250)
    all_settled(faulty)
    assert kept(faulty) == warned(faulty) == \
        {virus.word: 1 for virus in viruses}
    mails = faulty.mails(ALICE)
    for i in range(0, 20, 2):
        assert sum(f"piped-{i}-end".encode() in mail for mail in mails) == 1


def test_a_thousand_recipients(make_rig):
    """Infected: one file, a row each, a notice for each mailbox that is
    ours."""
    rig = make_rig("mamori.local_domains=[example.org]")
    virus = Virus()
    ours = [f"carol+{i}@example.org" for i in range(10)]
    others = [f"alice+{i}@example.test" for i in range(990)]
    with rig.smtp() as client:
        client.mail(OUTSIDER)
        for address in others[:500] + ours + others[500:]:
            assert client.rcpt(address)[0] == 250
        assert client.data(virus.data)[0] == 250
    all_settled(rig)
    rows = rig.ctl_json("quarantine", "list", "--limit", "5000")
    assert {row["recipient"] for row in rows} == set(ours + others)
    assert len(rows) == 1000 and len(files_of(rig)) == 1
    assert warned(rig, CAROL) == {virus.word: 10}
    assert not rig.mails(ALICE)
    assert not rig.sunk()


def test_a_thousand_recipients_of_a_clean_mail(faulty):
    data = samples.mail(BOB, "all@far.example", subject="to all")
    away = [f"user{i}@far.example" for i in range(1000)]
    assert faulty.send(data, BOB, away, port="submission",
                       auth=BOB).code == 250
    faulty.settle()
    got = [to for envelope, _ in faulty.sunk()
           for to in envelope["to"]]
    assert len(got) == len(set(got)) == 1000
