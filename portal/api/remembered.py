"""Pages of rows that were asked for before, kept in this process, within a bound of bytes.

A page is remembered by what it was made from - editions, the reader's tiers, the question - never by who asked, and
editions do not change; so nothing here can be stale. Access is decided before the memory is looked at.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as JSON text divided by commas, and the last of them where more follow.

    `counts` are the rows of all pages and the rows withheld; None where they are too many to count.
    """

    rows: bytes
    more: bool
    last: dict[str, object]
    digest: str
    counts: tuple[int | None, int | None] = (None, None)


class Memory:
    """Least recently asked pages go first. Safe to use from several threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        if len(page.rows) > self.most_bytes // 8:
            return
        with self._lock:
            known = self._pages.pop(key, None)
            self._bytes += len(page.rows) - (len(known.rows) if known else 0)
            self._pages[key] = page
            while self._bytes > self.most_bytes:
                _, gone = self._pages.popitem(last=False)
                self._bytes -= len(gone.rows)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


pages = Memory(most_bytes=64 * 2**20)
