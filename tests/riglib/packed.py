"""A file in an archive of each kind that customers are promised, stored where
no packer for the format is at hand."""
import bz2
import gzip
import io
import struct
import tarfile
import zipfile
import zlib

DAY = 0x5a215a21        # a date and time of DOS


def zip_(name, data, before=b""):
    file = io.BytesIO(before)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def exe(name, data):
    """A program for Windows that unpacks itself."""
    stub = (b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0\x4c\x01" +
            bytes(962))
    return zip_(name, data, stub)


def tar(name, data):
    file, info = io.BytesIO(), tarfile.TarInfo(name)
    info.size = len(data)
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def gzip_(_name, data):
    return gzip.compress(data)


def bzip2(_name, data):
    return bz2.compress(data)


def _arj_header(kind, name, fields):
    header = (struct.pack("<8B", 30, 3, 1, 0, 0, 0, kind, 0) + fields +
              name.encode() + b"\0\0")
    return (b"\x60\xea" + struct.pack("<H", len(header)) + header +
            struct.pack("<IH", zlib.crc32(header), 0))


def arj(name, data):
    return (_arj_header(2, "a.arj", struct.pack("<4I3H", DAY, DAY, 0, 0, 0, 0,
                                                0)) +
            _arj_header(0, name, struct.pack("<4I3H", DAY, len(data),
                                             len(data), zlib.crc32(data), 0,
                                             0x20, 0)) +
            data + b"\x60\xea\0\0")


def _crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xa001 if crc & 1 else 0)
    return crc


def lzh(name, data):
    header = (b"-lh0-" + struct.pack("<3I3B", len(data), len(data), DAY, 0x20,
                                     0, len(name)) +
              name.encode() + struct.pack("<H", _crc16(data)))
    return (bytes([len(header), sum(header) & 0xff]) + header + data + b"\0")


def cab(name, data):
    entry = struct.pack("<2I4H", len(data), 0, 0, 0x5a21, 0x5a21, 0x20) + \
        name.encode() + b"\0"
    start = 36 + 8 + len(entry)
    block = struct.pack("<I2H", 0, len(data), len(data)) + data
    return (b"MSCF" + struct.pack("<5I2B5H", 0, start + len(block), 0, 44, 0,
                                  3, 1, 1, 1, 0, 1, 0) +
            struct.pack("<I2H", start, 1, 0) + entry + block)


def _rar_block(kind, flags, fields):
    rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(rest) & 0xffff) + rest


def rar(name, data):
    fields = struct.pack("<2IB2I2BHI", len(data), len(data), 3,
                         zlib.crc32(data), DAY, 20, 0x30, len(name), 0o100644)
    return (b"Rar!\x1a\x07\0" + _rar_block(0x73, 0, bytes(6)) +
            _rar_block(0x74, 0x8000, fields + name.encode()) + data +
            _rar_block(0x7b, 0x4000, b""))


PACKERS = {"zip": zip_, "arj": arj, "lzh": lzh, "cab": cab, "rar": rar,
           "tar": tar, "gz": gzip_, "bz2": bzip2, "exe": exe}
