"""What a rule asks of a purchase, as its customer may read it: segments are the shop's own words about people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from earning.domain.explaining import Explained
from earning.domain.scope import EVERYTHING, RuleScope
from earning.kinds.scopes import asked

UNTOLD: dict[str, Any] = {"segments": _("For chosen customers."), "condition": _("If a condition is met that only the shop knows.")}
"""What is said in place of what names segments."""


def is_untold(name: str, scope: RuleScope) -> bool:
    """Whether a thing that a rule asks names segments."""
    return name == "segments" or (name == "condition" and replace(scope, segments=EVERYTHING.segments).asks_for_segments)


def asked_of_customers(scope: RuleScope, currency: str) -> Iterator[tuple[str, str]]:
    """Name and sentence of each thing that a rule asks of a purchase."""
    return ((name, str(UNTOLD[name]) if is_untold(name, scope) else said) for name, said in asked(scope, currency))


def told_to_customers(told: Explained) -> Explained:
    """A rule's turn without the checks that name segments."""
    return replace(told, checks=tuple(check for check in told.checks if not is_untold(check.name, told.rule.scope)))
