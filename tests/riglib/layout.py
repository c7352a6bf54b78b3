"""Where a rig keeps its files, all under one folder."""
import os
import stat

# The longest socket name that is put under the folder, for sun_path.
_SUN_PATH = 107
_LONGEST_SOCKET = "/dovecot/run/login/replication-notify-fifo"


class RigError(Exception):
    """What the caller of tests/rig reads."""


class Layout:
    def __init__(self, root):
        self.root = os.path.realpath(root)

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def log(self, name):
        return self.path("log", name)

    def tail(self, name, lines=15):
        try:
            with open(self.log(name), "rb") as file:
                text = file.read()[-8000:].decode("utf-8", "replace")
        except OSError as error:
            return f"(no {name}: {error.strerror})"
        return "\n".join(text.splitlines()[-lines:])

    def create(self):
        """Make the folders. Servers change to users of their own, who must
        be able to reach them: the folder and its parents are traversable."""
        if len(self.root) + len(_LONGEST_SOCKET) > _SUN_PATH:
            raise RigError(f"{self.root}: too long a path for sockets "
                           f"below it, at most "
                           f"{_SUN_PATH - len(_LONGEST_SOCKET)} characters")
        if any(char in self.root for char in " :'\"\\$*{}#\n"):
            raise RigError(f"{self.root}: has characters that are special "
                           f"in configuration files")
        parent = os.path.dirname(self.root)
        while True:
            try:
                mode = os.stat(parent).st_mode
            except OSError as error:
                raise RigError(f"{parent}: {error.strerror}") from None
            if not mode & stat.S_IXOTH:
                raise RigError(f"{parent} is closed to other users (mode "
                               f"{stat.S_IMODE(mode):04o}): the servers "
                               f"could not read {self.root}")
            if parent == "/":
                break
            parent = os.path.dirname(parent)
        if os.path.isdir(self.root) and os.listdir(self.root):
            raise RigError(f"{self.root} is not empty")
        os.makedirs(self.root, exist_ok=True)
        os.chmod(self.root, 0o711)
        for name in ("log", "etc", "bin", "lib", "home"):
            os.mkdir(self.path(name))
            os.chmod(self.path(name), 0o755)

    def write(self, name, text, mode=0o644):
        """Write a small file as a whole."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path + ".new", mode)
        os.rename(path + ".new", path)
        return path
