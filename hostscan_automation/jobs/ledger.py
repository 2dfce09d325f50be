"""Remember every id of a list in 16 bytes each, to notice one that stands in it twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUCKETS = 256
_SIZE = 16


class IdLedger:
    """Ids in packed form, sorted into buckets by their last byte.

    A set of a million UUIDs takes some 150 MB; this takes 16, and looks for duplicates one bucket
    at a time when all ids are in.
    """

    def __init__(self) -> None:
        self._buckets = tuple(bytearray() for _ in range(_BUCKETS))

    def add(self, job_id: UUID) -> None:
        """Enter one id."""
        packed = job_id.bytes
        self._buckets[packed[-1]].extend(packed)

    def duplicates(self) -> Iterator[UUID]:
        """Yield each id that was entered more than once, once for every time too many."""
        for bucket in self._buckets:
            seen: set[bytes] = set()
            for start in range(0, len(bucket), _SIZE):
                packed = bytes(bucket[start : start + _SIZE])
                if packed in seen:
                    yield UUID(bytes=packed)
                seen.add(packed)
