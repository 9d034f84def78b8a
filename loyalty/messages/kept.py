"""Refusals as they are kept in a report, to be said later in the language of whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.domain.naming import Naming
from loyalty.messages.refusals import SENTENCES, as_said, sentence

NAMED = re.compile(r"%\((\w+)\)")
Kept = dict[str, Any]
"""`code` and `params` of a refusal as JSON, with its `field` ("": none); `about` is what its sentence begins with, in every language."""


def kept(refusal: DomainError, about: str = "") -> Kept:
    """What is needed to say it: of its parameters those that its sentence names, and no other."""
    named = set(NAMED.findall(str(SENTENCES.get(refusal.code, ""))))
    params = {name: _plain(value) for name, value in refusal.params.items() if name in named}
    return {"about": about, "field": refusal.field or "", "code": refusal.code, "params": params}


def said(problems: Iterable[Mapping[str, Any]], labels: Mapping[str, Any]) -> str:
    """Sentences in the active language, each once, that begin with what the field at fault is called by `labels`."""
    return " ".join(dict.fromkeys(_said(one, labels) for one in problems))


def _said(one: Mapping[str, Any], labels: Mapping[str, Any]) -> str:
    before = one["about"] or labels.get(one["field"], one["field"])
    told = sentence(one["code"], {name: _value(value) for name, value in one["params"].items()})
    return f"{before}: {told}" if before else told


def _plain(value: Any) -> Any:
    """As JSON, with names as staff say them; what only its own kind can say, as it is said now."""
    if value is None or isinstance(value, str | bool) or type(value) is int:
        return value
    if isinstance(value, Naming):
        return value.staff
    if isinstance(value, Money):
        return {"money": [value.minor, value.currency]}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return str(as_said(value))


def _value(value: Any) -> Any:
    match value:
        case {"money": [minor, currency]}:
            return Money(minor, currency)
        case {"number": digits}:
            return Decimal(digits)
        case {"moment": at}:
            return datetime.fromisoformat(at)
    return value
