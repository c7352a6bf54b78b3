"""The configuration of a private Exim: a template for str.format()."""

CONFIG = """\
primary_hostname = mx.local.test
qualify_domain = local.test
exim_user = {user}
deliver_drop_privilege = {drop}
trusted_users = games
untrusted_set_sender = *
local_from_check = false
spool_directory = {base}/spool
log_file_path = {base}/log/%slog
log_selector = +received_sender
pid_file_path = {base}/exim.pid
local_scan_path = {base}/module.so
keep_environment = {keep}
add_environment = {environment}
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
chunking_advertise_hosts = *
never_users =
host_lookup =
helo_allow_chars = _
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
recipients_max = 0
acl_smtp_rcpt = accept
acl_not_smtp = {acl_not_smtp}
{extra}

begin acl
set_header:
  warn add_header = X-From-Acl: yes
  accept

begin routers
.include {config}/routers.conf

local:
  driver = accept
  domains = local.test
  local_parts = !nobody-here
  transport = maildir

unknown:
  driver = redirect
  domains = local.test
  allow_fail
  data = :fail: no such user

outside:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = outside

begin transports
.include {config}/transports.conf

maildir:
  driver = appendfile
  directory = {base}/mail
  maildir_format
  create_directory
  user = {user}
  envelope_to_add
  return_path_add
  batch_max = 2000
  maildir_tag = ,S=$message_size

outside:
  driver = smtp
  port = {sink}
  allow_localhost
  hosts_try_fastopen =
.include {config}/remote-transport.conf

begin retry
.include {config}/retry.conf
{retry}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{secret}}}}
  server_set_id = $auth2
  server_advertise_condition = yes
"""
