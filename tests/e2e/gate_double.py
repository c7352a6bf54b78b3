"""A scriptable gate: speaks scan.sock's side of the protocol for tests.

gate = GateDouble(path); gate.answer = accept([add_header("X-A: b\n")])

Every request is decoded and kept in gate.requests, then answered with
gate.answer: an object made by the functions below, or a function of the
request that returns one.
"""
import array
import fcntl
import os
import signal
import socket
import struct
import threading
from dataclasses import dataclass, field

ERROR, SCAN, VERDICT = 1, 0x10, 0x11
ACCEPT, REJECT, DEFER, DISCARD = 1, 2, 3, 4
SEALS = 0x1 | 0x2 | 0x4 | 0x8       # seal, shrink, grow, write
F_ADD_SEALS, F_GET_SEALS = 1033, 1034
HEAD = struct.Struct(">IHHI")
FIELD = struct.Struct(">HI")
VERSION = 1

TEXTS = {2: "trace", 3: "sender", 6: "auth_id", 7: "host_address",
         8: "host_name", 9: "helo", 10: "protocol", 11: "tls_cipher",
         12: "login"}
NUMBERS = {1: "version", 13: "uid", 14: "exim_uid", 15: "port",
           16: "flags", 17: "deadline", 18: "body_offset", 19: "pending"}


def put(tag, data):
    return FIELD.pack(tag, len(data)) + data


def put_num(tag, num):
    return put(tag, struct.pack(">Q", num))


def put_str(tag, text):
    if text is None:
        return b""
    return put(tag, text.encode("utf-8", "surrogateescape") + b"\0")


def fields(data):
    pos = 0
    while pos < len(data):
        tag, size = FIELD.unpack_from(data, pos)
        pos += FIELD.size
        if pos + size > len(data):
            raise ValueError("field passes the end")
        yield tag, data[pos:pos + size]
        pos += size


@dataclass
class Request:
    recipients: list = field(default_factory=list)
    headers: list = field(default_factory=list)     # (type, bytes)
    values: dict = field(default_factory=dict)
    body: bytes = b""
    body_mode: int = 0
    seals: int = 0

    def __getattr__(self, name):
        return self.__dict__.get("values", {}).get(name)

    def header_index(self, name):
        want = name.lower().encode()
        for i, (_, text) in enumerate(self.headers):
            if text.split(b":")[0].strip().lower() == want:
                return i
        raise KeyError(name)


def decode_request(data):
    req = Request()
    for tag, value in fields(data):
        if tag == 4:
            req.recipients.append(value[:-1].decode())
        elif tag == 5:
            req.headers.append((value[:1].decode(), value[1:]))
        elif tag in TEXTS:
            req.values[TEXTS[tag]] = value[:-1].decode(
                "utf-8", "surrogateescape")
        elif tag in NUMBERS:
            req.values[NUMBERS[tag]] = struct.unpack(">Q", value)[0]
    return req


@dataclass
class Answer:
    """What goes back: a frame with descriptors, or raw bytes, or nothing."""
    frame_type: int = VERDICT
    payload: bytes = b""
    memfds: list = field(default_factory=list)      # contents
    sealed: bool = True
    id_shift: int = 0
    raw: bytes = None
    close: bool = False
    hang: bool = False
    fds: list = None                                # instead of memfds


def edit(kind, index=0, text=None):
    return put(5, put_num(1, kind) + put_num(2, index) + put_str(3, text))


def add_header(text):
    return edit(1, text=text)


def set_header(index, text):
    return edit(2, index, text)


def delete_header(index):
    return edit(3, index)


def remove_recipient(address):
    return edit(4, text=address)


def verdict(action, reply=None, log=None, edits=(), body=None,
            version=VERSION):
    data = put_num(1, version) + put_num(2, action) + put_str(3, reply)
    data += put_str(4, log) + b"".join(edits)
    return Answer(memfds=[data] + ([] if body is None else [body]))


def accept(edits=(), body=None, **more):
    return verdict(ACCEPT, edits=edits, body=body, **more)


def reject(reply=None, **more):
    return verdict(REJECT, reply, **more)


def defer(reply=None, **more):
    return verdict(DEFER, reply, **more)


def discard(**more):
    return verdict(DISCARD, **more)


def error(text):
    return Answer(frame_type=ERROR, payload=put_str(202, text))


def memfd(content, sealed=True):
    fd = os.memfd_create("gate-double", os.MFD_ALLOW_SEALING)
    with os.fdopen(os.dup(fd), "wb") as out:
        out.write(content)
    if sealed:
        fcntl.fcntl(fd, F_ADD_SEALS, SEALS)
    return fd


def recv_frame(conn):
    """The head's values, the payload and the descriptors, or None."""
    data, fds = b"", array.array("i")
    need = HEAD.size
    while len(data) < need:
        chunk, new, _, _ = socket.recv_fds(conn, need - len(data), 8)
        fds.extend(new)
        if not chunk:
            return None
        data += chunk
        if len(data) >= HEAD.size:
            need = HEAD.size + HEAD.unpack_from(data)[0]
    _, kind, _, ident = HEAD.unpack_from(data)
    return kind, ident, data[HEAD.size:], list(fds)


def read_all(fd, offset=0):
    return os.pread(fd, os.fstat(fd).st_size, offset)


def peer_pid(conn):
    cred = conn.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return struct.unpack("3i", cred)[0]


class GateDouble:
    def __init__(self, path, answer=None):
        self.path = path
        self.answer = answer or accept()
        self.kill_asker = False     # SIGKILL to the process that asks
        self.requests = []
        self.changed = threading.Condition()
        self.released = threading.Event()
        self.threads = []
        self.server = None
        self.start()

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        os.chmod(self.path, 0o666)
        self.server.listen(64)
        self._spawn(self._accept, self.server)

    def stop(self):
        """The daemon is gone: no socket, nobody answers."""
        if self.server is None:
            return
        os.unlink(self.path)
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.server = None

    def close(self):
        self.stop()
        self.released.set()
        for thread in self.threads:
            thread.join(10)

    def wait_requests(self, count, seconds=20):
        with self.changed:
            if not self.changed.wait_for(
                    lambda: len(self.requests) >= count, seconds):
                raise AssertionError(
                    f"{len(self.requests)} requests instead of {count}")
            return self.requests[count - 1]

    def _spawn(self, target, *args):
        thread = threading.Thread(target=target, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self, server):
        while True:
            try:
                conn, _ = server.accept()
            except OSError:
                return
            self._spawn(self._serve, conn)

    def _serve(self, conn):
        with conn:
            frame = recv_frame(conn)
            if frame is None:
                return
            kind, ident, payload, fds = frame
            if kind != SCAN or payload or len(fds) != 2:
                raise AssertionError(f"bad request frame {frame}")
            req = decode_request(read_all(fds[0]))
            req.seals = fcntl.fcntl(fds[0], F_GET_SEALS)
            req.body_mode = fcntl.fcntl(fds[1], fcntl.F_GETFL)
            req.body = read_all(fds[1], req.body_offset)
            for fd in fds:
                os.close(fd)
            with self.changed:
                self.requests.append(req)
                self.changed.notify_all()
            if self.kill_asker:
                os.kill(peer_pid(conn), signal.SIGKILL)
                return
            answer = self.answer(req) if callable(self.answer) \
                else self.answer
            self._reply(conn, ident, answer)

    def _reply(self, conn, ident, answer):
        if answer.hang:
            self.released.wait()
        if answer.hang or answer.close:
            return
        try:
            if answer.raw is not None:
                conn.sendall(answer.raw)
                return
            head = HEAD.pack(len(answer.payload), answer.frame_type, 0,
                             ident + answer.id_shift)
            fds = answer.fds() if answer.fds is not None else [
                memfd(content, answer.sealed) for content in answer.memfds]
            socket.send_fds(conn, [head + answer.payload], fds)
            for fd in fds:
                os.close(fd)
        except OSError:
            pass                    # the module has given up
