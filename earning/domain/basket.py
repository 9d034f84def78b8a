"""What is kept of a document, as rules look at it: sets of lines are bits of a whole number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from earning.domain.discounts import net
from earning.domain.lines import ONE, Line
from earning.domain.selection import Key, Picker, label_key


class Basket:
    """Lines of a document, of each the measure that is `kept` (None: all of it); whole it counts `worths` (None: the line's total).

    `amounts` are minor units of the currency that counts, `quantities` thousandths, by line; what was sold by amount is one unit.
    `there` are the lines of which something is left.
    """

    __slots__ = ("_amounts", "_found", "_net", "amounts", "quantities", "there", "total")

    def __init__(self, lines: Sequence[Line], kept: Sequence[int] | None = None, worths: Sequence[int] | None = None) -> None:
        left = [line.measure for line in lines] if kept is None else kept
        whole = [line.total for line in lines] if worths is None else worths
        self.amounts = tuple(line.part(worth, rest) for line, worth, rest in zip(lines, whole, left, strict=True))
        self.quantities = tuple(rest if line.quantity is not None else ONE * bool(rest) for line, rest in zip(lines, left, strict=True))
        self.total = sum(self.amounts)
        self.there = 0
        self._found: dict[Key, int] = {}
        for number, (line, rest) in enumerate(zip(lines, left, strict=True)):
            if rest:
                self._put(line, 1 << number)
        self._amounts = {self.there: self.total}
        self._net = self._with(net(lines, left, whole)) if any(line.line_shares for line in lines) else None

    @property
    def net(self) -> Basket:
        """The same with each discount that says on which lines it lies taken off these: it counts nothing by itself."""
        return self if self._net is None else self._net

    def _with(self, amounts: tuple[int, ...]) -> Basket:
        made = Basket.__new__(Basket)
        made.quantities, made.there, made._found, made._net = self.quantities, self.there, self._found, None
        made.amounts, made.total = amounts, sum(amounts)
        made._amounts = {made.there: made.total}
        return made

    def _put(self, line: Line, bit: int) -> None:
        self.there |= bit
        for key in _keys(line):
            self._found[key] = self._found.get(key, 0) | bit

    def pick(self, picker: Picker) -> int:
        """The lines that a rule looks at."""
        picked = self.there if picker.only is None else self.with_any(picker.only)
        if picked and picker.never:
            picked &= ~self.with_any(picker.never)
        for kind in picker.without:
            picked &= ~self._found.get(kind, 0)
        return picked

    def with_any(self, keys: Collection[Key]) -> int:
        """The lines that one of `keys` finds."""
        found = 0
        if len(keys) < len(self._found):
            for key in keys:
                found |= self._found.get(key, 0)
            return found
        for key, lines in self._found.items():
            if key in keys:
                found |= lines
        return found

    def amount(self, lines: int) -> int:
        """What `lines` are worth together, in minor units."""
        known = self._amounts.get(lines)
        if known is None:
            known = self._amounts[lines] = sum(self.amounts[n] for n in numbers(lines))
        return known

    def amounts_of(self, lines: int) -> tuple[int, ...]:
        """What each line of the document counts when `lines` do."""
        return self.amounts if lines == self.there else tuple(a if lines >> n & 1 else 0 for n, a in enumerate(self.amounts))


def numbers(lines: int) -> Iterator[int]:
    """The places, from 0, of a set of lines."""
    while lines:
        last = lines & -lines
        yield last.bit_length() - 1
        lines ^= last


def _keys(line: Line) -> Iterator[Key]:
    yield "kind", line.kind
    for field, text in (("sku", line.sku), ("category", line.category), ("maker", line.maker)):
        if text:
            yield field, text.casefold()
    for label, value in line.labels.items():
        yield label_key(label, None)
        yield label_key(label, value)
