"""The oracle of the import: which totals a file of sales and returns leaves, in plain Python over the raw lines.

It shares nothing with the platform: no parsing, no matching, no money of ours.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from pathlib import Path


class PlainMatcher:
    """Reads the file of UCI «Online Retail»; afterwards `gross` and `net` are pence by customer.

    A returned row takes from what this customer bought of this article at or before that minute, the newest document
    first; `unmatched` lists (line number, pieces) for rows where that was not enough. What is kept of a sold line is
    worth its price × pieces kept ÷ pieces bought, to the nearest penny.
    """

    def __init__(self, path: Path, rows: int | None) -> None:
        with gzip.open(path, "rt") as text:
            self.lines = list(enumerate(islice(csv.DictReader(text), rows), 2))
        self.minutes = self._minutes()
        self.bought: dict[tuple[str, str], list[dict]] = defaultdict(list)
        self.unmatched: list[tuple[int, int]] = []
        self._put_on_the_shelf()
        self._take_back()
        self.gross = self._sum(lambda sold: sold["pence"])
        self.net = self._sum(lambda sold: kept_of(sold["pence"], sold["left"], sold["pieces"]))

    def _minutes(self) -> dict[str, str]:
        """The time of a document is that of its earliest line."""
        first: dict[str, str] = {}
        for _, line in self.lines:
            first[line["invoice"]] = min(line["ts"], first.get(line["invoice"], line["ts"]))
        return first

    def _put_on_the_shelf(self) -> None:
        for number, line in self.lines:
            pieces = int(line["qty"])
            if pieces > 0:
                pence = (Decimal(line["unit_price"]) * pieces * 100).quantize(Decimal(1), ROUND_HALF_UP)
                place = (self.minutes[line["invoice"]], line["invoice"], number)
                sold = {"place": place, "pieces": pieces, "left": pieces, "pence": int(pence)}
                self.bought[line["customer_id"], line["sku"]].append(sold)
        for shelf in self.bought.values():
            shelf.sort(key=lambda sold: sold["place"], reverse=True)

    def _take_back(self) -> None:
        backs = [(self.minutes[line["invoice"]], line["invoice"], number, line) for number, line in self.lines if int(line["qty"]) < 0]
        for minute, _, number, line in sorted(backs, key=lambda back: back[:3]):
            wanted = -int(line["qty"])
            for sold in self.bought.get((line["customer_id"], line["sku"]), []):
                if sold["place"][0] <= minute:
                    taken = min(wanted, sold["left"])
                    sold["left"] -= taken
                    wanted -= taken
            if wanted:
                self.unmatched.append((number, wanted))

    def _sum(self, worth) -> dict[str, int]:
        totals: dict[str, int] = defaultdict(int)
        for (customer, _), shelf in self.bought.items():
            totals[customer] += sum(worth(sold) for sold in shelf)
        return dict(totals)


def kept_of(pence: int, left: int, pieces: int) -> int:
    return int((Decimal(pence) * left / pieces).quantize(Decimal(1), ROUND_HALF_UP))
