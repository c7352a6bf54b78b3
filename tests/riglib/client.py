"""A running rig as demo and tests use it: send, read, wait, look."""
import contextlib
import email
import email.policy
import imaplib
import json
import os
import poplib
import re
import shlex
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from dataclasses import dataclass

from riglib import processes
from riglib.cli import PROGRAM
from riglib.layout import RigError

WAIT_SECONDS = 30


def wait_for(probe, what, seconds=WAIT_SECONDS):
    """Call probe until it returns something true, and return that."""
    end = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > end:
            what = what() if callable(what) else what
            raise AssertionError(f"waited {seconds} s for {what}")
        processes.pause(0.03)
    return answer


@dataclass
class Reply:
    """The answer that decided over a mail, and after which command."""
    code: int
    text: str
    command: str

    def __str__(self):
        return f"{self.code} {self.text}"


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


class _OutsideSMTP(smtplib.SMTP):
    """A client whose address is that of a PROXY line."""
    source = "192.0.2.25"

    def _get_socket(self, host, port, timeout):
        sock = super()._get_socket(host, port, timeout)
        sock.sendall(f"PROXY TCP4 {self.source} 127.0.0.1 40000 25\r\n"
                     .encode())
        return sock


class Rig:
    # Set by a test after which a sanitizer may report.
    broken_on_purpose = False

    def __init__(self, answer, caller=None):
        self.answer = answer
        self.caller = caller
        self.passwords = {a["address"]: a["password"]
                          for a in answer["accounts"]}

    def __getattr__(self, name):
        try:
            return self.answer[name]
        except KeyError:
            raise AttributeError(name) from None

    # -- life -------------------------------------------------------------

    @classmethod
    def start(cls, *pairs):
        """A new rig under /tmp, which goes when this process does."""
        folder = tempfile.mkdtemp(prefix="mamori-", dir="/tmp")
        os.chmod(folder, 0o711)
        argv = [PROGRAM, "start", folder, "--while-stdin"]
        for pair in pairs:
            argv += ["--set", pair]
        caller = subprocess.Popen(argv, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        output, errors = caller.stdout.read(), caller.stderr.read()
        if caller.wait() != 0:
            caller.stdin.close()
            shutil.rmtree(folder)
            raise RigError(errors.strip())
        return cls(json.loads(output), caller)

    def stop(self, keep=False):
        """Stop the servers; keep leaves the folder with its logs."""
        try:
            subprocess.run([PROGRAM, "stop", self.dir], check=True,
                           stdin=subprocess.DEVNULL)
        finally:
            if self.caller:
                for pipe in (self.caller.stdin, self.caller.stdout,
                             self.caller.stderr):
                    pipe.close()
            broken = self._sanitizer_reports()
            if not keep:
                shutil.rmtree(self.dir)
        # A scanner that dies of one is replaced, and its mail asked about
        # again: nobody else would notice.
        assert self.broken_on_purpose or not broken, broken

    def _sanitizer_reports(self):
        """What a sanitized mamorid has to say of itself."""
        path = os.path.join(self.logs, "mamorid.out")
        if not os.path.exists(path):
            return ""       # a rig without it
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        found = re.search(r"^.*(Sanitizer: |runtime error: )", text, re.M)
        return text[found.start():][:8000] if found else ""

    def stop_server(self, role):
        subprocess.run([PROGRAM, "stop", self.dir, role], check=True,
                       stdin=subprocess.DEVNULL)
        self._reread()

    def restart(self, role):
        subprocess.run([PROGRAM, "restart", self.dir, role], check=True,
                       stdin=subprocess.DEVNULL)
        self._reread()

    def _reread(self):
        with open(os.path.join(self.dir, "rig.json"),
                  encoding="utf-8") as file:
            self.answer = json.load(file)

    # -- sending ----------------------------------------------------------

    @contextlib.contextmanager
    def smtp(self, port="mx", auth=None, outside=None, tls=None):
        """A session. tls None: as the port is meant."""
        context = ssl.create_default_context(cafile=self.ca)
        if port == "smtps":
            client = smtplib.SMTP_SSL("127.0.0.1", self.smtps, timeout=120,
                                      context=context)
        elif outside:
            client = _OutsideSMTP(timeout=120)
            client.source = outside
            client.connect("127.0.0.1", self.mx_outside)
        else:
            client = smtplib.SMTP("127.0.0.1", self.answer[port],
                                  timeout=120)
        try:
            client.ehlo("client.example")
            if port == "submission" if tls is None else tls:
                # The certificate names 127.0.0.1, as _host is not set by
                # connect().
                client._host = "127.0.0.1"
                client.starttls(context=context)
                client.ehlo("client.example")
            if auth:
                client.login(auth, self.passwords[auth])
            yield client
        finally:
            # Exim keeps the answer to QUIT back for 200 ms unless the client
            # has hung up.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client.send("QUIT\r\n")
            client.close()

    def send(self, data, sender, recipients, **session):
        """One mail; the Reply that decided."""
        if isinstance(recipients, str):
            recipients = [recipients]
        with self.smtp(**session) as client:
            code, text = client.mail(sender)
            if code != 250:
                return Reply(code, text.decode(), "MAIL")
            for recipient in recipients:
                code, text = client.rcpt(recipient)
                if code != 250:
                    return Reply(code, text.decode(), "RCPT")
            try:
                code, text = client.data(data)
            except smtplib.SMTPDataError as error:
                code, text = error.smtp_code, error.smtp_error
            return Reply(code, text.decode(), "DATA")

    def web_script(self, data, *args):
        """What PHP's mail() does; the finished process."""
        return subprocess.run(
            [self.sendmail, *(args or ("-t", "-i"))],
            input=data.replace(b"\r\n", b"\n"), capture_output=True,
            timeout=120, check=False)

    def run_queue(self):
        """Try all waiting mails now."""
        subprocess.run([self.exim, "-qff"], check=True, timeout=120,
                       stdin=subprocess.DEVNULL, capture_output=True)

    def queue(self):
        """Ids of the mails that wait in Exim's queue."""
        done = subprocess.run([self.exim, "-bpr"], check=True, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)
        return [line.split()[2] for line in done.stdout.splitlines()
                if "<" in line]

    # -- reading ----------------------------------------------------------

    @contextlib.contextmanager
    def imap_session(self, account, tls=False):
        if tls:
            client = imaplib.IMAP4_SSL(
                "127.0.0.1", self.imaps, timeout=60,
                ssl_context=ssl.create_default_context(cafile=self.ca))
        else:
            client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=60)
        try:
            client.login(account, self.passwords[account])
            yield client
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def mails(self, account, folder="INBOX", tls=False):
        """The bytes of all mails in a folder."""
        with self.imap_session(account, tls) as client:
            client.select(folder, readonly=True)
            found = []
            for number in client.search(None, "ALL")[1][0].split():
                found.append(client.fetch(number, "(BODY.PEEK[])")[1][0][1])
            return found

    def wait_mail(self, account, want=lambda mail: True, what="a mail",
                  tls=False):
        """The first mail, parsed, for which want is true."""
        def look():
            for data in self.mails(account, tls=tls):
                mail = parse(data)
                if want(mail):
                    return mail
            return None
        return wait_for(look, f"{what} in the mailbox of {account}")

    def empty(self, *accounts):
        """Remove all mails of these accounts (default: of everybody)."""
        for account in accounts or self.passwords:
            with self.imap_session(account) as client:
                client.select("INBOX")
                if client.search(None, "ALL")[1][0]:
                    client.store("1:*", "+FLAGS.SILENT", "\\Deleted")
                    client.expunge()

    @contextlib.contextmanager
    def pop3s_session(self, account):
        client = poplib.POP3_SSL(
            "127.0.0.1", self.pop3s, timeout=60,
            context=ssl.create_default_context(cafile=self.ca))
        try:
            client.user(account)
            client.pass_(self.passwords[account])
            yield client
        finally:
            with contextlib.suppress(OSError, poplib.error_proto):
                client.quit()

    def sunk(self):
        """What has left the server: (envelope, bytes) of each mail."""
        found = []
        for name in sorted(os.listdir(self.sink)):
            if name.endswith(".json"):
                path = os.path.join(self.sink, name)
                with open(path, encoding="utf-8") as file:
                    envelope = json.load(file)
                with open(path[:-5] + ".eml", "rb") as file:
                    found.append((envelope, file.read()))
        return found

    # -- looking ----------------------------------------------------------

    def ctl(self, *args, check=True, **kwargs):
        done = subprocess.run([self.mamorictl, *args], text=True,
                              stdin=subprocess.DEVNULL, timeout=120,
                              capture_output=True, check=False, **kwargs)
        if check and done.returncode != 0:
            raise AssertionError(f"mamorictl {' '.join(args)}: status "
                                 f"{done.returncode}\n{done.stdout}"
                                 f"{done.stderr}")
        return done

    def ctl_json(self, *args):
        """The objects of an answer: one of them, or one a line."""
        text = self.ctl(*args, "--json").stdout
        try:
            return json.loads(text)
        except ValueError:
            return [json.loads(line) for line in text.splitlines()]

    def events(self, **want):
        """Lines of the daemon's log as dicts, those with these fields."""
        try:
            with open(self.log, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            fields = event_fields(line)
            if all(fields.get(key) == value for key, value in want.items()):
                found.append(fields)
        return found

    def wait_event(self, **want):
        return wait_for(lambda: self.events(**want), f"log event {want}")[0]

    def outbox(self):
        """How many notices and releases wait for the courier."""
        return int(self.ctl_json("status")["outbox"]["rows"])

    def settle(self):
        """Wait until nothing is under way any more."""
        wait_for(lambda: self.outbox() == 0, "an empty outbox")
        wait_for(lambda: not self.queue(), lambda:
                 f"an empty queue, not {self.queue()}")

    def empty_quarantine(self):
        rows = self.ctl_json("quarantine", "list")
        if rows:
            self.ctl("quarantine", "delete",
                     *(str(row["id"]) for row in rows))

    def exim_log(self, name="mainlog"):
        try:
            with open(os.path.join(self.logs, "exim", name),
                      encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""


def event_fields(line):
    """A log line's name=value fields; values may be in double quotes."""
    fields = {"line": line}
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            fields.setdefault(name, value)
    return fields


def text_of(mail):
    """The decoded body text of a parsed mail."""
    part = mail.get_body(("plain",))
    return part.get_content().replace("\r\n", "\n") if part else ""


def greeting(port):
    """What a server says first."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        return sock.recv(512).decode("utf-8", "replace").strip()
