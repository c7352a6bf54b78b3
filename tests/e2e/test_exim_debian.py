"""The Exim snippets in Debian's own configuration, where mamori-exim(7) puts
them."""
import os
import re
import shutil
import subprocess

import pytest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
ASK = ("EHLO x\nMAIL FROM:<a@b.example>\nRCPT TO:<{}>\nQUIT\n")


def places():
    """{snippet: file}, from the table of the manual page."""
    with open(os.path.join(SOURCE, "docs/man/mamori-exim.7"),
              encoding="utf-8") as file:
        return dict(re.findall(
            r"^\.It Pa (\S+\.conf) Ta Pa conf\.d/(\S+) Ta", file.read(),
            re.M))


class Debian:
    def __init__(self, folder):
        self.folder = folder
        self.state = os.path.join(folder, "state")
        self.config = os.path.join(folder, "exim4.conf")
        etc = os.path.join(folder, "etc")
        shutil.copytree("/etc/exim4", etc)
        self._put(os.path.join(etc, "update-exim4.conf.conf"), {
            r"dc_use_split_config=.*": "dc_use_split_config='true'",
            r"dc_eximconfig_configtype=.*":
                "dc_eximconfig_configtype='internet'"})
        for name, place in places().items():
            path = os.path.join(etc, "conf.d", place)
            shutil.copyfile(os.path.join(SOURCE, "config/exim", name), path)
            self._put(path, {"mamori-courier": "uucp",
                             "/var/lib/mamori": self.state})
        done = subprocess.run(
            ["/usr/sbin/update-exim4.conf", "-d", etc, "-o", self.config],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60, check=False)
        assert done.returncode == 0, done

    @staticmethod
    def _put(path, changes):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for old, new in changes.items():
            text = re.sub(old, new, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def exim(self, *args, text=""):
        done = subprocess.run(["/usr/sbin/exim4", "-C", self.config, *args],
                              input=text, capture_output=True, text=True,
                              timeout=60, check=False)
        return done.stdout

    def rcpt(self, client, recipient):
        """A session that Exim pretends: its answer to RCPT."""
        lines = self.exim("-bh", client, text=ASK.format(recipient))
        return [line for line in lines.splitlines()
                if re.match(r"\d{3} ", line)][3][:3]


@pytest.fixture(scope="module")
def debian(tmp_path_factory):
    folder = tmp_path_factory.mktemp("debian")
    # Exim asks as its own user.
    for path in (folder, folder.parent, folder.parent.parent):
        path.chmod(0o711)
    return Debian(str(folder))


def test_all_snippets_have_a_place():
    there = set(os.listdir(os.path.join(SOURCE, "config/exim")))
    # In somebody's ACL, and in transports that are not Debian's.
    assert there - set(places()) == {"acl-mail.conf", "remote-transport.conf"}


def test_the_configuration_is_understood(debian):
    assert debian.exim("-bP", "router_list").split()[:2] == [
        "mamori_pending", "mamori_gateway"]
    assert "daemon_smtp_ports = 25 : 587 : 465" in \
        debian.exim("-bP", "daemon_smtp_ports")
    assert "tls_on_connect_ports = 465" in \
        debian.exim("-bP", "tls_on_connect_ports")
    assert "mamori_check_mail" in debian.exim("-bP", "acl_smtp_mail")
    assert "F,2h,15m; F,1d,1h" in debian.exim("-brt", "far.example")


def test_relay_hosts_and_gateway_domains(debian):
    # Before mamorid has run, nobody is refused for good.
    assert debian.rcpt("192.0.2.77", "x@far.example") == "451"
    folder = os.path.join(debian.state, "exim")
    os.makedirs(folder)
    for name, line in (("gateway_domains", "far.test: 192.0.2.99\n"),
                       ("relay_hosts", '"192.0.2.77": far.test\n')):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(line)
    assert debian.rcpt("192.0.2.77", "x@far.example") == "250"
    assert debian.rcpt("192.0.2.78", "x@far.example") == "550"
    assert debian.rcpt("127.0.0.1", "x@far.example") == "550"
    assert debian.rcpt("192.0.2.78", "x@far.test") == "250"
    out = debian.exim("-bt", "x@far.test")
    assert "router = mamori_gateway, transport = remote_smtp" in out
    assert "192.0.2.99" in out
