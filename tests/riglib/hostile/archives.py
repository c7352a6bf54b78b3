"""Archives and compressed files."""
import base64
import bz2
import gzip
import lzma
import random
import struct
import tarfile
import zipfile
import zlib

from .base import MULTI, SIZE, attach, case, zeros, zipped


@case("zip: 200,000 members")
def zip_members():
    return attach(zipped([("a", b"hello")] * 200000, zipfile.ZIP_STORED),
                  "a.zip")


@case("zip: 9,900 members")
def zip_few():
    return attach(zipped([(f"a{i}", b"hello") for i in range(9900)]), "a.zip")


@case("zip: 9,900 HTML members")
def zip_html():
    return attach(zipped([(f"a{i}.html", b"<html><script>a</script>" * 200)
                          for i in range(9900)]), "a.zip")


@case("zip: 9,900 programs")
def zip_programs():
    return attach(zipped([(f"a{i}.exe", b"MZ" + bytes(5000))
                          for i in range(9900)]), "a.zip")


@case("zip: like 42.zip")
def zip_42():
    data = zipped([("a", zeros(48))])
    for _ in range(5):
        data = zipped([(f"{i}.zip", data) for i in range(16)])
    return attach(data, "a.zip")


@case("zip: zeros, 59 MB")
def zip_zeros():
    return attach(zipped([("a", zeros(59))]), "a.zip")


@case("zip: zips in each other")
def zip_deep():
    data = b"hello"
    for _ in range(200):
        data = zipped([("a.zip", data)])
    return attach(data, "a.zip")


@case("zip: twenty of the same in 10,000 parts")
def zip_parts():
    zip_file = base64.encodebytes(zipped([(f"a{i}", zeros(1))
                                          for i in range(2)]))
    return MULTI + (b"--b\nContent-Type: application/zip\nContent-Transfer-"
                    b"Encoding: base64\n\n" + zip_file) * 9000


@case("zip: overlapping")
def zip_overlapping():
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = data.compress(zeros(20)) + data.flush()
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0,
                        len(packed), 20 << 20, 1, 0) + b"a" + packed
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0,
                        len(packed), 20 << 20, 1, 0, 0, 0, 0, 0, 0) + b"a"
    return attach(local + entry * 9000 + struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 9000, 9000, 9000 * len(entry),
        len(local), 0), "a.zip")


@case("zip: local headers")
def zip_locals():
    return attach(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 1, 1,
                              1, 0) * (SIZE * 3 // 4 // 31), "a.zip")


@case("zip: local headers with sizes behind")
def zip_descriptors():
    return attach((struct.pack("<4s5H3L2H", b"PK\3\4", 20, 8, 8, 0, 0, 0, 0,
                               0, 1, 0) + b"a\3\0") * (SIZE * 3 // 4 // 33),
                  "a.zip")


@case("zip: directory entries")
def zip_entries():
    return attach(struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0,
                              0, 3, 3, 1, 0, 0, 0, 0, 0, 0) *
                  (SIZE * 3 // 4 // 46), "a.zip")


@case("zip: ends of a directory")
def zip_ends():
    return attach(b"PK\3\4" + b"PK\5\6" + bytes(18) +
                  b"PK\5\6\0\0\0\0\0\0\0\0" * (SIZE * 3 // 4 // 12), "a.zip")


@case("gzip: zeros, 1 GB")
def gzip_zeros():
    return attach(gzip.compress(zeros(1024), 6), "a.gz")


@case("gzip: empty members")
def gzip_members():
    return attach(gzip.compress(b"") * (SIZE * 3 // 4 // 20), "a.gz")


@case("gzip: in each other")
def gzip_deep():
    data = zeros(30)
    for _ in range(64):
        data = gzip.compress(data)
    return attach(data, "a.gz")


@case("bzip2: zeros, 1 GB")
def bzip2_zeros():
    return attach(bz2.compress(zeros(16)) * 64, "a.bz2")


@case("bzip2: 5 MB of blocks")
def bzip2_blocks():
    return attach(bz2.compress(random.Random(1).randbytes(20 << 20)), "a.bz2")


@case("xz: zeros, 1 GB")
def xz_zeros():
    return attach(lzma.compress(zeros(1024), preset=0), "a.xz")


@case("xz: streams")
def xz_streams():
    return attach(lzma.compress(b"a") * (SIZE * 3 // 4 // 60), "a.xz")


@case("xz: a dictionary of 1.5 GB")
def xz_dictionary():
    data = bytearray(lzma.compress(zeros(1), filters=[
        {"id": lzma.FILTER_LZMA2, "dict_size": 1536 << 20, "mode":
         lzma.MODE_FAST, "mf": lzma.MF_HC3, "nice_len": 273}]))
    return attach(bytes(data), "a.xz")


@case("lzma: a dictionary of 4 GB")
def lzma_dictionary():
    data = lzma.compress(zeros(1), lzma.FORMAT_ALONE)
    return attach(data[:1] + b"\xff\xff\xff\xff" + data[5:], "a.lzma")


@case("tar: empty members")
def tar_members():
    header = tarfile.TarInfo("a").tobuf()
    return attach(header * (SIZE * 3 // 4 // len(header)), "a.tar")


@case("tar: members in gzip")
def tar_gzip():
    header = tarfile.TarInfo("a").tobuf()
    return attach(gzip.compress(header * (59 << 11)), "a.tgz")
