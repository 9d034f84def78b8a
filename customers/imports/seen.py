"""Which texts were met before, in memory that does not grow with them."""

from __future__ import annotations

PROBES = 4


class Seen:
    """Remembers texts (a Bloom filter): never forgets one, but now and then believes that it knows one that it does not.

    With 8 MB, 1,000,000 texts in it, that is so of one in 80,000; with 4,000,000 of one in 450.
    """

    def __init__(self, megabytes: int = 8) -> None:
        self._bits = bytearray(megabytes * 2**20)
        self._mask = len(self._bits) * 8 - 1
        if megabytes & (megabytes - 1):
            raise ValueError("megabytes must be a power of two")

    def add(self, text: str) -> bool:
        """Remember a text; True when it seems to have been there before."""
        mixed, bits, there = hash(text), self._bits, True
        step = (mixed >> 32) | 1
        for _ in range(PROBES):
            place = mixed & self._mask
            byte, bit = place >> 3, 1 << (place & 7)
            if not bits[byte] & bit:
                there = False
                bits[byte] |= bit
            mixed += step
        return there
