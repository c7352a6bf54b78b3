"""Talking to a running rig: one JSON line there, one back, over a socket."""
import json
import os
import select
import signal
import socket

from riglib import processes
from riglib.layout import RigError

SOCKET = "rig.sock"
STATE = "rig.state"     # {name: [pid, start time]} of what is running
STOP_SECONDS = 30


def ask(layout, request):
    """The answer of the rig's supervisor, or RigError."""
    with socket.socket(socket.AF_UNIX) as channel:
        channel.settimeout(120)
        try:
            channel.connect(layout.path(SOCKET))
            channel.sendall(json.dumps(request).encode() + b"\n")
            with channel.makefile("rb") as lines:
                line = lines.readline()
        except FileNotFoundError:
            raise RigError(f"no rig in {layout.root}") from None
        except OSError as error:
            raise RigError(f"the rig in {layout.root} does not answer: "
                           f"{error}") from None
    if not line:
        raise RigError(f"the rig in {layout.root} died:\n" +
                       layout.tail("rig.log"))
    answer = json.loads(line)
    if "error" in answer:
        raise RigError(answer["error"])
    return answer


def _state(layout):
    try:
        with open(layout.path(STATE), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def stop(layout):
    """Stop the rig and wait until nothing of it is left. Works, too, when
    its supervisor has been killed."""
    state = _state(layout)
    if state is None:
        raise RigError(f"no rig in {layout.root}")
    pid, started = state["rig"]
    if processes.start_time(pid) == started:
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            gone = select.select([handle], [], [], STOP_SECONDS)[0]
            if not gone:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            os.close(handle)
    # The supervisor leaves nothing behind, unless it was killed itself.
    processes.kill_sessions([sid for sid, start in state.values()
                             if processes.session_may_be(sid, start)])
    for name in (SOCKET, STATE):
        try:
            os.unlink(layout.path(name))
        except FileNotFoundError:
            pass
