"""Pages sent compressed. Files, pictures and the API's rows are left alone: squeezed already, or in a hurry.

BREACH guesses a secret from the length of compressed pages that also echo what was asked. Django's middleware makes the
length random by up to a hundred bytes, form tokens are masked anew on every page, and answers to signed-in readers are
kept by nobody; so pages may be compressed for everybody.
"""

import secrets
import struct
import zlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip

COMPRESSED = ("text/html", "text/csv", "image/svg+xml", "application/xml", "application/atom+xml")


class CompressPages(GZipMiddleware):
    """Django's compression with its random length, for pages and other text made for readers."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(COMPRESSED):
            return response
        assert isinstance(response, HttpResponse)
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


def wants_gzip(request: HttpRequest) -> bool:
    """Whether the browser takes gzip, asked as Django's middleware asks."""
    return re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None


type Shift = tuple[int, ...]
"""How a checksum changes when so many zero bytes follow: a matrix of bits, a column an int."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with whole deflate blocks of it that look back at nothing before them, and what joins its checksum."""

    text: bytes
    block: bytes
    checksum: int
    shift: Shift

    @classmethod
    def of(cls, text: bytes) -> "Piece":
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
        return cls(text, packed, zlib.crc32(text), _shift(len(text)))

    def __len__(self) -> int:
        return len(self.text) + len(self.block)


@dataclass(frozen=True, slots=True)
class Gapped:
    """A page compressed once. Where a piece is None stands a gap, which is filled anew for every reader."""

    pieces: tuple[Piece | None, ...]

    def plain(self, gap: bytes) -> bytes:
        """The page with `gap` in every gap."""
        return b"".join([gap if piece is None else piece.text for piece in self.pieces])

    def gzipped(self, gap: bytes) -> bytes:
        """`plain(gap)` as one gzip file (RFC 1952). Nothing is compressed, and no piece's text is looked at.

        Its header holds a name of random length, as Django's middleware has it against BREACH. `gap` is under 64 KB.
        """
        stored = b"\0" + struct.pack("<HH", len(gap), len(gap) ^ 0xFFFF) + gap  # a block that is not compressed
        name = b"a" * secrets.randbelow(CompressPages.max_random_bytes)
        parts = [b"\x1f\x8b\x08\x08\0\0\0\0\x02\xff", name, b"\0"]
        checksum = length = 0
        for piece in self.pieces:
            if piece is None:
                parts.append(stored)
                checksum = zlib.crc32(gap, checksum)
                length += len(gap)
            else:
                parts.append(piece.block)
                checksum = _times(piece.shift, checksum) ^ piece.checksum
                length += len(piece.text)
        parts += (b"\x03\0", struct.pack("<LL", checksum, length & 0xFFFFFFFF))  # the last block, which is empty
        return b"".join(parts)


def _times(matrix: Shift, bits: int) -> int:
    total = at = 0
    while bits:
        if bits & 1:
            total ^= matrix[at]
        bits >>= 1
        at += 1
    return total


def _shift(length: int) -> Shift:
    """Checksums of joined texts are joined as zlib's crc32_combine joins them: by powers of one zero bit's matrix."""
    power: Shift = (0xEDB88320, *(1 << bit for bit in range(31)))
    for _ in range(3):
        power = tuple(_times(power, column) for column in power)
    shift: Shift = tuple(1 << bit for bit in range(32))
    while length:
        if length & 1:
            shift = tuple(_times(power, column) for column in shift)
        power = tuple(_times(power, column) for column in power)
        length >>= 1
    return shift
