"""Small programs in DIR/bin with which a test acts as somebody on the server.

    bin/as USER COMMAND...   run as that user, in the rig's mount namespace
    bin/sendmail ARGS...     what a web script's mail() calls
    bin/exim ARGS...         the administrator's exim
"""
import os
import shlex


def write(layout, options, mode, exim):
    pid = os.getpid()
    enter = f"nsenter --mount=/proc/{pid}/ns/mnt -- " \
        if mode == "namespace" else ""
    call = " ".join(shlex.quote(word) for word in exim)
    web = options["sendmail_user"] if mode == "namespace" else "root"
    layout.write("bin/as", f"""\
#!/bin/sh
user=$1
shift
exec {enter}setpriv --reuid="$user" --regid="$(id -g "$user")" \\
	--init-groups -- "$@"
""", 0o755)
    layout.write("bin/exim", f"#!/bin/sh\nexec {enter}{call} \"$@\"\n",
                 0o755)
    # What php.ini's sendmail_path holds by default: "sendmail -t -i".
    layout.write("bin/sendmail", f"""\
#!/bin/sh
exec {layout.path("bin/as")} {web} {call} "$@"
""", 0o755)
