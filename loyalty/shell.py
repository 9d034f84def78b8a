"""The customer's own pages under `/app/`: contexts hang theirs in, and the bar at the bottom leads to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True, slots=True, order=True)
class ShellPage:
    """A page that the bottom bar leads to; `address` is the name of its URL."""

    order: int
    address: str
    title: Any
    icon: str


PAGES: list[ShellPage] = []


def page_at(path: str) -> str:
    """The address in the bar to which the page at `path` belongs: the longest that it begins with."""
    return max((there for page in PAGES if path.startswith(there := reverse(page.address))), key=len, default="")


def hang(title: Any, address: str, *, icon: str, order: int) -> None:
    """Let the bottom bar lead to a page. Raises ValueError for an address that it leads to already."""
    if any(page.address == address for page in PAGES):
        raise ValueError(f"the bar leads to {address} already")
    PAGES.append(ShellPage(order, address, title, icon))
    PAGES.sort()
