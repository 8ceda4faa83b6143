"""Pages sent compressed. Files, pictures and the API's rows are left alone: squeezed already, or in a hurry.

BREACH guesses a secret from the length of compressed pages that also echo what was asked. Django's middleware makes the
length random by up to a hundred bytes, form tokens are masked anew on every page, and answers to signed-in readers are
kept by nobody; so pages may be compressed for everybody.
"""

import secrets
import struct
import zlib

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


def block(text: bytes) -> bytes:
    """`text` as whole deflate blocks that look back at nothing before them, to be kept and joined by `gzipped`."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def gzipped(before: bytes, text: bytes, kept: bytes, after: bytes) -> bytes:
    """`before + text + after` as one gzip file (RFC 1952) in which `kept`, the `block` of `text`, is not made again.

    Its header holds a name of random length, as Django's middleware has it against BREACH.
    """
    head = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    tail = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    checked = zlib.crc32(after, zlib.crc32(text, zlib.crc32(before)))
    return b"".join(
        (
            b"\x1f\x8b\x08\x08\0\0\0\0\x02\xff",
            b"a" * secrets.randbelow(CompressPages.max_random_bytes) + b"\0",
            head.compress(before) + head.flush(zlib.Z_FULL_FLUSH),
            kept,
            tail.compress(after) + tail.flush(zlib.Z_FINISH),
            struct.pack("<LL", checked, (len(before) + len(text) + len(after)) & 0xFFFFFFFF),
        )
    )
