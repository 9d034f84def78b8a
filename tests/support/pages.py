"""What a reader sees of a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

UNSEEN = {"script", "style", "template", "head"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in UNSEEN:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.said.append(data)


def text_of(page: Any) -> str:
    """The words of a response's page, single spaces between them."""
    words = _Words()
    words.feed(page.content.decode())
    return re.sub(r"\s+", " ", " ".join(words.said))


def field_of(page: Any, name: str) -> str:
    """The part of a form's page that holds one field, with its error below it."""
    return str(page.content.decode().split(f'data-field="{name}"')[1].split("data-field")[0])
