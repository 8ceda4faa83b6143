"""Weighs a zip file (a workbook or a Word document is one) before anything opens it."""

import io
import struct
import zipfile
import zlib

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_ENTRIES = 1000
MAX_DIRECTORY = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_CHUNK = 256 * 1024


class CannotOpen(ValueError):
    """The file can't be opened; the message is a sentence that says why and what to do."""


def weigh(content: bytes, name: str, *, kind: str, holds: str) -> None:
    """Raise CannotOpen unless `content` is a zip file of bearable size with the entry `holds`.

    `kind` is what it should be, in words: "an Excel workbook (.xlsx)". The list of entries is bounded before it is
    read, and what is packed is unpacked once, piece by piece, because the sizes that a zip file states may be lies.
    """
    if len(content) > MAX_BYTES:
        raise CannotOpen(f"{name} is {len(content) / 1024 / 1024:.1f} MB; 10 MB is the most. Split it into several.")
    if not content.startswith(b"PK\x03\x04"):
        raise CannotOpen(f"{name} is not {kind}. Save it as one and upload it again.")
    found = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if found < 0 or len(content) - found < _END.size:
        raise CannotOpen(f"{name} is damaged: its end is missing. Save it again and upload that.")
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(content, found)
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY:
        raise CannotOpen(f"{name} holds more than {MAX_ENTRIES:,} files, which {kind} never does.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if holds not in packed.namelist():
                raise CannotOpen(f"{name} is a zip file, but not {kind}. Save it as one and upload it again.")
            _unpack_all(content, packed, name)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError):
        raise CannotOpen(f"{name} is damaged or locked by a password. Save it anew, without one.") from None


def _unpack_all(content: bytes, packed: zipfile.ZipFile, name: str) -> None:
    total = 0
    for entry in packed.infolist():
        if entry.flag_bits & 1:
            raise RuntimeError("locked")
        start = entry.header_offset + 30 + sum(struct.unpack_from("<2H", content, entry.header_offset + 26))
        data = memoryview(content)[start : start + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_STORED:
            total += len(data)
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            total = _inflated(data, total, name)
        else:
            raise NotImplementedError("neither stored nor deflated")
        _bear(total, name)


def _inflated(data: memoryview, total: int, name: str) -> int:
    unpacking = zlib.decompressobj(-15)
    for at in range(0, len(data), _CHUNK):
        total += len(unpacking.decompress(data[at : at + _CHUNK], _CHUNK))
        while unpacking.unconsumed_tail:
            _bear(total, name)
            total += len(unpacking.decompress(unpacking.unconsumed_tail, _CHUNK))
        _bear(total, name)
    return total


def _bear(total: int, name: str) -> None:
    if total > MAX_UNPACKED:
        raise CannotOpen(f"{name} unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB. Split it into several.")
