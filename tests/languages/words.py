"""What a reader meets on a page, piece by piece: text nodes, and the attributes that browsers show or read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.utils import translation

from tests.languages.texts import Text

UNSEEN = {"script", "style", "template", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
READ = ("aria-label", "placeholder", "title", "alt", "data-offline", "data-failed")
WORD = re.compile(r"[^\W\d_]{3,}")
HOLE = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}")


class _Pieces(HTMLParser):
    """Collects pieces; whatever is in an unseen element, or is the name of an icon, is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: set[str] = set()

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks in which line something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        unseen = tag in UNSEEN or "material-symbols" in (told.get("class") or "") or ("lang" in told and tag != "html")
        if tag not in VOID:
            self.open.append((tag, unseen))
        self.found.update(told[name] or "" for name in READ if name in told)
        if tag == "input" and told.get("type") == "submit":
            self.found.add(told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _unseen in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not any(unseen for _tag, unseen in self.open):
            self.found.add(data)


def pieces(page: Any) -> set[str]:
    """The pieces of a response's page that hold a word, single spaces in them."""
    parser = _Pieces()
    parser.feed(page.content.decode())
    spaced = {re.sub(r"\s+", " ", piece).strip() for piece in parser.found}
    return {piece for piece in spaced if WORD.search(piece)}


def _pattern(text: Text) -> str:
    """Matches this English text with something put in; nothing where too little of it is fixed."""
    forms = [f for f in (text.singular, text.plural) if len(WORD.findall(HOLE.sub(" ", f))) >= 2]
    spaced = [re.sub(r"\s+", " ", f).strip() for f in forms]
    return "|".join(".+?".join(re.escape(part.replace("%%", "%")) for part in HOLE.split(f)) for f in spaced)


def translated(text: Text) -> str:
    """The text in the active language, for five where it counts."""
    if text.plural:
        told = [text.singular, text.plural, 5]
        return translation.npgettext(text.context, *told) if text.context else translation.ngettext(*told)
    return translation.pgettext(text.context, text.singular) if text.context else translation.gettext(text.singular)


class English:
    """The English texts for which a language has others, to be found among what a page says."""

    def __init__(self, texts: Iterable[Text], language: str) -> None:
        texts = list(texts)
        with translation.override(language):
            own = {translated(t) for t in texts}
            others = [t for t in texts if translated(t) not in {t.singular, t.plural}]
        self.plain = {form for t in others for form in (t.singular, t.singular.capitalize())} - own
        self.filled = re.compile("|".join(filter(None, map(_pattern, others))))
        self.known: dict[str, bool] = {}

    def left(self, found: set[str]) -> set[str]:
        """Those pieces that are English."""
        return {piece for piece in found if self._is_english(piece)}

    def _is_english(self, piece: str) -> bool:
        if piece not in self.known:
            self.known[piece] = piece in self.plain or bool(self.filled.fullmatch(piece))
        return self.known[piece]
