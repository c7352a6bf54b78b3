"""The process that starts a rig's servers, and of which nothing survives.

It is the subreaper of all that the servers start, sits in the rig's mount
namespace where there is one, and answers on a control socket. As root.
"""
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

from riglib import control, namespace, ports, processes, settings, wrappers
from riglib.daemon import Mamorid
from riglib.dovecot import Dovecot
from riglib.exim import Exim
from riglib.layout import RigError
from riglib.sink import Sink

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
PORTS = ("mx", "mx_outside", "submission", "smtps", "imap", "imaps",
         "pop3s", "sink", "gateway")
TERM_SECONDS = 10
LINGER_SECONDS = 3


def _certificate(layout):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
         "-subj", "/CN=mx.example.test",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", layout.path("etc/tls.key"),
         "-out", layout.path("etc/tls.crt")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False)
    if done.returncode != 0:
        raise RigError(f"openssl: {done.stderr.strip()}")
    os.chmod(layout.path("etc/tls.key"), 0o640)
    shutil.chown(layout.path("etc/tls.key"), "root", Exim.user)


def _greets(where):
    """None when a server on a port or socket says something first."""
    family = socket.AF_INET if isinstance(where, int) else socket.AF_UNIX
    address = ("127.0.0.1", where) if isinstance(where, int) else where
    with socket.socket(family) as probe:
        probe.settimeout(5)
        try:
            probe.connect(address)
            return None if probe.recv(1) else f"{where}: closed at once"
        except OSError as error:
            return f"{where}: {error}"


class Supervisor:
    def __init__(self, layout, options):
        self.layout = layout
        self.options = options
        self.servers = {}       # role: how to run it
        self.running = {}       # role: pid, also the id of its session
        self.ended = {}         # pid: wait status
        self.mode = ""
        self.mount_namespace = None
        self.ports = {}
        self.stopping = False
        self.orphaned = False   # the caller is gone: nobody tidies up

    # -- starting ---------------------------------------------------------

    def prepare(self):
        layout, options = self.layout, self.options
        processes.become_subreaper()
        self._choose_mode()
        if not options["courier"]:
            options["courier"] = ("Debian-exim" if self.mode == "plain"
                                  else "uucp")
        self.ports, self.port_holder = ports.allocate(PORTS)
        exim = Exim(layout, options, self.ports, self.mode, SOURCE)
        self.servers = {server.role: server for server in (
            Sink(layout, self.ports),
            Dovecot(layout, options, self.ports, exim.user),
            Mamorid(layout, options, exim, SOURCE), exim)}
        for role in settings.ROLES:
            self.servers[role].prepare()
        _certificate(layout)
        wrappers.write(layout, options, self.mode, exim.command())

    def _choose_mode(self):
        """Needs the folder that is mounted, nothing in it yet."""
        folder = self.layout.path("exim")
        os.makedirs(folder, exist_ok=True)
        self.mode = self.options["mode"]
        if self.mode == "plain":
            return
        try:
            namespace.enter(folder)
        except OSError as error:
            if self.mode == "namespace":
                raise RigError(f"no mount namespace: {error}") from None
            self.mode = "plain"
            return
        self.mode = "namespace"
        self.mount_namespace = os.stat("/proc/self/ns/mnt").st_ino

    def spawn(self, role):
        server = self.servers[role]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                       "LANG": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        environment.update(server.environment())
        suffix = ".out" if role == "mamorid" else ".log"
        argv = server.argv()
        with open(self.layout.log(role + suffix), "ab") as log:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd="/", env=environment, start_new_session=True,
                preexec_fn=processes.die_with_parent)
        self.running[role] = child.pid
        # This process reaps by itself: Popen must not wait for the child.
        child.returncode = 0
        self.write_state()

    def wait_ready(self, roles):
        end = time.monotonic() + float(self.options["timeout"])
        for role in roles:
            server = self.servers[role]
            for probe in server.probes():
                test = probe if callable(probe) else \
                    lambda where=probe: _greets(where)
                while (missing := test()) is not None:
                    self.reap()
                    self._check_alive(role)
                    if self.stopping:
                        raise RigError("stopped while starting")
                    if time.monotonic() > end:
                        raise RigError(f"{role} is not ready: {missing}\n" +
                                       self.tails(server))
                    processes.pause()

    def _check_alive(self, role):
        status = self.ended.get(self.running[role])
        if status is not None:
            code = os.waitstatus_to_exitcode(status)
            raise RigError(f"{role} ended with status {code}\n" +
                           self.tails(self.servers[role]))

    def tails(self, server):
        return "\n".join(f"--- {name}\n{self.layout.tail(name)}"
                         for name in server.logs)

    def roles(self):
        return [role for role in settings.ROLES
                if role != "mamorid" or self.options["mamorid"] == "on"]

    def start_all(self):
        for role in self.roles():
            self.spawn(role)
        self.wait_ready(self.roles())

    def write_state(self):
        state = {name: [pid, processes.start_time(pid)]
                 for name, pid in {"rig": os.getpid(),
                                   **self.running}.items()}
        self.layout.write(control.STATE, json.dumps(state))

    def describe(self):
        layout = self.layout
        answer = {
            **{name: self.ports[name] for name in PORTS if name != "sink"},
            "lmtp": layout.path("dovecot/lmtp"),
            "sendmail": layout.path("bin/sendmail"),
            "exim": layout.path("bin/exim"),
            "as": layout.path("bin/as"),
            "mamorictl": layout.path("bin/mamorictl"),
            "accounts": self.servers["dovecot"].accounts,
            "domains": settings.DOMAINS,
            "owner": settings.OWNER,
            "operator": settings.OPERATOR,
            "config": layout.path("etc/mamori.yaml"),
            "settings": layout.path("state/settings"),
            "logs": layout.path("log"),
            "log": layout.log("mamorid.log"),
            "sink": layout.path("sink"),
            "sink_port": self.ports["sink"],
            "dir": layout.root,
            "state_dir": layout.path("state"),
            "run_dir": layout.path("run"),
            "signatures": self.servers["mamorid"].signatures,
            "ca": layout.path("etc/tls.crt"),
            "mode": self.mode,
            "pids": {"rig": os.getpid(), **self.running},
        }
        layout.write("rig.json", json.dumps(answer, indent=1), 0o600)
        return answer

    # -- stopping ---------------------------------------------------------

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.running.values():
                self.ended[pid] = status

    def wait_for(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            processes.pause()
            self.reap()
        return True

    def stop_one(self, role):
        pid = self.running.pop(role, None)
        if pid is None:
            return
        if self.ended.pop(pid, None) is None:
            processes.send([pid], signal.SIGTERM)
            self.running["-"] = pid
            self.wait_for(lambda: pid in self.ended, TERM_SECONDS)
            self.running.pop("-")
            self.ended.pop(pid, None)
        self.wait_for(lambda: not processes.in_sessions({pid}),
                      LINGER_SECONDS)
        processes.kill_sessions([pid])
        self.reap()
        self.write_state()

    def strays(self):
        """All that is left of the rig: what the servers started, and what
        was started in its namespace or with its Exim configuration."""
        me = os.getpid()
        found = set(processes.descendants(me))
        found |= processes.in_mount_namespace(self.mount_namespace)
        found |= processes.of_program("/usr/sbin/exim4",
                                      self.layout.path("exim"))
        return found - {me}

    def stop_all(self):
        for pid in self.running.values():
            if pid not in self.ended:
                processes.send([pid], signal.SIGTERM)
        for role in reversed(settings.ROLES):
            self.stop_one(role)
        self.wait_for(lambda: not self.strays(), 1)
        end = time.monotonic() + TERM_SECONDS
        while (left := self.strays()) and time.monotonic() < end:
            processes.send(left, signal.SIGKILL)
            processes.pause()
            self.reap()
        for name in (control.SOCKET, control.STATE):
            try:
                os.unlink(self.layout.path(name))
            except FileNotFoundError:
                pass

    # -- serving ----------------------------------------------------------

    def answer(self, request):
        role = request["role"]
        self.stop_one(role)
        if request["command"] == "restart":
            self.spawn(role)
            self.wait_ready([role])
        self.describe()
        return {}

    def serve_one(self, listener):
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            with connection.makefile("rb") as lines:
                line = lines.readline()
            try:
                answer = self.answer(json.loads(line))
            except (RigError, ValueError, KeyError) as error:
                answer = {"error": str(error)}
            connection.sendall(json.dumps(answer).encode() + b"\n")

    def serve(self, listener, wakeup):
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(wakeup, select.POLLIN)
        if self.options.get("while_stdin"):
            poll.register(0, select.POLLIN | select.POLLHUP)
        while not self.stopping:
            ready = [fd for fd, _ in poll.poll()]
            self.reap()
            if wakeup.fileno() in ready:
                wakeup.recv(4096)
            if listener.fileno() in ready:
                try:
                    self.serve_one(listener)
                except OSError as error:
                    print(f"control: {error}", file=sys.stderr, flush=True)
            if 0 in ready and not os.read(0, 4096):
                self.stopping = self.orphaned = True


def _listen(layout):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(layout.path(control.SOCKET))
    os.chmod(layout.path(control.SOCKET), 0o600)
    listener.listen(8)
    return listener


def run(layout, options, tell):
    rig = Supervisor(layout, options)
    wakeup, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def end(_number, _frame):
        rig.stopping = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    try:
        try:
            rig.prepare()
            listener = _listen(layout)
            rig.start_all()
            answer = rig.describe()
        except (RigError, OSError, LookupError) as error:
            answer = {"error": f"{error}"}
            rig.stopping = True
            rig.stop_all()
        os.write(tell, json.dumps(answer).encode())
        os.close(tell)
        if not rig.stopping:
            rig.serve(listener, wakeup)
    finally:
        rig.stop_all()
        if rig.orphaned:
            shutil.rmtree(layout.root)
