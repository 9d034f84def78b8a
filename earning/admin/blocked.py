"""That an account is blocked, as its page says it: since when, by whom, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from earning import queries
from earning.admin import shown
from loyalty.admin.facts import actor_title
from loyalty.staff.actors import actors


def told(row: Any) -> str:
    """One line for it, and for each account that it is one with: “Since 3 Nov 2026, 09:15, by Trần Lan: lost phone”. "" where none is.

    Who does not see histories (`row.told_why`) reads no more than since when.
    """
    found = queries.blockings(row.customer_id, row.wallet)
    people = actors(one.blocked_by for one in found) if row.told_why else None
    return format_html_join("", "<div>{}</div>", ((_line(one, people, row.tenant_id),) for one in found))


def _line(one: queries.Blocking, people: Mapping[str, str] | None, tenant_id: int) -> str:
    since = shown.moment(one.since, tenant_id)
    if people is None:
        return _("Since %(since)s") % {"since": since}
    who = people.get(one.blocked_by) or actor_title(one.blocked_by)
    return _("Since %(since)s, by %(who)s: %(reason)s") % {"since": since, "who": who, "reason": one.reason}
