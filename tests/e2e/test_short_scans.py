"""What is left out of a scan loses no hit: odd mails by the thousand, scanned
the short way and as a whole."""
import base64
import os
import random
import struct
import subprocess

import pytest
from riglib import samples

MAILS = 1500
MARKS = {b"Eicar": samples.eicar(), b"In-Mail": b"a mark of what is in a mail",
         b"Of-Mail": b"a mark of a mail"}
TYPES = [b"", b"text/plain", b"text/plain; charset=utf-8", b"text/html",
         b"application/octet-stream; name=a.bin", b"application/pdf",
         b'image/png; name="x y.png"', b"message/rfc822", b"TEXT/PLAIN",
         b"text/plain; name=a.txt", b"text/plain (c)",
         b"multipart/mixed; boundary=q"]
ENCODINGS = [b"", b"", b"7bit", b"7bit", b"8bit", b"base64", b"base64",
             b"base64", b"BASE64", b'"base64"', b"quoted-printable", b"binary",
             b"x-uuencode", b" base64 "]
TEXTS = [b"", b"hello\n", b"begin 644 a\n", b"<html>", b"From a@b\n",
         b"Received: by x\nContent-Type: text/plain\n\n", b"-- \nme\n",
         b"--zz\n"]
SPOILERS = [b"", b"=", b" ", b"--zz", b"begin 644 a", b"(x)"]


class Maker:
    """Mails that nobody would write, the same for the same seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def often(self, part):
        return self.rng.random() < part

    def payload(self):
        return self.rng.choice([*MARKS.values(), b"hello",
                                b"hello world\n" * 3])

    def base64(self, data, large):
        rng = self.rng
        if large:
            data = (rng.randbytes(rng.choice([0, 3000, 40000, 60000])) +
                    data + rng.randbytes(rng.choice([0, 30000, 40000])))
        text = base64.encodebytes(data)
        if self.often(.1):
            return text.replace(b"\n", b"\r\n")
        if self.often(.1):
            lines = text.split(b"\n")
            lines.insert(rng.randrange(len(lines)), rng.choice(SPOILERS))
            text = b"\n".join(lines)
        return text

    def header(self):
        rng, header = self.rng, b""
        encoding = rng.choice(ENCODINGS)
        if self.often(.8):
            header += b"Content-Type: " + rng.choice(TYPES) + b"\n"
        if encoding and self.often(.9):
            header += b"Content-Transfer-Encoding: " + encoding + b"\n"
        if self.often(.08):
            header += (b"Content-Transfer-Encoding: " +
                       rng.choice(ENCODINGS) + b"\n")
        if self.often(.08):
            header += b"Content-Type: " + rng.choice(TYPES) + b"\n"
        if self.often(.2):
            header += b'Content-Disposition: attachment; filename="f"\n'
        return header, encoding

    def body(self, encoding, large):
        if encoding.strip(b' "').lower() == b"base64" or self.often(.25):
            return self.base64(self.payload(), large)
        text = self.rng.choice([*TEXTS, b"Content-Transfer-Encoding: base64"
                                b"\n\n" + self.base64(self.payload(), False)])
        return text + self.payload() + b"\n"

    def part(self, first):
        header, encoding = self.header()
        if self.often(.5) and first:
            header, encoding = b"Content-Type: text/plain\n", b""
        elif self.often(.5):
            header, encoding = (
                b"Content-Type: application/octet-stream; name=a\n"
                b"Content-Transfer-Encoding: base64\n", b"base64")
        body = self.body(encoding, self.often(.6))
        return header + b"\n" + body + (b"" if body.endswith(b"\n") else b"\n")

    def mail(self):
        rng = self.rng
        head = b"From: a@b\nSubject: x\nMIME-Version: 1.0\n"
        if self.often(.4):
            header, encoding = self.header()
            return head + header + b"\n" + self.body(encoding,
                                                     self.often(.5))
        bound = rng.choice([b"b1", b'"b1"', b"b=1", b'"b 1"'])
        mail = (head + b"Content-Type: multipart/" +
                rng.choice([b"mixed"] * 4 + [b"alternative", b"related"]) +
                b"; boundary=" + bound + b"\n\n")
        bound = b"--" + bound.strip(b'"')
        if self.often(.1):
            mail += rng.choice([b"preamble", self.payload()]) + b"\n"
        for i in range(rng.randrange(1, 4)):
            mail += bound + (b" \n" if self.often(.1) else b"\n")
            mail += self.part(i == 0)
        if self.often(.95):
            mail += bound + b"--\n"
        if self.often(.1):
            mail += rng.choice([b"epilogue\n", self.payload() + b"\n",
                                self.base64(self.payload(), True)])
        return mail


def signatures(folder, whole):
    """With a signature that asks for the size of an attachment there is no
    short way."""
    os.mkdir(folder)
    with open(os.path.join(folder, "a.ndb"), "w", encoding="ascii") as file:
        file.write(samples.signature("Eicar", MARKS[b"Eicar"]))
    with open(os.path.join(folder, "a.ldb"), "w", encoding="ascii") as file:
        file.write("In-Mail;Engine:51-255,Container:CL_TYPE_MAIL,Target:0;0;"
                   f"{MARKS[b'In-Mail'].hex()}\n"
                   "Of-Mail;Engine:51-255,Target:4;0;"
                   f"{MARKS[b'Of-Mail'].hex()}\n")
    if whole:
        with open(os.path.join(folder, "a.cdb"), "w",
                  encoding="ascii") as file:
            file.write("Size:CL_TYPE_MAIL:*:nosuchname:5:*:*:*:*:*\n")
    return folder


def scan(folder, files):
    """The marks found in each file."""
    build = os.environ.get("MAMORI_BUILD", os.path.join(
        os.path.dirname(os.path.dirname(os.path.dirname(
            os.path.realpath(__file__)))), "build/release"))
    done = subprocess.run([os.path.join(build, "mamorid"), "scan", "-s",
                           folder, *files], capture_output=True,
                          stdin=subprocess.DEVNULL, check=True)
    found, out = [], done.stdout
    while out:
        length = 4 + struct.unpack(">I", out[:4])[0]
        found.append({name for name in MARKS
                      if name + b".UNOFFICIAL" in out[4:length]})
        assert b"Mamori.Bound" not in out[4:length]
        out = out[length:]
    assert len(found) == len(files)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost(tmp_path, seed):
    maker = Maker(seed)
    files = []
    for number in range(MAILS):
        files.append(str(tmp_path / f"{number}.eml"))
        with open(files[-1], "wb") as file:
            file.write(maker.mail())
    short = scan(signatures(str(tmp_path / "short"), False), files)
    whole = scan(signatures(str(tmp_path / "whole"), True), files)
    assert sum(map(bool, whole)) > MAILS / 2
    lost = [name for name, one, other in zip(files, short, whole)
            if not other <= one]
    assert not lost
