"""What a rule is made of, as the API takes it: read into what commands take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import msgspec

from earning import queries
from earning.api.scopes import Scope, WindowBody
from earning.api.shapes import moment
from earning.commands import CustomEventPoints, InstantReward, RuleScope, RuleText, Terms
from earning.kinds import KINDS, Shape
from loyalty.domain.errors import DomainError


class RuleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule is called for customers in one language (vi, en, pl), and what it says to them."""

    language: Literal["vi", "en", "pl"]
    name: str
    description: str = ""


def terms_of(given: Shape, currency: str) -> Terms:
    """Terms as commands take them. Needs an open `reading`.

    Raises DomainError for another currency than the programme's, a reward that cannot be given, and a type of custom events that there is
    not.
    """
    told: dict[str, Any] = msgspec.to_builtins(given)
    if "currency" in told:
        if told["currency"] not in {"", currency}:
            raise DomainError("earning.rule_currency_invalid", field="terms.currency", expected=currency)
        told["currency"] = currency
    terms: Terms = msgspec.convert(told, KINDS[told.pop("kind")].terms)
    if isinstance(terms, InstantReward) and terms.reward_id not in {one for one, _name in queries.rewards_offered()}:
        raise DomainError("earning.rule_reward_unknown", field="terms.reward_id")
    if isinstance(terms, CustomEventPoints) and terms.type not in {one.code for one in queries.custom_event_types()}:
        raise DomainError("earning.custom_event_type_unknown", field="terms.type")
    return terms


def scope_in(given: Scope, zone: str) -> RuleScope:
    """A scope as commands take it: its windows in UTC; without a zone it is on the programme's clock. Raises Problem 400 as `moment`."""
    windows = tuple(_in_utc(window, f"scope/windows/{place}") for place, window in enumerate(given.windows))
    scope: RuleScope = msgspec.convert(msgspec.to_builtins(msgspec.structs.replace(given, windows=windows)), RuleScope)
    return scope if scope.zone else replace(scope, zone=zone)


def _in_utc(window: WindowBody, where: str) -> WindowBody:
    starts, ends = window.starts and moment(window.starts, f"{where}/starts"), window.ends and moment(window.ends, f"{where}/ends")
    return WindowBody(starts=starts, ends=ends)


def texts_in(given: list[RuleWords]) -> tuple[RuleText, ...]:
    """Texts as commands take them."""
    return tuple(RuleText(language=text.language, name=text.name.strip(), description=text.description.strip()) for text in given)
