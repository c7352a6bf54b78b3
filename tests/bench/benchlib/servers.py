"""The three contenders: Exim alone, with clamd, with Mamori.

Each is one Exim whose router throws every mail away, and what it asks before
it takes one. Everything that a contender runs is in one account of CPU time.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess

import yaml

from benchlib import cpu
from riglib import processes
from riglib.layout import RigError

EXIM = "/usr/sbin/exim4"
CLAMD = "/usr/sbin/clamd"
USER = "Debian-exim"
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.realpath(__file__)))))

_EXIM_CONF = """\
primary_hostname = mx.example.test
domainlist local_domains = example.test
deliver_drop_privilege = true
spool_directory = {dir}/spool
log_file_path = {dir}/log/%slog
pid_file_path = {dir}/exim.pid
keep_environment =
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
never_users =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 100
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
message_size_limit = 100M
acl_smtp_rcpt = acl_rcpt
{main}

begin acl
acl_rcpt:
  accept domains = +local_domains
{acl}
begin routers
nowhere:
  driver = redirect
  data = :blackhole:
"""

# Debian's own settings, where they matter.
_CLAMD_CONF = """\
LocalSocket {dir}/clamd.sock
LocalSocketMode 666
FixStaleSocket true
User {user}
DatabaseDirectory {signatures}
TemporaryDirectory {tmp}
LogFile {dir}/log/clamd.log
Foreground true
MaxThreads 12
MaxConnectionQueueLength 15
SelfCheck 0
MaxScanSize 100M
MaxFileSize 25M
StreamMaxLength 25M
MaxRecursion 16
MaxFiles 10000
MaxScanTime 120000
"""


class Contender:
    """Exim alone; the others add to it."""
    name = "Exim alone"
    key = "alone"

    def __init__(self, layout, options, port):
        self.options = options
        self.port = port
        self.dir = layout.path(self.key)
        self.children = []
        self.cpu = cpu.account(f"mamori-bench-{os.getpid()}-{self.key}")
        self.idle = 0

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def _spawn(self, argv, out):
        def prepare():
            self.cpu.enter()
            processes.die_with_parent()

        with open(self.path("log", out), "ab") as log:
            child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd="/", start_new_session=True, preexec_fn=prepare,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        self.children.append(child)
        if isinstance(self.cpu, cpu.Tree):
            self.cpu.roots.append(child.pid)
        return child

    def _wait(self, ready, child, what, seconds=300):
        for _ in range(int(seconds / 0.05)):
            if ready():
                return
            if child.poll() is not None:
                break
            processes.pause(0.05)
        raise RigError(f"{what} of '{self.name}' does not start; see "
                       f"{self.path('log')}")

    def start(self):
        os.mkdir(self.dir)
        os.chmod(self.dir, 0o711)
        for name in ("spool", "log"):
            os.mkdir(self.path(name))
            os.chmod(self.path(name), 0o755)
            shutil.chown(self.path(name), USER, USER)
        self.start_scanner()
        main, acl = self.exim_lines()
        conf = self._write("exim.conf", _EXIM_CONF.format(
            dir=self.dir, port=self.port, main=main, acl=acl))
        child = self._spawn([EXIM, "-C", conf, "-bdf"], "exim.out")
        self._wait(self._greets, child, "Exim")
        processes.pause(0.2)

    def _greets(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port),
                                          1) as sock:
                return sock.recv(3) == b"220"
        except OSError:
            return False

    def start_scanner(self):
        """Start what Exim asks, and wait until it can be asked."""

    def exim_lines(self):
        """Main options, and what follows in the ACL section."""
        return "", ""

    def settle(self, connections):
        """Until the mails of a round are delivered: what is left are the
        servers and one process a connection."""
        for _ in range(3000):
            if len(self.cpu.pids()) <= self.idle + connections:
                return
            processes.pause(0.01)
        raise RigError(f"'{self.name}' does not come to rest")

    def rest(self):
        """Called when started and nothing is connected."""
        previous = None
        for _ in range(100):
            now = sorted(self.cpu.pids())
            if now == previous:
                break
            previous = now
            processes.pause(0.1)
        self.idle = len(previous)

    def stop(self):
        for child in self.children:
            child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for _ in range(200):
            left = self.cpu.pids()
            if not left:
                break
            processes.send(left, signal.SIGKILL)
            processes.pause()
        self.cpu.remove()


class WithClamd(Contender):
    name = "with clamd"
    key = "clamd"

    def start_scanner(self):
        self.tmp = os.path.join(self.options.clamd_tmp,
                                f"mamori-bench-{os.getpid()}")
        os.mkdir(self.tmp, 0o700)
        shutil.chown(self.tmp, USER, USER)
        shutil.chown(self.dir, USER, USER)
        conf = self._write("clamd.conf", _CLAMD_CONF.format(
            dir=self.dir, user=USER, tmp=self.tmp,
            signatures=self.options.signatures))
        child = self._spawn([CLAMD, "-c", conf], "clamd.out")
        self._wait(lambda: os.path.exists(self.path("clamd.sock")), child,
                   "clamd")

    def exim_lines(self):
        return (f"av_scanner = clamd:{self.path('clamd.sock')}\n"
                "acl_smtp_data = acl_data",
                "\nacl_data:\n  deny message = $malware_name\n"
                "       malware = *\n  accept\n")

    def stop(self):
        super().stop()
        shutil.rmtree(self.tmp, ignore_errors=True)


class WithMamori(Contender):
    name = "with Mamori"
    key = "mamori"

    def start_scanner(self):
        for name in ("run", "state", "lib"):
            os.mkdir(self.path(name))
            os.chmod(self.path(name), 0o755)
        for name in ("mamorid", "mamorictl", "mamori_local_scan.so"):
            built = os.path.join(self.options.build, name)
            if not os.path.exists(built):
                raise RigError(f"{built}: build first")
            shutil.copy(built, self.path("lib", name))
        tree = {
            "run_dir": self.path("run"), "state_dir": self.path("state"),
            "local_domains": ["example.test"],
            "users": {"gate": "daemon", "inspector": "nobody",
                      "keeper": "backup", "courier": "uucp", "exim": USER},
            "log": {"syslog": False},
            "signatures": {"folder": self.options.signatures},
            "notices": {"folder": os.path.join(SOURCE, "config/notices")},
            "quarantine": {"disk_reserve": "1M"},
        }
        conf = self._write("mamori.yaml", yaml.safe_dump(tree))
        child = self._spawn([self.path("lib/mamorid"), "-c", conf, "-f"],
                            "mamorid.out")
        self._wait(lambda: self._serves(conf), child, "mamorid")

    def _serves(self, conf):
        done = subprocess.run(
            [self.path("lib/mamorictl"), "--config", conf, "status",
             "--json"], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False)
        return done.returncode == 0 and '"serving"' in done.stdout

    def exim_lines(self):
        return (f"local_scan_path = {self.path('lib/mamori_local_scan.so')}\n"
                f"add_environment = MAMORI_SOCKET={self.path('run')}"
                "/scan.sock", "")


CONTENDERS = {one.key: one for one in (Contender, WithClamd, WithMamori)}


def check_programs(keys):
    """What is missing on this machine, or None."""
    wanted = [EXIM] + ([CLAMD] if "clamd" in keys else [])
    for program in wanted:
        if not os.access(program, os.X_OK):
            return f"{program} is missing: run tools/install-deps bench"
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return f"there is no user {USER}"
    return None
