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


def columns_of(page: Any) -> list[str]:
    """The titles over an administration's list, in their order."""
    titles = re.findall(r'<th[^>]*\bcolumn-[^>]*>.*?<div class="text">(.*?)</div>', page.content.decode(), re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", title)).strip() for title in titles]


def field_of(page: Any, name: str) -> str:
    """The part of a form's page that holds one field, with its error below it."""
    return str(page.content.decode().split(f'data-field="{name}"')[1].split("data-field")[0])


class _Inputs(HTMLParser):
    """What a browser sends of a form that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, list[str]] = {}
        self._select = self._area = ""
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "select":
            self._select = name
            self._first = None if "multiple" in told else ""
        elif tag == "option" and "selected" in told:
            self._hold(self._select, told["value"])
        elif tag == "option" and self._first == "":
            self._first = told["value"]
        elif tag == "textarea":
            self._area = name
        elif tag == "input" and (told.get("type") not in {"checkbox", "radio"} or "checked" in told):
            self._hold(name, told.get("value", "on" if told.get("type") == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        if tag == "select" and self._first and self._select not in self.held:
            self._hold(self._select, self._first)

    def handle_data(self, text: str) -> None:
        if self._area:
            self._hold(self._area, text.removeprefix("\n"))

    def _hold(self, name: str, value: str) -> None:
        self.held.setdefault(name, []).append(value)


def form_of(page: Any) -> dict[str, list[str]]:
    """What a browser sends of a command form as it is shown, by field."""
    inputs = _Inputs()
    inputs.feed(page.content.decode().split('id="command-form"')[1].split("</form>")[0])
    return inputs.held
