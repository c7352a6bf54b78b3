"""The rig itself: nothing collides, nothing is left."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

import pytest
from mails import ALICE, BOB, OUTSIDER
from riglib import processes, samples
from riglib.cli import PROGRAM
from riglib.client import greeting, wait_for


def alive(pid):
    fields = processes.stat(pid)
    return bool(fields) and fields[0] != "Z"


def rig_processes(folder):
    return [pid for pid in processes.all_pids()
            if folder in command_line(pid) and alive(pid)]


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode("latin-1")
    except OSError:
        return ""


def test_two_rigs_do_not_disturb_each_other(make_rig):
    one, other = make_rig(), make_rig()
    ports = {name for name in ("mx", "mx_outside", "submission", "smtps",
                               "imap", "imaps", "pop3s", "sink_port")}
    assert not {one.answer[name] for name in ports} & \
        {other.answer[name] for name in ports}
    other.stop_server("mamorid")
    assert one.send(samples.infected(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    assert other.send(samples.mail(OUTSIDER, BOB), OUTSIDER,
                      BOB).code == 451
    one.settle()
    assert len(one.mails(ALICE)) == 1 and not other.mails(ALICE)


def test_mail_flows_without_a_scanner_at_all(make_rig):
    rig = make_rig("mamorid=off", "local_scan=off", "mode=plain")
    assert rig.mode == "plain"
    assert rig.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                    ALICE).code == 250
    assert rig.wait_mail(ALICE)["X-Mamori-Result"] is None
    for role in ("exim", "dovecot", "sink"):
        rig.restart(role)
    assert greeting(rig.mx).startswith("220 ")
    assert len(rig.mails(ALICE)) == 1


@pytest.fixture
def folder():
    path = tempfile.mkdtemp(prefix="mamori-", dir="/tmp")
    os.chmod(path, 0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False, timeout=90)


OFF = ("--set", "mamorid=off", "--set", "local_scan=off")


def test_a_rig_from_the_shell_goes_on_until_it_is_stopped(folder):
    done = run("start", folder, *OFF)
    assert done.returncode == 0, done
    answer = json.loads(done.stdout)
    assert len(answer["accounts"]) >= 4 and len(answer["domains"]) == 2
    assert all(port < 32768 for port in answer.values()
               if isinstance(port, int))
    pids = list(answer["pids"].values())
    assert all(map(alive, pids))
    assert run("start", folder, *OFF).returncode == 1, "not empty"
    assert run("stop", folder).returncode == 0
    assert not any(map(alive, pids)) and not rig_processes(folder)
    assert run("stop", folder).returncode == 1, "no rig any more"


@pytest.mark.parametrize("mode", ["auto", "plain"])
def test_stop_works_after_the_supervisor_was_killed(folder, mode):
    done = run("start", folder, *OFF, "--set", f"mode={mode}")
    pids = json.loads(done.stdout)["pids"]
    os.kill(pids["rig"], signal.SIGKILL)
    assert run("stop", folder).returncode == 0
    wait_for(lambda: not any(map(alive, pids.values())), "the end of all")
    assert not rig_processes(folder)


def test_a_rig_dies_with_its_caller(folder):
    """The other end of the standard input is all that keeps it."""
    caller = subprocess.Popen(
        [PROGRAM, "start", folder, "--while-stdin", *OFF],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = json.loads(caller.stdout.read())["pids"]
    assert caller.wait() == 0 and all(map(alive, pids.values()))
    caller.stdout.close()
    caller.stdin.close()
    wait_for(lambda: not any(map(alive, pids.values())), "the end of all")
    assert not os.path.exists(folder)


def test_a_folder_that_servers_cannot_reach_is_refused(folder):
    os.chmod(folder, 0o700)
    done = run("start", os.path.join(folder, "rig"), *OFF)
    assert done.returncode == 1 and "closed to other users" in done.stderr


def test_unknown_settings_are_refused(folder):
    for setting in ("colour=red", "mode=fast", "mamorid", "timeout=x"):
        done = run("start", folder, "--set", setting)
        assert done.returncode == 1 and setting.split("=")[0] in done.stderr
    assert os.listdir(folder) == []


def test_a_server_that_does_not_start_shows_its_log(folder):
    done = run("start", folder, *OFF, "--set", "exim.no_such_option=1")
    assert done.returncode == 1
    assert "exim" in done.stderr and "no_such_option" in done.stderr
    assert not rig_processes(folder)
