"""The private Exim: a small server as a hosting company would run it.

What belongs to Mamori in its configuration comes from config/exim, the files
that are installed on real servers.
"""
import os
import shutil

from riglib import settings
from riglib.layout import RigError

PROGRAM = "/usr/sbin/exim4"
USER = "Debian-exim"

_TEMPLATE = """\
primary_hostname = mx.example.test
qualify_domain = example.test
domainlist local_domains = {domains}
deliver_drop_privilege = {drop}
{mamori_main}
{mamori_relay}
domainlist relay_to_domains = {relay_to}
hostlist relay_from_hosts = {relay_from}
trusted_users = {trusted}
spool_directory = {root}/spool
log_file_path = {root}/log/exim/%slog
# Not received_recipients: Exim 4.96 dies of some mails with many recipients.
log_selector = +received_sender +incoming_port
pid_file_path = {root}/exim.pid
keep_environment =
{scan}
local_interfaces = <; 127.0.0.1
MAMORI_MX_PORTS = {mx} : {mx_outside}
MAMORI_SUBMISSION_PORT = {submission}
MAMORI_SMTPS_PORT = {smtps}
MAMORI_MX_SIZE = 100M
{mamori_submission}
# One port takes connections "from outside": the PROXY protocol gives the
# client's address.
hosts_proxy = ${{if eq{{$received_port}}{{{mx_outside}}}{{*}}{{}}}}
tls_advertise_hosts = *
tls_certificate = {root}/etc/tls.crt
tls_privatekey = {root}/etc/tls.key
never_users =
host_lookup =
dns_retrans = 1s
dns_retry = 1
helo_allow_chars = _
smtp_accept_max = 400
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
smtp_receive_timeout = 60s
message_size_limit = MESSAGE_SIZE_LIMIT
retry_interval_max = 10s
acl_smtp_mail = MAIN_ACL_CHECK_MAIL
acl_smtp_rcpt = acl_rcpt
{extra}

begin acl

{mamori_submission_acl}
acl_check_mail:
{mamori_mail}
  accept

acl_rcpt:
  # Local processes, as in Debian: exim -bs of the courier.
  accept hosts = :
  accept authenticated = *
  accept hosts = +relay_from_hosts
  require message = relaying denied
          domains = +local_domains : +relay_to_domains
  require message = no such user
          verify = recipient
  accept

begin routers
{mamori_routers}
local:
  driver = accept
  domains = +local_domains
  local_part_suffix = +*
  local_part_suffix_optional
  condition = ${{lookup{{$local_part@$domain}}lsearch{{{root}/etc/accounts}}\\
    {{yes}}{{no}}}}
  transport = dovecot

unknown:
  driver = redirect
  domains = +local_domains
  allow_fail
  data = :fail: no such user

outside:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = outside

begin transports
{mamori_transports}
dovecot:
  driver = lmtp
  socket = {root}/dovecot/lmtp
  batch_max = 100

outside:
  driver = smtp
  port = {sink}
  allow_localhost
  hosts_try_fastopen =
{mamori_remote}

far:
  driver = smtp
  port = {gateway}
  allow_localhost
  hosts_try_fastopen =
{mamori_remote}

begin retry
{mamori_retry}
* * {retry}

begin authenticators
plain:
  driver = dovecot
  public_name = PLAIN
  server_socket = {root}/dovecot/auth-exim
  server_set_id = $auth1

login:
  driver = dovecot
  public_name = LOGIN
  server_socket = {root}/dovecot/auth-exim
  server_set_id = $auth1
"""


# Lines for a section of the template, by the file in config/exim.
_INCLUDES = {
    "mamori_main": "localmacros.conf",
    "mamori_routers": "routers.conf",
    "mamori_transports": "transports.conf",
    "mamori_remote": "remote-transport.conf",
    "mamori_retry": "retry.conf",
    "mamori_mail": "acl-mail.conf",
    "mamori_relay": "relay.conf",
}
# Those that do without our module.
_PORTS = {
    "mamori_submission": "submission.conf",
    "mamori_submission_acl": "submission-acl.conf",
}


def _shipped(names, source, layout, courier):
    """Copies files of config/exim, with the rig's paths and courier in them,
    and returns the lines that include the copies."""
    lines = {}
    for section, name in names.items():
        path = os.path.join(source, "config/exim", name)
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except OSError as error:
            raise RigError(f"{path}: {error.strerror}") from None
        for shipped, ours in (("/usr/lib/mamori/", layout.path("lib/")),
                              ("/run/mamori/", layout.path("run/")),
                              ("/var/lib/mamori/", layout.path("state/")),
                              ("mamori-courier", courier)):
            text = text.replace(shipped, ours)
        lines[section] = f".include {layout.write('exim/' + name, text)}"
    return lines


class Exim:
    role = "exim"
    user = USER

    def __init__(self, layout, options, ports, mode, source):
        self.layout = layout
        self.options = options
        self.ports = ports
        self.mode = mode
        self.source = source

    def command(self):
        """How to call Exim with the rig's configuration."""
        if self.mode == "plain":
            return [PROGRAM, "-C", self.layout.path("exim/exim4.conf")]
        return [PROGRAM]

    def prepare(self):
        """Write the configuration; as root, before the namespace."""
        if not os.access(PROGRAM, os.X_OK):
            raise RigError(f"{PROGRAM} is missing: run tools/install-deps")
        layout, options = self.layout, self.options
        for name, mode in (("exim", 0o755), ("spool", 0o750),
                           ("log/exim", 0o750)):
            os.makedirs(layout.path(name), exist_ok=True)
            os.chmod(layout.path(name), mode)
        for name in ("spool", "log/exim"):
            shutil.chown(layout.path(name), USER, USER)
        layout.write("etc/accounts",
                     "".join(f"{a}: yes\n" for a in settings.ADDRESSES))
        # What the macros of config/exim stand for on Debian.
        scan, trusted = "", options["courier"]
        relay_to, relay_from = "", ""
        lines = dict.fromkeys(_INCLUDES, "")
        if options["local_scan"] == "on":
            lines = _shipped(_INCLUDES, self.source, layout,
                             options["courier"])
            trusted = "MAIN_TRUSTED_USERS"
            relay_to = "MAIN_RELAY_TO_DOMAINS"
            relay_from = "MAIN_RELAY_NETS"
            if self.mode == "plain":    # else it asks the system's Exim
                scan = "MAMORI_EXIM = " + " ".join(self.command()) + "\n"
            # Other hosts are all the sink's port on this one.
            transport = {"sink": "outside", "far": "far"}
            scan += ("MAMORI_GATEWAY_TRANSPORT = "
                     f"{transport[options['gateway']]}\n"
                     f"MAMORI_GATEWAY_SELF = {options['gateway_self']}\n")
            scan += ("add_environment = MAIN_ADD_ENVIRONMENT : "
                     f"MAMORI_DEADLINE_MS={options['deadline_ms']} : "
                     f"MAMORI_ON_FAILURE={options['on_failure']}")
        lines |= _shipped(_PORTS, self.source, layout, options["courier"])
        extra = settings.with_prefix(options, "exim.")
        layout.write("exim/exim4.conf", _TEMPLATE.format(
            root=layout.root,
            domains=" : ".join(settings.DOMAINS),
            drop="true" if self.mode == "plain" else "false",
            trusted=trusted, scan=scan, retry=options["retry"],
            relay_to=relay_to, relay_from=relay_from,
            extra="\n".join(f"{key} = {value}"
                            for key, value in extra.items()),
            **lines, **self.ports))

    def module(self):
        return self.layout.path("lib/mamori_local_scan.so")

    def environment(self):
        return {}

    def argv(self):
        if self.options["local_scan"] == "on":
            built = os.path.join(self.options["build"],
                                 "mamori_local_scan.so")
            try:
                shutil.copyfile(built, self.module() + ".new")
            except OSError as error:
                raise RigError(f"{built}: {error.strerror}; build first, or "
                               f"--set local_scan=off") from None
            os.chmod(self.module() + ".new", 0o755)
            os.rename(self.module() + ".new", self.module())
        run = self.options["queue_run"]
        runner = [] if run == "0" else ["-q" + run]
        return self.command() + ["-bdf"] + runner

    logs = ("exim.log", "exim/mainlog", "exim/paniclog")

    def probes(self):
        """(port, what the server says first, whether it speaks first)."""
        return [self.ports[name] for name in ("mx", "submission")]
