"""C sources for the checks in tools/: which there are, and their code without
comments and literals."""
import re
import subprocess

PROGRAM_DIRS = ("core", "mamorid", "mamorictl", "exim_local_scan")

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
    re.DOTALL)


def files(*folders, ends=(".c", ".h")):
    """Tracked and new files below the folders."""
    out = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *folders],
        check=True, capture_output=True, text=True).stdout
    return sorted(name for name in out.splitlines() if name.endswith(ends))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blank(match):
    text = match.group()
    if text[0] in "\"'":
        return text[0] * 2
    return re.sub(r"[^\n]", " ", text)


def code(path):
    """The text with comments blanked and literals emptied, same lines."""
    return TOKEN.sub(blank, read(path))


def code_with_literals(path):
    return TOKEN.sub(lambda m: m.group() if m.group()[0] in "\"'"
                     else blank(m), read(path))
