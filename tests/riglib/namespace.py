"""A mount namespace in which the rig's Exim configuration is the system's.

Exim drops its privileges when anyone but root or its own user names another
configuration file. With the rig's file mounted over /etc/exim4, a customer's
sendmail works as it does on a real server.
"""
import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS = 0x00020000
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 1 << 18
EXIM_FOLDER = "/etc/exim4"


def _mount(source, target, flags):
    if _libc.mount(os.fsencode(source), os.fsencode(target), None,
                   ctypes.c_ulong(flags), None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def enter(exim_folder):
    """Move this process, and what it starts, into a namespace of its own.
    OSError where that is not permitted, as in most containers."""
    if _libc.unshare(_CLONE_NEWNS) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "unshare")
    _mount("none", "/", _MS_REC | _MS_PRIVATE)
    _mount(exim_folder, EXIM_FOLDER, _MS_BIND)
