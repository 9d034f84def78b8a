"""What a rule needs that a purchase had not, beside what was seen, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning.domain.conditions import Condition
from earning.domain.facts import SEGMENT
from earning.domain.scope import Among, Check, RuleScope
from earning.kinds.conditions import condition_sentence
from earning.kinds.scopes import NOTHING_SEEN, called, condition_seen, named, seen

NEEDED = {
    "maximum": _("Only up to %(asked)s; it was %(seen)s."),
    "windows": _("Only %(asked)s; it was bought on %(seen)s."),
    "weekdays": _("Only on %(asked)s; it was bought on a %(seen)s."),
    "hours": _("Only at the hours %(asked)s; it was bought at %(seen)s."),
    "merchants": _("Only from %(asked)s; it was bought from %(seen)s."),
    "places": _("Only at %(asked)s; it was bought at %(seen)s."),
    "places, online": _("Only at %(asked)s; it was bought online."),
    "channels": _("Only %(asked)s; it was bought %(seen)s."),
}
LEVELS = {
    "needs": _("It needs level %(asked)s; the customer had %(seen)s."),
    "needs, has none": _("It needs level %(asked)s; the customer had no level."),
    "not": _("It is not for level %(asked)s, which the customer had."),
}
SEGMENTS = {
    "needs": _("It needs segment %(asked)s; of the segments that it names the customer was in %(seen)s."),
    "needs, has none": _("It needs segment %(asked)s; the customer was in none that it names."),
    "not": _("It is not for segment %(asked)s, in which the customer was."),
}


def needed(check: Check, scope: RuleScope, currency: str) -> Iterator[str]:
    """“It needs level Gold or Platinum; the customer had Silver.” What is missing of a smallest total is said as an amount elsewhere."""
    was = seen(check, scope, currency)
    if check.name == "levels":
        yield from _codes(scope.levels, check, "customer.level", was, LEVELS)
    elif check.name == "segments":
        yield from _codes(scope.segments, check, SEGMENT, was, SEGMENTS)
    elif check.name == "condition":
        yield from (_part(part, check.seen, currency) for part in check.missing)
    elif check.name in NEEDED:
        online = check.name == "places" and check.seen is None
        yield str(NEEDED["places, online" if online else check.name]) % {"asked": named(check.name, scope, currency), "seen": was}


def _codes(asked: Among, check: Check, field: str, was: str, said: Mapping[str, Any]) -> Iterator[str]:
    """What is missing of codes that somebody must have, and what is in the way of those that nobody may have."""
    needs = said["needs" if was != NOTHING_SEEN else "needs, has none"]
    if not Among(any=asked.any).fits(check.seen):
        yield str(needs) % {"asked": gettext(" or ").join(called(asked.any, field)), "seen": was}
    lacking = [code for code in asked.all if not Among(all=(code,)).fits(check.seen)]
    if lacking:
        yield str(needs) % {"asked": gettext(" and ").join(called(lacking, field)), "seen": was}
    barred = [code for code in asked.none if not Among(none=(code,)).fits(check.seen)]
    if barred:
        yield str(said["not"]) % {"asked": gettext(" and ").join(called(barred, field))}


def _part(part: Condition, found: Mapping[str, tuple[Any, ...]], currency: str) -> str:
    fields = {node.field: found[node.field] for node, _depth in part.nodes() if node.field}
    told = {"condition": condition_sentence(part, currency), "seen": condition_seen(fields, currency)}
    return gettext("It needs: %(condition)s. Seen: %(seen)s.") % told
