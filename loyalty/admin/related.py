"""Links from the page of one context's thing to what other contexts keep about it, as each registers them in its `admin`:

related.register("customers.customer", account_of, SEE_ACCOUNTS, icon="account_balance_wallet", order=10)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Link:
    """Where it leads, and what it says: “Points account: 25 points”."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Related:
    """`link(row)` gives the link from a row of `model` ("app.model", in lower case), or None where there is nothing to see."""

    model: str
    link: Callable[[Any], Link | None]
    permission: str
    icon: str
    order: int


RELATED: list[Related] = []


def register(model: str, link: Callable[[Any], Link | None], permission: str, *, icon: str = "link", order: int = 50) -> None:
    """Add a link for those who hold `permission`."""
    RELATED.append(Related(model, link, permission, icon, order))


def offered(request: HttpRequest, row: Any) -> list[dict[str, str]]:
    """The links of a row's page that the user may follow, each asked for in the page's transaction."""
    wanted = sorted((r for r in RELATED if r.model == row._meta.label_lower), key=lambda r: r.order)
    found = [(r, r.link(row)) for r in wanted if request.user.has_perm(r.permission)]
    return [{"url": link.url, "label": link.label, "icon": r.icon} for r, link in found if link is not None]
