"""The command line of tests/rig.

    tests/rig start DIR [--set key=value ...] [--while-stdin]
    tests/rig stop DIR [ROLE]
    tests/rig restart DIR ROLE

start prints one JSON object that describes the running servers; they go on
until stop, or with --while-stdin until the standard input ends: they die with
whoever holds the other end of that pipe, and DIR is removed then. stop with a
ROLE stops one server, restart starts it again, whether it ran or not.
Roles: sink, dovecot, mamorid, exim.
"""
import argparse
import json
import os
import subprocess
import sys

from riglib import control, settings
from riglib.layout import Layout, RigError

PROGRAM = os.path.join(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))), "rig")


def start(args):
    options = settings.parse(args.set or [])
    options["while_stdin"] = args.while_stdin
    if os.geteuid() != 0:
        raise RigError("the servers change their uid: run this as root")
    layout = Layout(args.dir)
    layout.create()
    told, tell = os.pipe()
    with open(layout.log("rig.log"), "ab") as log:
        child = subprocess.Popen(
            [PROGRAM, "supervise", layout.root, str(tell),
             json.dumps(options)],
            stdin=None if args.while_stdin else subprocess.DEVNULL,
            stdout=log, stderr=log, cwd="/", pass_fds=[tell],
            start_new_session=True)
    os.close(tell)
    with os.fdopen(told, "r", encoding="utf-8") as answers:
        answer = answers.read()
    if not answer or "error" in json.loads(answer):
        child.wait()
    if not answer:
        raise RigError("the rig died while starting:\n" +
                       layout.tail("rig.log"))
    answer = json.loads(answer)
    if "error" in answer:
        raise RigError(answer["error"])
    print(json.dumps(answer, indent=1, ensure_ascii=False), flush=True)


def supervise(args):
    from riglib import supervisor
    supervisor.run(Layout(args.dir), json.loads(args.options), args.tell)


def stop(args):
    layout = Layout(args.dir)
    if args.role:
        control.ask(layout, {"command": "stop", "role": args.role})
    else:
        control.stop(layout)


def restart(args):
    control.ask(Layout(args.dir), {"command": "restart", "role": args.role})


def parser():
    top = argparse.ArgumentParser(
        prog="tests/rig", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("start", help="start all servers",
                              epilog=settings.HELP,
                              formatter_class=argparse.
                              RawDescriptionHelpFormatter)
    one.add_argument("dir")
    one.add_argument("--set", action="append", metavar="KEY=VALUE")
    one.add_argument("--while-stdin", action="store_true")
    one.set_defaults(run=start)

    one = commands.add_parser("stop", help="stop all servers, or one")
    one.add_argument("dir")
    one.add_argument("role", nargs="?", choices=settings.ROLES)
    one.set_defaults(run=stop)

    one = commands.add_parser("restart", help="restart one server")
    one.add_argument("dir")
    one.add_argument("role", choices=settings.ROLES)
    one.set_defaults(run=restart)

    one = commands.add_parser("supervise")      # start's own child
    one.add_argument("dir")
    one.add_argument("tell", type=int)
    one.add_argument("options")
    one.set_defaults(run=supervise)
    return top


def main(argv):
    args = parser().parse_args(argv)
    try:
        args.run(args)
    except RigError as error:
        print(f"tests/rig: {error}", file=sys.stderr)
        return 1
    return 0
