"""A plain SMTP client over one connection that stays open."""
import socket
import time

from benchlib.mails import RECIPIENT, SENDER


class Refused(Exception):
    """The server did not take a mail."""


class Client:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), 120)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.sock.makefile("rb")
        self._expect(b"220")
        self._say(b"EHLO client.example\r\n")
        self._expect(b"250")

    def _say(self, data):
        self.sock.sendall(data)

    def _expect(self, code):
        while True:
            line = self.lines.readline()
            if not line.startswith(code):
                raise Refused(line.decode("latin-1").strip() or "closed")
            if line[3:4] != b"-":
                return

    def send(self, wire):
        """Seconds from the first command to the answer to the dot."""
        begin = time.perf_counter()
        self._say(f"MAIL FROM:<{SENDER}>\r\n".encode())
        self._expect(b"250")
        self._say(f"RCPT TO:<{RECIPIENT}>\r\n".encode())
        self._expect(b"250")
        self._say(b"DATA\r\n")
        self._expect(b"354")
        self._say(wire)
        self._expect(b"250")
        return time.perf_counter() - begin

    def close(self):
        self.lines.close()
        self.sock.close()
