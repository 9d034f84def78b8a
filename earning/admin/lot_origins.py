"""What brought the lots of an account, in a line each: rules in their versions, why somebody gave them, or who passed them on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from customers.permissions import SEE as SEE_CUSTOMERS
from customers.queries import CustomerCard
from earning import queries
from earning.admin import shown
from earning.models import Account, Lot
from loyalty.staff.permissions import SEE_HISTORY


def told(request: HttpRequest, row: Account, lots: Iterable[Lot]) -> dict[UUID, str]:
    """By lot, as much as the reader may see."""
    origins = queries.lot_origins(row.id, [lot.id for lot in lots])
    people = shown.holders(one.sender_id for one in origins.values())
    return {key: format_html_join(" · ", "{}", ((part,) for part in _parts(request, one, people))) for key, one in origins.items()}


def _parts(request: HttpRequest, one: queries.LotOrigin, people: dict[UUID, CustomerCard]) -> Iterator[str]:
    user = cast(Any, request.user)
    if one.reason and user.has_perm(SEE_HISTORY):
        yield one.reason
    if one.sender_id in people and user.has_perm(SEE_CUSTOMERS):
        yield _("from %(code)s") % {"code": people[one.sender_id].code}
    for rule in one.rules:
        yield shown.rule(
            rule.rule_id, _("%(name)s, version %(number)s") % {"name": rule.name, "number": rule.version}, of_level=rule.of_level
        )
