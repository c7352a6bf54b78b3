"""Free ports for one rig.

Below 32768, where no outgoing connection takes one meanwhile. A block of ten
is held by an abstract socket whose name is the block: the kernel drops it
with the process, and like the ports it belongs to the network namespace.
"""
import random
import socket

from riglib.layout import RigError

FIRST, LAST, BLOCK = 21000, 31990, 10


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def allocate(names):
    """Returns ({name: port}, holder); the block is ours while the holder is
    open."""
    assert len(names) <= BLOCK
    blocks = list(range(FIRST, LAST, BLOCK))
    random.shuffle(blocks)
    for block in blocks:
        holder = socket.socket(socket.AF_UNIX)
        try:
            holder.bind(f"\0mamori-rig-{block}")
        except OSError:
            holder.close()
            continue
        ports = dict(zip(names, range(block, block + BLOCK)))
        if all(_is_free(port) for port in ports.values()):
            return ports, holder
        holder.close()
    raise RigError(f"no free ports between {FIRST} and {LAST}")
