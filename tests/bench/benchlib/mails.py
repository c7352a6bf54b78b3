"""The mails that are sent: no two alike, the same for every contender."""
import base64
import random

SENDER, RECIPIENT = "sender@far.example", "alice@example.test"

_WORDS = """the of and to in is that for it as was with be by on not he his but
at are this have from or had an they which one you were all her she there would
their we him been has when who will no more if out so what up said about order
than into them can only other time new some could these two may first then do
invoice attached please regards meeting report Monday delivery account price
""".split()


def _head(rng, number, name, kind):
    return (f"Received: from far.example by mx.example.test; "
            f"Mon, 1 Jan 2024 09:00:00 +0900\r\n"
            f"From: Yamada <{SENDER}>\r\nTo: {RECIPIENT}\r\n"
            f"Subject: {name} {number}\r\n"
            f"Date: Mon, 1 Jan 2024 09:00:00 +0900\r\n"
            f"Message-ID: <{rng.getrandbits(64):x}@far.example>\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n")


def prose(rng, size):
    lines, length = [], 0
    while length < size:
        line = " ".join(rng.choices(_WORDS, k=11))
        lines.append(line)
        length += len(line) + 2
    return "\r\n".join(lines) + "\r\n"


def text(rng, number, size):
    return (_head(rng, number, "text", "text/plain; charset=utf-8") +
            "\r\n" + prose(rng, size)).encode()


def attachment(rng, number, size):
    """A short text and one file; size is that of its base64 lines."""
    content = rng.randbytes(size * 57 // 78)
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    bound = f"b{rng.getrandbits(64):x}"
    return (_head(rng, number, "file",
                  f"multipart/mixed; boundary={bound}") +
            f"\r\n--{bound}\r\nContent-Type: text/plain\r\n\r\n" +
            prose(rng, 500) +
            f"--{bound}\r\nContent-Type: application/octet-stream; "
            f"name=data{number}.bin\r\n"
            f"Content-Disposition: attachment; filename=data{number}.bin\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n").encode() + lines + (
            f"--{bound}--\r\n".encode())


# name: (make, bytes, mails of it in a round)
SIZES = {
    "10 KB text": (text, 10 << 10, 20),
    "100 KB base64": (attachment, 100 << 10, 20),
    "2 MB base64": (attachment, 2 << 20, 6),
}


def batch(name, round_number, count, seed):
    """The mails of one round, ready for the wire."""
    make, size, _ = SIZES[name]
    found = []
    for i in range(count):
        number = round_number * 100000 + i
        rng = random.Random(f"{seed} {name} {number}")
        data = make(rng, number, size)
        found.append(data.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    return found
