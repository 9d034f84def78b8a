"""Conditions in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning.domain.conditions import Condition, is_day
from earning.domain.event_fields import DAYS_SINCE, TIMES, TIMES_30_DAYS, of_events
from earning.domain.facts import DAYS, LABEL_OF_LINE, LABEL_OF_PURCHASE, MONEY
from earning.domain.lines import quantity_text
from earning.domain.personal import ATTRIBUTE, LABEL_OF_CUSTOMER, is_attribute
from earning.kinds.values import event_name, words
from earning.kinds.words import day, money

FIELD_NAMES: dict[str, Any] = {
    "purchase.total": _("total of the purchase"),
    "purchase.lines": _("number of lines"),
    "purchase.payment_method": _("payment method"),
    "purchase.channel": _("sold through"),
    "purchase.weekday": _("weekday"),
    "purchase.hour": _("hour of the day"),
    "purchase.day": _("day of the purchase"),
    "line.kind": _("kind of some line"),
    "line.sku": _("SKU of some line"),
    "line.name": _("name of some line"),
    "line.category": _("category of some line"),
    "line.maker": _("maker of some line"),
    "line.total": _("total of some line"),
    "line.quantity": _("quantity of some line"),
    "customer.level": _("level of the customer"),
    "customer.segment": _("segment of the customer"),
    "customer.first_purchase": _("first purchase of the customer"),
    "customer.purchases": _("number of the customer's purchases before"),
    "customer.spent": _("what the customer spent before"),
    "customer.days_since_purchase": _("days since the customer's last purchase"),
    "customer.standing": _("state of the customer"),
    "visit.number": _("number of the customer's visit"),
    "visit.purchases": _("number of the purchase within the visit"),
    "visit.days_since": _("days since the customer's last visit"),
    "visit.first_here": _("first purchase at the point of sale"),
    "visit.first_at_merchant": _("first purchase at the merchant"),
    "customer.gender": _("gender of the customer"),
    "customer.age": _("age of the customer"),
    "customer.birth_month": _("month in which the customer was born"),
    "customer.language": _("language of the customer"),
    "customer.member_days": _("days since the customer registered"),
}
EVENT_NAMES: dict[str, Any] = {
    TIMES: _("number of events “%(type)s” of the customer"),
    TIMES_30_DAYS: _("number of events “%(type)s” of the customer in 30 days"),
    DAYS_SINCE: _("days since the customer's last event “%(type)s”"),
}
SAID: dict[str, Any] = {
    "eq": _("%(field)s is %(value)s"),
    "ne": _("%(field)s is not %(value)s"),
    "lt": _("%(field)s is below %(value)s"),
    "le": _("%(field)s is at most %(value)s"),
    "gt": _("%(field)s is above %(value)s"),
    "ge": _("%(field)s is at least %(value)s"),
    "in": _("%(field)s is one of %(values)s"),
    "between": _("%(field)s lies between %(value)s and %(last)s"),
    "contains": _("%(field)s contains %(value)s"),
}


IS_FIRST: dict[tuple[str, Any], Any] = {
    ("customer.first_purchase", "yes"): _("it is the customer's first purchase"),
    ("customer.first_purchase", "no"): _("it is not the customer's first purchase"),
    ("visit.first_here", "yes"): _("it is the customer's first purchase at this point of sale"),
    ("visit.first_here", "no"): _("it is not the customer's first purchase at this point of sale"),
    ("visit.first_at_merchant", "yes"): _("it is the customer's first purchase at this merchant"),
    ("visit.first_at_merchant", "no"): _("it is not the customer's first purchase at this merchant"),
}
IS_NUMBER: dict[tuple[str, str], Any] = {
    ("visit.number", "eq"): _("it is the customer's visit no. %(number)s"),
    ("visit.number", "ne"): _("it is not the customer's visit no. %(number)s"),
    ("visit.purchases", "eq"): _("it is purchase no. %(number)s of the visit"),
    ("visit.purchases", "ne"): _("it is not purchase no. %(number)s of the visit"),
}
NOT: dict[Any, str] = {"yes": "no", "no": "yes"}


def condition_sentence(condition: Condition, currency: str) -> str:
    """“total of the purchase is at least ₫200,000 and (weekday is Monday or weekday is Tuesday)”."""
    if condition.op == "not":
        return gettext("not (%(condition)s)") % {"condition": condition_sentence(condition.parts[0], currency)}
    if condition.op in {"eq", "ne"} and (condition.field, condition.values[0]) in IS_FIRST:
        said = condition.values[0] if condition.op == "eq" else NOT[condition.values[0]]
        return str(IS_FIRST[condition.field, said])
    if (condition.field, condition.op) in IS_NUMBER:
        return str(IS_NUMBER[condition.field, condition.op]) % {"number": condition.values[0]}
    if condition.op in {"and", "or"}:
        word = gettext(" and ") if condition.op == "and" else gettext(" or ")
        return word.join(_within(part, currency) for part in condition.parts)
    values = value_texts(condition.field, condition.values, currency)
    told = {"field": field_name(condition.field), "value": values[0], "values": ", ".join(values), "last": values[-1]}
    return str(SAID[condition.op]) % told


def field_name(field: str) -> str:
    """What a field is called."""
    if field.startswith(LABEL_OF_PURCHASE):
        return gettext("label %(label)s of the purchase") % {"label": field.removeprefix(LABEL_OF_PURCHASE)}
    if field.startswith(LABEL_OF_LINE):
        return gettext("label %(label)s of some line") % {"label": field.removeprefix(LABEL_OF_LINE)}
    if field.startswith(LABEL_OF_CUSTOMER):
        return gettext("label %(label)s of the customer") % {"label": field.removeprefix(LABEL_OF_CUSTOMER)}
    if is_attribute(field):
        return gettext("attribute %(attribute)s of the event") % {"attribute": field.removeprefix(ATTRIBUTE)}
    if (event := of_events(field)) is not None:
        return str(EVENT_NAMES[event[0]]) % {"type": event_name(event[1])}
    return str(FIELD_NAMES[field])


def value_texts(field: str, values: Sequence[object], currency: str) -> list[str]:
    """Values as people read them."""
    return [said or _plain(field, value, currency) for said, value in zip(words(field, values), values, strict=True)]


def _plain(field: str, value: object, currency: str) -> str:
    if field in MONEY and isinstance(value, int):
        return money(value, currency)
    if field == "line.quantity" and isinstance(value, int):
        return quantity_text(value)
    if field in DAYS and isinstance(value, str) and is_day(value):
        return day(date.fromisoformat(value))
    return str(value)


def _within(part: Condition, currency: str) -> str:
    said = condition_sentence(part, currency)
    return f"({said})" if part.op in {"and", "or"} and len(part.parts) > 1 else said
