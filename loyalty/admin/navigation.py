"""What the sidebar and the home page of the administration offer, as each context registers it in its `admin.py`:

navigation.register(_("Customers"), _("Customers"), "admin:customers_customer_changelist", SEE_CUSTOMERS, icon="group", order=20)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: `url` is a URL name or a path, `icon` the name of a Material symbol, `order` its place among all."""

    section: Any
    title: Any
    url: str
    permission: str
    icon: str
    order: int

    @property
    def link(self) -> str:
        return self.url if self.url.startswith("/") else _address(self.url, get_script_prefix())


@cache
def _address(name: str, prefix: str) -> str:
    """Looked up once: a sidebar has dozens of entries, and stands on every page."""
    return reverse(name)


ITEMS: list[Item] = []


def register(section: Any, item: Any, url: str, permission: str, *, icon: str = "chevron_right", order: int = 50) -> None:
    """Add an entry for those who hold `permission`. Sections stand in the order of their first entry."""
    ITEMS.append(Item(section, item, url, permission, icon, order))


def offered(request: HttpRequest) -> list[tuple[str, list[Item]]]:
    """The sections and entries that the user may open."""
    groups: dict[str, list[Item]] = {}
    for item in sorted(ITEMS, key=lambda i: i.order):
        if request.user.has_perm(item.permission):
            groups.setdefault(str(item.section), []).append(item)
    return list(groups.items())


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """`offered`, as the theme wants it; the entry that names the page most closely is the active one."""
    groups = offered(request)
    here = max((i.link for _, items in groups for i in items if request.path.startswith(i.link)), key=len, default="")

    def entry(item: Item) -> dict[str, Any]:
        return {"title": str(item.title), "icon": item.icon, "link": item.link, "active": item.link == here}

    return [
        {"title": section, "separator": number > 0, "items": [entry(i) for i in items]} for number, (section, items) in enumerate(groups)
    ]
