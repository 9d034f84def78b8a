"""Text as search sees it: the same folding for documents and queries, so that both engines compare the same words."""

from __future__ import annotations

import re
import unicodedata

LONGEST_WORD = 64
"""Letters of a word that count; the rest of a longer one is cut, in documents and queries alike."""

_SPELLED = str.maketrans(
    {
        "đ": "d", "ð": "d", "ɖ": "d",  # đ, and the two letters that old keyboards put in its place
        "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[ -@\[-~]*")
"""ASCII without capitals and control characters: folding leaves it as it is."""


class _Without(dict[int, str | None]):
    """A table for `str.translate` that drops the characters of some categories; filled as characters are met."""

    def __init__(self, *categories: str) -> None:
        super().__init__()
        self.categories = categories

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kept = None if unicodedata.category(character) in self.categories else character
        if code < 0x3000:  # the scripts of Europe and Vietnam; the rest is worked out each time, so that the table stays small
            self[code] = kept
        return kept


_NOT_WRITTEN = _Without("Cc", "Cf", "Cs")
_NOT_WRITTEN.update({ord(c): " " for c in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"})
_ACCENTS = _Without("Mn")


def clean(text: str) -> str:
    """`text` without control and format characters and lone surrogates; line breaks and tabs become spaces."""
    return text if text.isprintable() else text.translate(_NOT_WRITTEN)


def fold(text: str) -> str:
    """`text` without case and accents, compatibility forms (full-width digits, ligatures) made plain; never raises.

    đ and ł are spelled out, because no decomposition does it. What `clean` removes is removed here too. Folding twice
    changes nothing.
    """
    if _PLAIN.fullmatch(text):
        return text
    folded = _once(clean(text))
    while not _PLAIN.fullmatch(folded) and (again := _once(folded)) != folded:
        folded = again
    return folded


def words(text: str) -> list[str]:
    """The different words of `text`, folded, in order: runs of letters and digits, cut at `LONGEST_WORD`."""
    return list(dict.fromkeys(w[:LONGEST_WORD] for w in _WORD.findall(fold(text))))


def mistakes(word: str) -> int:
    """How many letters of a query word may be wrong: none below 4 letters, 1 below 8, else 2. A transposition counts 2."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SPELLED)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", plain).translate(_ACCENTS))
