"""What is kept, and what the operator does with it."""
import json
import os
import subprocess

from mails import ALICE, BOB, CAROL, OUTSIDER, lf, wait_notice
from riglib import samples
from riglib.client import parse, wait_for


def rows_of(rig, *args):
    return rig.ctl_json("quarantine", "list", *args)


def ctl_bytes(rig, *args):
    return subprocess.run([rig.mamorictl, *args], check=True, timeout=60,
                          stdin=subprocess.DEVNULL,
                          capture_output=True).stdout


def test_the_copy_is_byte_exact(rig):
    data = samples.infected(OUTSIDER, ALICE)
    data += (b"8 bits \xff\xfe\x80 \xe3\x81\x82\r\n" + b"x" * 900 +
             b"\r\n.dots\r\n..\r\n \t trailing \r\n\r\n\r\n")
    assert rig.send(data, OUTSIDER, ALICE).code == 250
    row = rows_of(rig)[0]
    kept = ctl_bytes(rig, "quarantine", "show", str(row["id"]), "--message")
    assert lf(kept).endswith(lf(data))
    trace = lf(kept)[:-len(lf(data))]
    assert trace.startswith(b"Received: ") and b"\n\n" not in trace
    assert row["size"] == len(kept)


def test_a_row_says_who_why_and_what(rig):
    assert rig.send(samples.infected(OUTSIDER, [ALICE, CAROL]), OUTSIDER,
                    [ALICE, CAROL]).code == 250
    rows = {row["recipient"]: row for row in rows_of(rig)}
    assert sorted(rows) == [ALICE, CAROL]
    row = rows[ALICE]
    assert row["sender"] == OUTSIDER
    assert row["reason"] == "virus"
    assert row["direction"] == "inbound"
    assert row["subject"] == "請求書の件"
    assert samples.VIRUS in row["detail"]
    assert row["until"] - row["created"] == 15 * 86400
    text = rig.ctl("quarantine", "list").stdout
    assert ALICE in text and "請求書の件" in text
    text = rig.ctl("quarantine", "show", str(row["id"])).stdout
    assert samples.VIRUS in text


def test_the_list_is_filtered(rig):
    assert rig.send(samples.infected(OUTSIDER, [ALICE, CAROL]), OUTSIDER,
                    [ALICE, CAROL]).code == 250
    assert rig.send(samples.infected(BOB, ALICE), BOB, ALICE,
                    port="submission", auth=BOB).code == 550
    assert len(rows_of(rig)) == 3
    assert len(rows_of(rig, "--recipient", ALICE)) == 2
    assert [row["recipient"]
            for row in rows_of(rig, "--sender", OUTSIDER,
                               "--recipient", "@example.org")] == [CAROL]
    assert len(rows_of(rig, "--limit", "1")) == 1
    assert rows_of(rig, "--reason", "limit") == []


def test_the_same_mail_is_stored_once_for_all_recipients(rig):
    before = files(rig)
    assert rig.send(samples.infected(OUTSIDER, [ALICE, BOB, CAROL]),
                    OUTSIDER, [ALICE, BOB, CAROL]).code == 250
    assert len(rows_of(rig)) == 3
    assert len(files(rig) - before) == 1


def files(rig):
    folder = os.path.join(rig.state_dir, "quarantine")
    return {os.path.join(path, name)
            for path, _, names in os.walk(folder) for name in names}


def test_delete_removes_the_row_and_with_the_last_the_file(rig):
    assert rig.send(samples.infected(OUTSIDER, [ALICE, BOB]), OUTSIDER,
                    [ALICE, BOB]).code == 250
    one, other = [str(row["id"]) for row in rows_of(rig)]
    rig.settle()
    assert len(files(rig)) == 1
    rig.ctl("quarantine", "delete", one)
    assert [str(row["id"]) for row in rows_of(rig)] == [other]
    assert len(files(rig)) == 1
    rig.ctl("quarantine", "delete", other)
    assert rows_of(rig) == []
    wait_for(lambda: not files(rig), "a removed file")


def test_an_unknown_row_is_an_error(rig):
    for verb in ("show", "release", "delete"):
        done = rig.ctl("quarantine", verb, "999999", check=False)
        assert done.returncode == 3, done
        assert done.stderr


def test_release_scans_again_and_refuses_a_virus(rig):
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    wait_notice(rig, ALICE)
    row = rows_of(rig)[0]
    done = rig.ctl("quarantine", "release", str(row["id"]), check=False)
    rig.settle()
    assert [r["id"] for r in rows_of(rig)] == [row["id"]], done
    assert len(rig.mails(ALICE)) == 1


def test_release_delivers_what_is_clean_by_now(make_rig):
    rig = make_rig("mamori.signatures.settle=1h")
    path = os.path.join(rig.signatures, "false.ndb")
    with open(path, "w", encoding="utf-8") as file:
        file.write(samples.signature(samples.OTHER_VIRUS,
                                     samples.OTHER_MARK))
    rig.ctl("reload")
    data = samples.mail(OUTSIDER, [ALICE, BOB],
                        attachment=samples.OTHER_MARK)

    def quarantined():
        assert rig.send(data, OUTSIDER, [ALICE, BOB]).code == 250
        return rows_of(rig)

    rows = wait_for(quarantined, "a false alarm")
    rig.settle()
    rig.empty()
    os.unlink(path)
    rig.ctl("reload")

    def clean():
        name = os.path.join(rig.dir, "mail.eml")
        with open(name, "wb") as file:
            file.write(data)
        return rig.ctl("scan", name, check=False).returncode == 0

    wait_for(clean, "signatures without the false alarm")
    row = [row for row in rows if row["recipient"] == ALICE][0]
    rig.ctl("quarantine", "release", str(row["id"]))
    mail = rig.wait_mail(ALICE)
    assert mail["Message-ID"] == parse(data)["Message-ID"]
    assert mail["Return-Path"] == f"<{OUTSIDER}>"
    rig.settle()
    assert lf(rig.mails(ALICE)[0]).endswith(lf(data))
    assert len(rig.mails(ALICE)) == 1 and not rig.mails(BOB)
    assert [row["recipient"] for row in rows_of(rig)] == [BOB]


def test_the_list_survives_a_restart(make_rig):
    rig = make_rig()
    assert rig.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    before = json.dumps(rows_of(rig))
    rig.restart("mamorid")
    assert json.dumps(rows_of(rig)) == before
