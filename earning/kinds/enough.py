"""What would have been enough for a rule that gave nothing, or not all, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from earning.domain.explaining import Explained
from earning.domain.limits import Limit
from earning.domain.wallets import Unit
from earning.kinds.needed import needed
from earning.kinds.scopes import limit_sentence, limits
from earning.kinds.words import amount_of, day, money, number
from loyalty.domain.period import next_start


def enough(told: Explained, currency: str, unit: Unit) -> Iterator[str]:
    """How much was missing, what else the rule needs beside what was seen, or when there is room again.

    Where its limits had room for a part only, or none: what it was worth, what room was left, and which limits these are.

    `unit` is that of the wallet of the rule.
    """
    for check in told.checks:
        if not check.met:
            yield from needed(check, told.rule.scope, currency)
    if told.missing:
        yield gettext("%(amount)s more would have been enough.") % {"amount": money(told.missing, currency)}
    if told.over:
        given = told.points + told.would_give + told.cut
        worth = {"wanted": amount_of(unit, given + told.over), "left": amount_of(unit, given)}
        if given:
            yield gettext("It was worth %(wanted)s here; its own limits had room for only %(left)s.") % worth
        else:
            yield gettext("It was worth %(wanted)s here; its own limits had no room left.") % worth
    if told.over or told.outcome == "limit_reached":
        yield from _limits(told, unit)


def _limits(told: Explained, unit: Unit) -> Iterator[str]:
    """The limits of the rule, and when each begins anew."""
    scope = told.rule.scope
    for limit, sentence in zip(scope.limits, limits(scope, unit), strict=True):
        again = next_start(limit.period, told.purchased_at, scope.zone)
        yield f"{sentence} {anew(again)}"


def used_sentence(limit: Limit, used: int, again: date | None, unit: Unit) -> str:
    """“At most 10,000 points for all together, in all. Used so far: 3,400 points. It does not begin anew.”"""
    amount = amount_of(unit, used) if limit.of == "points" else number(Decimal(used))
    return f"{limit_sentence(limit, unit)} {gettext('Used so far: %(used)s.') % {'used': amount}} {anew(again)}"


def anew(again: date | None) -> str:
    """When a limit begins anew (None: never)."""
    return gettext("It begins anew on %(day)s.") % {"day": day(again)} if again else gettext("It does not begin anew.")
