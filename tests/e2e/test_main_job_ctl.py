"""mamorictl: scan, status, check-config."""
import json
import os
import subprocess

import pytest
from mails import ALICE, OUTSIDER
from riglib import samples
from riglib.daemon import serving


@pytest.fixture
def files(rig):
    """Mails on disk: {name: path}."""
    folder = os.path.join(rig.dir, "mails")
    os.makedirs(folder, exist_ok=True)
    mails = {
        "clean": samples.mail(OUTSIDER, ALICE),
        "infected": samples.infected(OUTSIDER, ALICE),
        "encrypted": samples.mail(
            OUTSIDER, ALICE, name="secret.zip",
            attachment=samples.encrypted_zip(b"x" * 500)),
    }
    paths = {}
    for name, data in mails.items():
        paths[name] = os.path.join(folder, name + ".eml")
        with open(paths[name], "wb") as file:
            file.write(data)
    return paths


WORST = [
    (["clean"], 0),
    (["infected"], 1),
    (["encrypted"], 2),
    (["clean", "infected"], 1),
    (["infected", "encrypted", "clean"], 2),
]


def scan(rig, how, *args):
    engine = ["--engine", rig.signatures] if how == "engine" else []
    return rig.ctl("scan", *engine, *args, check=False)


@pytest.mark.parametrize("how", ["daemon", "engine"])
@pytest.mark.parametrize("names,status", WORST)
def test_scan_exits_with_the_worst(rig, files, how, names, status):
    done = scan(rig, how, *(files[name] for name in names))
    assert done.returncode == status, done
    assert len(done.stdout.splitlines()) >= len(names)


@pytest.mark.parametrize("how", ["daemon", "engine"])
def test_scan_json_has_a_line_for_each_file(rig, files, how):
    done = scan(rig, how, "--json", *files.values())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["file"] for answer in answers] == list(files.values())
    clean, infected, encrypted = answers
    assert (clean["verdict"], clean["reasons"], clean["findings"]) == \
        ("clean", [], [])
    assert infected["verdict"] == "infected"
    assert infected["reasons"]
    hits = [finding for finding in infected["findings"]
            if finding["kind"] == "virus"]
    assert all(set(hit) >= {"part", "name", "type", "size", "kind",
                            "detail"} for hit in hits)
    assert all(samples.VIRUS in hit["detail"] for hit in hits)
    assert "invoice.com" in [hit["name"] for hit in hits]
    assert encrypted["verdict"] == "not-checked"
    assert "encrypted" in [finding["kind"]
                           for finding in encrypted["findings"]]


def test_scan_reads_standard_input(rig, files):
    with open(files["infected"], "rb") as file:
        done = subprocess.run([rig.mamorictl, "scan", "-"], stdin=file,
                              timeout=60, capture_output=True, check=False)
    assert done.returncode == 1, done


@pytest.mark.parametrize("how", ["daemon", "engine"])
def test_scan_of_a_missing_file_is_an_error(rig, files, how):
    done = scan(rig, how, files["clean"], "/nonexistent/mail.eml")
    assert done.returncode == 3, done
    assert "/nonexistent/mail.eml" in done.stderr + done.stdout


def test_scan_without_a_daemon_is_an_error_but_engine_works(make_rig):
    rig = make_rig()
    rig.stop_server("mamorid")
    path = os.path.join(rig.dir, "mail.eml")
    with open(path, "wb") as file:
        file.write(samples.infected(OUTSIDER, ALICE))
    assert scan(rig, "daemon", path).returncode == 3
    assert scan(rig, "engine", path).returncode == 1


def test_mamorictl_links_no_scanner(rig):
    program = os.path.join(rig.dir, "lib/mamorictl")
    libraries = subprocess.run(["ldd", program], capture_output=True,
                               text=True, check=True).stdout
    assert "libclamav" not in libraries and "libgmime" not in libraries


def test_status_tells_what_runs(rig):
    before = rig.ctl_json("status")
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    rig.wait_mail(ALICE)
    status = rig.ctl_json("status")
    current = serving(status)
    assert current["signatures"] >= 1
    assert current["signatures_time"] > 0
    assert current["workers"] >= 4
    for layer in ("uid", "chroot", "rlimits", "seccomp"):
        assert layer in current["sandbox"]
    assert status["counters"]["clean"] == before["counters"]["clean"] + 1
    text = rig.ctl("status").stdout
    assert "seccomp" in text


MISTAKES = {
    "unknown key": ("log:\n  fiel: /var/log/x\n", 2, 3),
    "wrong type": ("limits:\n  depth: deep\n", 2, 10),
    "impossible value": ("limits:\n  depth: 1000\n", 2, 10),
    "no duration": ("quarantine:\n  keep: 15 moons\n", 2, 9),
    "a list for a text": ("operator: [a@example.test]\n", 1, 11),
    "repeated key": ("operator: a@example.test\noperator: b@example.test\n",
                     2, 1),
    "anchor": ("operator: &x a@example.test\n", 1, 11),
    "bad YAML": ("log: {file: /x\n", 2, 1),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_check_config_names_file_line_and_column(rig, name):
    text, line, column = MISTAKES[name]
    path = os.path.join(rig.dir, "wrong.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = rig.ctl("check-config", path, check=False)
    assert done.returncode == 3, done
    assert f"{path}:{line}:{column}: " in done.stdout + done.stderr
    # The daemon refuses the same file with the same words.
    daemon = subprocess.run([os.path.join(rig.dir, "lib/mamorid"), "-t",
                             "-c", path], capture_output=True, text=True,
                            check=False)
    assert daemon.returncode == 2, daemon
    assert f"{path}:{line}:{column}: " in daemon.stderr


def test_check_config_accepts_the_sample_and_the_running_one(rig):
    assert rig.ctl("check-config").returncode == 0
    path = os.path.join(rig.dir, "sample.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(rig.ctl("config", "sample").stdout)
    assert rig.ctl("check-config", path).returncode == 0
