"""One message, several recipients, each by their own settings."""
import itertools
import re

import pytest
from conftest import start
from mails import ALICE, BOB, CAROL
from riglib import samples
from riglib.client import parse, text_of, wait_for

SENDER = "yamada@sender.example"
ORDERS = list(itertools.permutations((ALICE, BOB, CAROL)))


@pytest.fixture(scope="module")
def three():
    """Three recipients, three treatments: the part is replaced by an English
    text, by a Japanese one, or the mail is kept."""
    rig = start(preset="standard")
    for domain in rig.domains:
        rig.ctl("domain", "set", domain, "notice_language=ja")
    rig.ctl("account", "set", ALICE, "notice_language=en")
    rig.ctl("account", "set", BOB, "notice_language=ja")
    rig.ctl("domain", "set", "example.org", "preset=smartconnect")
    yield rig
    rig.stop()


@pytest.fixture
def rig(three):
    three.settle()
    three.empty()
    three.empty_quarantine()
    return three


def original(mail):
    return mail["From"] == SENDER


def delivered(rig, account):
    """What of the message came to a mailbox: nothing, or what it looks
    like."""
    for data in rig.mails(account):
        mail = parse(data)
        if not original(mail):
            continue
        result = re.sub(r"id=\S+", "id", str(mail["X-Mamori-Result"]))
        parts = [(part.get_content_type(), part.get_content())
                 for part in mail.walk() if not part.is_multipart()]
        return (mail["Message-ID"], mail["Return-Path"], mail["Subject"],
                " ".join(result.split()), parts)
    return None


def warnings(rig, account):
    return [parse(data)["Subject"] for data in rig.mails(account)
            if not original(parse(data))]


def outcome(rig, message_id):
    boxes = {who: delivered(rig, who) for who in (ALICE, BOB, CAROL)}
    assert message_id in boxes[ALICE][0]
    told = {who: len(warnings(rig, who)) for who in (ALICE, BOB, CAROL)}
    kept = sorted(row["recipient"]
                  for row in rig.ctl_json("quarantine", "list"))
    return ({who: box and box[1:] for who, box in boxes.items()}, told, kept)


def send(rig, order):
    data = samples.infected(SENDER, [ALICE, BOB, CAROL])
    reply = rig.send(data, SENDER, order)
    assert reply.code == 250, reply
    wait_for(lambda: all(delivered(rig, who) for who in (ALICE, BOB)),
             "both mails")
    for who in (ALICE, BOB, CAROL):
        wait_for(lambda who=who: warnings(rig, who), f"a warning for {who}")
    rig.settle()
    return outcome(rig, parse(data)["Message-ID"])


def test_every_order_of_recipients_has_the_same_outcome(rig):
    first = None
    for order in ORDERS:
        got = send(rig, order)
        first = first or got
        assert got == first, order
        rig.empty()
        rig.empty_quarantine()
    boxes, told, kept = first
    assert boxes[CAROL] is None
    assert told == {ALICE: 1, BOB: 1, CAROL: 1}
    assert kept == sorted((ALICE, BOB, CAROL))
    for who, words in ((ALICE, "was removed by the mail server"),
                       (BOB, "メールサーバーが取り除きました")):
        path, _subject, result, parts = boxes[who]
        assert path == f"<{SENDER}>"
        assert result.startswith("infected; reason=virus; action=strip; "
                                 "rules=virus-inbound")
        assert parts[0][1].strip() == "本文です。"
        assert words in parts[1][1] and samples.VIRUS in parts[1][1]
        assert samples.eicar().decode() not in str(parts)


def test_a_retry_repeats_nothing(rig):
    """The client lost our answer and sends the same mail again."""
    data = samples.infected(SENDER, [ALICE, BOB])
    for _ in range(2):
        assert rig.send(data, SENDER, [ALICE, BOB]).code == 250
        rig.settle()
    for who in (ALICE, BOB):
        wait_for(lambda who=who: warnings(rig, who), "a warning")
    rig.settle()
    count = {who: sum(original(parse(data)) for data in rig.mails(who))
             for who in (ALICE, BOB)}
    # Exim has taken the message at hand twice; the variant is one.
    assert sorted(count.values()) == [1, 2]
    assert len(warnings(rig, ALICE)) == len(warnings(rig, BOB)) == 1
    assert len(rig.ctl_json("quarantine", "list")) == 2


def test_treatments_are_in_the_log(rig):
    send(rig, (ALICE, BOB, CAROL))
    verdict = rig.events(event="verdict", direction="inbound")[-1]
    lines = rig.events(event="treatment", id=verdict["id"])
    assert [(line["outcome"], line["edits"], line["variant"], line["copy"])
            for line in lines] == [
                ("deliver", "strip", "no", "yes"),
                ("deliver", "strip", "yes", "yes"),
                ("discard", "", "no", "yes")]


@pytest.fixture
def encrypted(rig):
    """A stamp for each language: two mails, one of them a variant."""
    return samples.mail(SENDER, [ALICE, BOB], subject="plan",
                        attachment=samples.encrypted_zip(b"secret"),
                        name="plan.zip")


def test_stamps_are_in_the_recipients_language(rig, encrypted):
    assert rig.send(encrypted, SENDER, [BOB, ALICE]).code == 250
    english = rig.wait_mail(ALICE, original)
    japanese = rig.wait_mail(BOB, original)
    assert "plan.zip" in text_of(english) and "plan.zip" in text_of(japanese)
    assert "could not be checked" in text_of(english)
    assert "ウイルスチェックができません" in text_of(japanese)
    for mail in (english, japanese):
        assert "not-checked; reason=encrypted; action=stamp" in \
            mail["X-Mamori-Result"]
        assert mail["Return-Path"] == f"<{SENDER}>"
    assert not warnings(rig, ALICE)


def test_a_quoted_address_gets_its_variant(rig):
    others = [BOB, "web@example.test"]
    data = samples.infected(SENDER, [ALICE, *others])
    assert rig.send(data, SENDER, ['"alice"@example.test',
                                   *others]).code == 250
    wait_for(lambda: delivered(rig, ALICE), "the variant")
    assert "The file" in str(delivered(rig, ALICE))


@pytest.mark.parametrize("to", ['"carol"@example.org', '"ca\\rol"@example.org',
                                f'carol+{"x" * 80}@example.org',
                                f'"carol+{"x" * 80},"@EXAMPLE.org',
                                '"carol+ @"@example.org'])
def test_another_way_to_write_an_address_has_no_other_rules(rig, to):
    reply = rig.send(samples.infected(SENDER, CAROL), SENDER, to)
    assert reply.code == 250, reply
    wait_for(lambda: rig.ctl_json("quarantine", "list"), "the copy")
    rig.settle()
    assert delivered(rig, CAROL) is None
    wait_for(lambda: warnings(rig, CAROL), "the warning")
