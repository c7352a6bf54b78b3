"""The private Dovecot 2.3: IMAP, POP3 over TLS, LMTP, and Exim's passwords."""
import os
import secrets
import shutil

from riglib import settings
from riglib.layout import RigError

PROGRAM = "/usr/sbin/dovecot"
MAIL_USER = "mail"      # one uid for all mailboxes, as virtual hosts have

_TEMPLATE = """\
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = {root}/dovecot/run
state_dir = {root}/dovecot/state
log_path = {root}/log/dovecot.log
login_greeting = rig
first_valid_uid = 1
ssl = yes
ssl_cert = <{root}/etc/tls.crt
ssl_key = <{root}/etc/tls.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
postmaster_address = postmaster@example.test
recipient_delimiter = +
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {root}/etc/passwords
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {root}/etc/passwords
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service lmtp {{
  unix_listener {root}/dovecot/lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener {root}/dovecot/auth-exim {{
    mode = 0660
    user = {exim_user}
  }}
}}
{extra}
"""


class Dovecot:
    role = "dovecot"

    def __init__(self, layout, options, ports, exim_user):
        self.layout = layout
        self.options = options
        self.ports = ports
        self.exim_user = exim_user
        self.accounts = [
            {"address": address, "password": secrets.token_urlsafe(9)}
            for address in settings.ADDRESSES]

    def prepare(self):
        if not os.access(PROGRAM, os.X_OK):
            raise RigError(f"{PROGRAM} is missing: run tools/install-deps")
        layout = self.layout
        for name in ("dovecot", "dovecot/run", "dovecot/state"):
            os.makedirs(layout.path(name), exist_ok=True)
            os.chmod(layout.path(name), 0o755)
        lines = []
        for account in self.accounts:
            home = layout.path("home", account["address"])
            os.mkdir(home, 0o700)
            shutil.chown(home, MAIL_USER, MAIL_USER)
            lines.append(f"{account['address']}:"
                         f"{{PLAIN}}{account['password']}:"
                         f"{os.stat(home).st_uid}:{os.stat(home).st_gid}"
                         f"::{home}::\n")
        shutil.chown(layout.write("etc/passwords", "".join(lines), 0o640),
                     "root", "dovecot")
        extra = settings.with_prefix(self.options, "dovecot.")
        layout.write("etc/dovecot.conf", _TEMPLATE.format(
            root=layout.root, exim_user=self.exim_user,
            extra="\n".join(f"{key} = {value}"
                            for key, value in extra.items()),
            **self.ports))

    def environment(self):
        return {}

    def argv(self):
        return [PROGRAM, "-F", "-c", self.layout.path("etc/dovecot.conf")]

    logs = ("dovecot.log",)

    def probes(self):
        return [self.ports["imap"], self.layout.path("dovecot/lmtp")]
