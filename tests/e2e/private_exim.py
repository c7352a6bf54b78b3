"""A real Exim of its own for tests of the module alone, with a gate double.

Local mail (local.test) goes to one maildir, other mail to an SMTP sink in
this process. Where the host permits, every Exim runs in a mount namespace in
which the configuration is the system's, so that customers' sendmail works as
on a real server; elsewhere with -C, and customers are played by root.
"""
import email
import glob
import os
import pwd
import random
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import threading
import time

from private_exim_config import CONFIG

EXIM = "/usr/sbin/exim4"
USER = "Debian-exim"
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
IN_NAMESPACE = 'mount --bind "$0" /etc/exim4 && exec "$@"'

def wait_for(condition, seconds=20, what="condition"):
    """The condition's first true value."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        pause.wait(0.02)


def free_port():
    while True:
        port = random.randrange(21000, 31990)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Sink:
    """An SMTP server that accepts everything and keeps (recipients, data)."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.mails = []
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        """Connections wait for their banner until release()."""
        self.open.clear()

    def release(self):
        self.open.set()

    def close(self):
        self.release()
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def _accept(self):
        while True:
            try:
                conn, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,),
                             daemon=True).start()

    def _serve(self, conn):
        with conn, conn.makefile("rwb", buffering=0) as io:
            self.open.wait()
            io.write(b"220 sink\r\n")
            rcpts = []
            for line in iter(io.readline, b""):
                verb = line[:4].upper()
                if verb == b"RCPT":
                    rcpts.append(line.split(b"<")[1].split(b">")[0].decode())
                if verb == b"DATA":
                    io.write(b"354 go\r\n")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += io.readline()
                    self.mails.append((rcpts, data[:-3]))
                    rcpts = []
                io.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return


def namespaces_permitted():
    probe = subprocess.run(
        ["unshare", "-m", "mount", "--bind", "/tmp", "/tmp"],
        capture_output=True, check=False)
    return probe.returncode == 0


class PrivateExim:
    def __init__(self, module, on_failure="defer", deadline_ms=20000,
                 extra="", environment="", acl_not_smtp="accept",
                 retry="* * F,5m,1s", keep_environment=""):
        self.base = tempfile.mkdtemp(prefix="mamori-module-", dir="/tmp")
        os.chmod(self.base, 0o711)
        self.own_namespace = namespaces_permitted()
        self.port = free_port()
        self.socket = f"{self.base}/scan.sock"
        self.sink = Sink()
        for name in ("spool", "log", "mail"):
            os.mkdir(f"{self.base}/{name}", 0o750)
            shutil.chown(f"{self.base}/{name}", USER, USER)
        os.mkdir(f"{self.base}/etc", 0o755)
        shutil.copyfile(module, f"{self.base}/module.so")
        os.chmod(f"{self.base}/module.so", 0o755)
        self._copy_snippets()
        env = (f"MAMORI_SOCKET={self.socket} : MAMORI_DEADLINE_MS="
               f"{deadline_ms} : MAMORI_ON_FAILURE={on_failure}{environment}")
        self.config = CONFIG.format(
            base=self.base, user=USER, port=self.port, sink=self.sink.port,
            drop="false" if self.own_namespace else "true", extra=extra,
            environment=env, config=f"{self.base}/etc", retry=retry,
            acl_not_smtp=acl_not_smtp, keep=keep_environment)
        with open(f"{self.base}/etc/exim4.conf", "w") as out:
            out.write(self.config)
        self.daemon = None

    def _copy_snippets(self):
        exim = EXIM if self.own_namespace else \
            f"{EXIM} -C {self.base}/etc/exim4.conf"
        for path in glob.glob(f"{ROOT}/config/exim/*.conf"):
            with open(path) as snippet:
                text = snippet.read()
            text = text.replace("/var/lib/mamori/exim", f"{self.base}/etc")
            if path.endswith("transports.conf"):
                text = f"MAMORI_EXIM = {exim}\n" + text
            copy = f"{self.base}/etc/{os.path.basename(path)}"
            with open(copy, "w") as out:
                out.write(text)
        # What the keeper writes when no domain has a gateway.
        with open(f"{self.base}/etc/gateway_domains", "w"):
            pass

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def command(self, *args, user=None):
        run = [EXIM, *args]
        if not self.own_namespace:
            run[1:1] = ["-C", f"{self.base}/etc/exim4.conf"]
        if user not in (None, "root") and (self.own_namespace or
                                           user == USER):
            who = pwd.getpwnam(user)
            run = ["setpriv", f"--reuid={who.pw_uid}",
                   f"--regid={who.pw_gid}", "--clear-groups", *run]
        if self.own_namespace:
            run = ["unshare", "-m", "sh", "-c", IN_NAMESPACE,
                   f"{self.base}/etc", *run]
        return run

    def uid_of(self, user):
        """The uid that Exim sees when this user calls it."""
        return pwd.getpwnam(user).pw_uid if self.own_namespace else 0

    def run(self, *args, data=b"", user=None, timeout=60):
        return subprocess.run(self.command(*args, user=user), input=data,
                              capture_output=True, timeout=timeout,
                              check=False, cwd="/")

    def start(self):
        with open(f"{self.base}/log/daemon", "wb") as out:
            self.daemon = subprocess.Popen(
                self.command("-bdf"), stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, cwd="/", start_new_session=True)
        wait_for(self._answers, what="Exim's banner")

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                return s.recv(3) == b"220"
        except OSError:
            return False

    def close(self):
        if self.daemon is not None:
            self._signal_daemon_gone()
        self.wait_quiet()
        self.sink.close()
        shutil.rmtree(self.base, ignore_errors=True)

    def _processes(self):
        """Processes that have a file of ours open."""
        found = []
        for link in glob.glob("/proc/[0-9]*/fd/*"):
            try:
                if os.readlink(link).startswith(self.base + "/spool"):
                    found.append(link)
            except OSError:
                pass
        return found

    # What tests do with it.

    def smtp(self, message, rcpts=("a@local.test",), sender="s@out.test",
             login=None):
        """One mail by SMTP: (code, text) of the answer to the data."""
        if isinstance(message, str):
            message = message.encode()
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.ehlo("client.test")
            if login:
                client.login(login, "secret")
            client.mail(sender)
            for rcpt in rcpts:
                client.rcpt(rcpt)
            code, text = client.data(message)
            return code, text.decode()

    def sendmail(self, message, rcpts=("a@local.test",), user="www-data",
                 options=()):
        if isinstance(message, str):
            message = message.encode()
        return self.run("-oi", *options, *rcpts, data=message, user=user)

    def stop_deliveries(self):
        """From now on mail stays in the queue until a queue run."""
        self._signal_daemon_gone()
        with open(f"{self.base}/etc/exim4.conf", "w") as out:
            out.write("queue_only\n" + self.config)
        self.start()

    def _signal_daemon_gone(self):
        os.killpg(self.daemon.pid, signal.SIGTERM)
        self.daemon.wait(20)

    def chunking(self, message):
        """One mail by BDAT: everything Exim says to it."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.ehlo("client.test")
            client.mail("s@out.test")
            client.rcpt("a@local.test")
            client.send(f"BDAT {len(message)} LAST\r\n".encode() + message)
            code, text = client.getreply()
            return str(code).encode() + b" " + text

    def wait_quiet(self):
        """No process of Exim is at work on a mail."""
        wait_for(lambda: not self._processes(), what="Exim's children")

    def flush(self, options="-qff"):
        """A queue run that meets every mail: none is locked by another."""
        self.wait_quiet()
        return self.run(options)

    def queue(self):
        return sorted(os.path.basename(path)[:-len("-H")] for path in
                      glob.glob(f"{self.base}/spool/input/**/*-H",
                                recursive=True))

    def spooled(self, name):
        """The -H files' texts."""
        texts = []
        for path in glob.glob(f"{self.base}/spool/input/**/*-{name}",
                              recursive=True):
            with open(path, "rb") as text:
                texts.append(text.read())
        return texts

    def mails(self):
        """Every delivered file, oldest first, as bytes."""
        found = sorted(glob.glob(f"{self.base}/mail/new/*"),
                       key=lambda path: os.stat(path).st_mtime_ns)
        texts = []
        for path in found:
            with open(path, "rb") as text:
                texts.append(text.read())
        return texts

    def wait_mails(self, count=1):
        wait_for(lambda: len(self.mails()) >= count,
                 what=f"{count} mails; log:\n{self.log()}")
        return self.mails()

    def wait_mail(self):
        return self.wait_mails(1)[0]

    def wait_sink(self, count=1):
        wait_for(lambda: len(self.sink.mails) >= count, what="sink")
        return self.sink.mails

    def wait_idle(self):
        """Nothing queued and nothing under way."""
        wait_for(lambda: not self.queue() and not self._processes(),
                 what=f"an empty queue; log:\n{self.log()}")

    def log(self, name="mainlog"):
        try:
            with open(f"{self.base}/log/{name}", errors="replace") as text:
                return text.read()
        except FileNotFoundError:
            return ""

    def wait_log(self, text, count=1):
        wait_for(lambda: self.log().count(text) >= count,
                 what=f"{text!r} in the log:\n{self.log()}")


def parse(mail):
    return email.message_from_bytes(mail)


def body_of(mail):
    return mail.split(b"\n\n", 1)[1]
