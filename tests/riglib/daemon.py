"""mamorid with a configuration, signatures and programs of the rig's own."""
import json
import os
import shutil
import subprocess

import yaml

from riglib import faults, samples, settings
from riglib.layout import RigError

PROGRAMS = ("mamorid", "mamorictl")
FAULTS = "faults.so"


class Mamorid:
    role = "mamorid"

    def __init__(self, layout, options, exim, source):
        self.layout = layout
        self.options = options
        self.exim = exim
        self.source = source
        self.config = layout.path("etc/mamori.yaml")
        self.signatures = (options["signatures"] or
                           layout.path("signatures"))

    def prepare(self):
        layout = self.layout
        if not self.options["signatures"]:
            os.mkdir(self.signatures)
            os.chmod(self.signatures, 0o755)
            layout.write("signatures/rig.ndb", samples.signature())
        elif not os.path.isdir(self.signatures):
            raise RigError(f"signatures={self.signatures}: no such folder")
        for name in ("notices", "presets"):
            shutil.copytree(os.path.join(self.source, "config", name),
                            layout.path(name))
        # The state folder's parent must be reachable for the keeper; the
        # daemon itself makes what is inside.
        for name in ("run", "state"):
            os.mkdir(layout.path(name))
            os.chmod(layout.path(name), 0o755)
        tree = self._tree()
        settings.merge_yaml(tree, settings.with_prefix(self.options,
                                                       "mamori."))
        layout.write("etc/mamori.yaml", yaml.safe_dump(
            tree, allow_unicode=True, sort_keys=False))
        if self.options["faults"] == "on":
            faults.create(layout.path("faults"))
        layout.write("bin/mamorictl", "#!/bin/sh\nexec " +
                     layout.path("lib/mamorictl") +
                     f" --config {self.config} \"$@\"\n", 0o755)

    def _tree(self):
        layout = self.layout
        owners = {self.options["sendmail_user"]: settings.OWNER}
        if self.exim.mode == "plain":
            owners["root"] = settings.OWNER
        return {
            "run_dir": layout.path("run"),
            "state_dir": layout.path("state"),
            "operator": settings.OPERATOR,
            "local_domains": settings.DOMAINS,
            "local_owners": owners,
            # Exim refuses uids without a passwd entry: all of Debian's own.
            "users": {
                "gate": "daemon",
                "inspector": "nobody",
                "keeper": "backup",
                "courier": self.options["courier"],
                "exim": self.exim.user,
            },
            "log": {"file": layout.log("mamorid.log"), "syslog": False},
            "signatures": {"folder": self.signatures, "settle": "0s"},
            "notices": {"folder": layout.path("notices"), "per_recipient": 0,
                        "total": 0},
            "presets": {"folder": layout.path("presets"),
                        "own_folder": layout.path("etc/presets")},
            "quarantine": {"disk_reserve": "1M"},
            "exim": {"log": [layout.log("exim/mainlog")]},
            "mta": {"command": self.exim.command() + ["-bs"]},
        }

    def environment(self):
        if self.options["faults"] == "off":
            return {}
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        return {
            "LD_PRELOAD": self.layout.path("lib", FAULTS),
            "MAMORI_FAULTS": self.layout.path("faults"),
            # It wants to be the first library, and works as the second.
            "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0",
        }

    def programs(self):
        return PROGRAMS + ((FAULTS,) if self.options["faults"] == "on"
                           else ())

    def argv(self):
        for name in self.programs():
            built = os.path.join(self.options["build"], name)
            copy = self.layout.path("lib", name)
            try:
                shutil.copyfile(built, copy + ".new")
            except OSError as error:
                raise RigError(f"{built}: {error.strerror}; build first, or "
                               f"--set mamorid=off --set local_scan=off"
                               ) from None
            os.chmod(copy + ".new", 0o755)
            os.rename(copy + ".new", copy)
        return ([self.options["wrap"]] if self.options["wrap"] else []) + [
            self.layout.path("lib/mamorid"), "-c", self.config, "-f"]

    logs = ("mamorid.log", "mamorid.out")

    def probes(self):
        return [self._answers]

    def _answers(self):
        """None when mails can be scanned, else what is missing."""
        probe = subprocess.run(
            [self.layout.path("bin/mamorictl"), "status", "--json"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=20, check=False)
        if probe.returncode != 0:
            return f"mamorictl status: {probe.stderr.strip()}"
        try:
            status = json.loads(probe.stdout)
        except ValueError:
            return f"mamorictl status: no JSON: {probe.stdout[:200]!r}"
        if serving(status) is None:
            return f"no scanner is ready yet: {probe.stdout[:400]}"
        return None


def serving(status):
    """The generation that takes mails, of `mamorictl status --json`, or
    None."""
    for generation in status.get("generations", []):
        if generation.get("state") == "serving":
            return generation
    return None
