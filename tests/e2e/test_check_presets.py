"""mamorictl check-config reads the presets, and what the settings name."""
import json
import os

import pytest
from conftest import start

RULE = """version: 1
rules:
  - name: mine
    when: {finding: virus}
    do: [quarantine]
"""


@pytest.fixture(scope="module")
def server():
    rig = start(preset="standard")
    yield rig
    rig.stop()


@pytest.fixture
def rig(server):
    server.own = f"{server.dir}/etc/presets"
    os.makedirs(server.own, exist_ok=True)
    yield server
    for name in os.listdir(server.own):
        os.unlink(f"{server.own}/{name}")


def write(rig, name, text):
    path = f"{rig.own}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def mistakes(rig):
    """The same in both forms, with the exit status of it."""
    text = rig.ctl("check-config", check=False)
    lines = text.stderr.splitlines()
    done = rig.ctl("check-config", "--json", check=False)
    assert text.returncode == done.returncode == (3 if lines else 0), text
    assert (": OK\n" in text.stdout) == (not lines)
    told = json.loads(done.stdout)
    assert (told["errors"], told["valid"]) == (lines, not lines)
    return lines


def test_all_is_well(rig):
    assert not mistakes(rig)
    write(rig, "mine.yaml", RULE)
    write(rig, "note.txt", "no preset")
    assert not mistakes(rig)


@pytest.mark.parametrize("text, line, column, what", [
    ("version: 1\nrules:\n  - name: x\n    whan: {}\n", 4, 5, "whan"),
    ("version: 1\nrules:\n  - {name: x, do: [fly]}\n", 3, 20, "do: not a word"),
    ("version: 1\nbase: &x standard\n", 2, 7, ""),
    ("version: 1\nbase:  nowhere\n", 2, 8, "no such file"),
])
def test_a_mistake_in_a_preset(rig, text, line, column, what):
    path = write(rig, "wrong.yaml", text)
    told, = mistakes(rig)
    assert told.startswith(f"{path}:{line}:{column}: ") and what in told, told


def test_every_file_is_read_and_each_mistake_told_once(rig):
    """Two presets build on the broken one, and the server's is the third."""
    broken = write(rig, "broken.yaml", "version: 1\nrulez: []\n")
    write(rig, "child.yaml", "version: 1\nbase: broken\n")
    other = write(rig, "other.yaml", "version: 7\n")
    name = write(rig, "Not A Name.yaml", RULE)
    told = mistakes(rig)
    assert [line.split(":")[0] for line in told] == [name, broken, other]


def test_one_of_ours_that_is_replaced(rig):
    path = write(rig, "mwb.yaml", "version: 1\nrules: none\n")
    told, = mistakes(rig)
    assert told.startswith(f"{path}:2:8: ")


def test_settings_that_name_what_is_not_there(rig):
    """By what a panel has set before the operator removed the file."""
    path = write(rig, "mine.yaml", RULE)
    rig.ctl("domain", "create", "example.test", "preset=mine")
    rig.ctl("server", "set", "preset=mine")
    try:
        assert not mistakes(rig)
        os.unlink(path)
        told = mistakes(rig)
        root = os.path.join(rig.dir, "state/settings")
        assert [line.split(": ")[0].rsplit(":", 2)[0] for line in told] == [
            f"{root}/_server.yaml", f"{root}/example.test/domain.yaml"]
        for line in told:
            where, number, column = line.split(": ")[0].rsplit(":", 2)
            with open(where, encoding="utf-8") as file:
                text = file.read().splitlines()[int(number) - 1]
            assert text[int(column) - 1:].strip("'\"") == "mine"
            assert 'preset "mine": no such file' in line
    finally:
        rig.ctl("server", "set", "preset=standard")
        rig.ctl("domain", "delete", "example.test")
