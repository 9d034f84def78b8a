"""What a reader meets on a page, piece by piece: text nodes, and the attributes that browsers show or read aloud."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

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


def matcher(text: Text) -> re.Pattern[str] | None:
    """Finds a piece that is this English text with something put in; None where too little of it is fixed."""
    forms = [f for f in (text.singular, text.plural) if len(WORD.findall(HOLE.sub(" ", f))) >= 2]
    fixed = ["(?:.+?)".join(re.escape(part.replace("%%", "%")) for part in HOLE.split(re.sub(r"\s+", " ", f).strip())) for f in forms]
    return re.compile("|".join(fixed)) if fixed else None
