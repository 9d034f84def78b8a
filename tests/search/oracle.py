"""Who must be found, said a second time without a line of the code under test: slow, plain, from the rule alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

GROUPS = {
    "a": "aàáảãạăằắẳẵặâầấẩẫậą", "e": "eèéẻẽẹêềếểễệę", "i": "iìíỉĩị", "o": "oòóỏõọôồốổỗộơờớởỡợ", "u": "uùúủũụưừứửữự", "y": "yỳýỷỹỵ",
    "d": "dđ", "c": "cć", "l": "lł", "n": "nń", "s": "sś", "z": "zźż",
}  # fmt: skip
PLAIN = {variant: letter for letter, variants in GROUPS.items() for variant in variants}
MARKS = {chr(c) for c in range(0x300, 0x370)}


def plain_words(text: str) -> list[str]:
    """The words of a Vietnamese or Polish name, without accents, as ASCII."""
    letters = []
    for c in text:
        if c in MARKS:
            continue
        small = (chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c).lower()
        letters.append(PLAIN.get(small, small))
    word_or_gap = "".join(c if c.isascii() and c.isalnum() else " " for c in letters)
    return word_or_gap.split()


def within(a: str, b: str, allowed: int) -> bool:
    """Levenshtein by the textbook table, given up once every way is too long; exchanging two neighbours is two steps."""
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        if min(row) > allowed:
            return False
        above = row
    return above[-1] <= allowed


def matches(asked: str, word: str) -> bool:
    """Whether a query word finds a word of a name."""
    if word[: len(asked)] == asked:
        return True
    allowed = 2 if len(asked) >= 8 else 1 if len(asked) >= 4 else 0
    return abs(len(asked) - len(word)) <= allowed and within(asked, word, allowed)


class Names:
    """Names by number, and in which of them each word stands."""

    def __init__(self, names: Iterable[str]) -> None:
        self.where: dict[str, set[int]] = {}
        self.all: set[int] = set()
        for number, name in enumerate(names):
            self.all.add(number)
            for word in plain_words(name):
                self.where.setdefault(word, set()).add(number)

    def found(self, text: str) -> set[int]:
        """The numbers of all names that `text` finds."""
        result = set(self.all)
        for asked in plain_words(text):
            result &= self.with_word(asked)
        return result

    @cache  # noqa: B019  lives as long as the names do
    def with_word(self, asked: str) -> frozenset[int]:
        """The numbers of the names in which a word is found by the query word `asked`."""
        return frozenset(number for word, numbers in self.where.items() if matches(asked, word) for number in numbers)
