"""Conditions of a rule as rows: a field, a comparison and values, joined by all, any or none. Deeper trees are kept as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from earning.commands import Condition, quantity_of
from earning.domain.conditions import JOINS, Operator, check_values
from earning.domain.event_fields import DAYS_SINCE, EVENT_FIELDS, TIMES, TIMES_30_DAYS, of_events
from earning.domain.facts import DAYS, FEW, LABEL_OF_LINE, LABEL_OF_PURCHASE, MONEY, SEGMENT, is_number
from earning.domain.lines import LONGEST_LABEL, quantity_text
from earning.domain.personal import ATTRIBUTE, LABEL_OF_CUSTOMER, is_attribute
from earning.forms.fields import NumberField
from earning.forms.rules import days
from earning.kinds.conditions import FIELD_NAMES
from earning.kinds.values import WORDS, code, event_code, words
from loyalty.admin.rows import LACKING, NOTHING_CHOSEN, Rows
from loyalty.domain.errors import DomainError
from loyalty.house.fields import AmountField
from loyalty.messages.refusals import message

ROWS = Rows(name="conditions", told=("field", "label", "values"), most=50)
WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
BETWEEN = ";"
"""Stands between several values: a comma may be part of a number."""
JOIN_CHOICES = [("all", _("all of these are met")), ("any", _("one of these is met")), ("none", _("none of these is met"))]
KEPT = ("kept", _("what was set before is met, and all of these"))
"""Offered where the tree that stands is deeper than rows."""
COMPARISONS = [
    ("eq", _("is")),
    ("ne", _("is not")),
    ("lt", _("is below")),
    ("le", _("is at most")),
    ("gt", _("is above")),
    ("ge", _("is at least")),
    ("in", _("is one of")),
    ("between", _("lies between")),
    ("contains", _("contains")),
]
NAMED = {
    LABEL_OF_PURCHASE: _("label of the purchase"),
    LABEL_OF_LINE: _("label of some line"),
    LABEL_OF_CUSTOMER: _("label of the customer"),
    TIMES: _("number of custom events of the customer"),
    TIMES_30_DAYS: _("number of custom events of the customer in 30 days"),
    DAYS_SINCE: _("days since the customer's last custom event"),
    ATTRIBUTE: _("attribute of the custom event"),
}
"""Fields that say a name besides: of a label, of a type of custom events, or of an attribute."""
UNKNOWN_ATTRIBUTE = _("Enter the name of an attribute of the event: letters, digits, - and _.")
UNKNOWN_TYPE = _("Enter the name or the code of a type of custom events, such as app_review.")
OPEN = frozenset({"customer.level", SEGMENT})
"""Codes that may come to be, or be no more, beside those that have words."""
INVALID = _("Enter a value that fits: a number where one is compared. Several have ; between them.")
ONE_OF = _("Enter one of these: %(words)s.")


def fields(may_ask: Callable[[str], bool]) -> dict[str, forms.Field]:
    """The fields of one row, which offers what a condition `may_ask` for."""
    offered = [one for one in FIELD_NAMES.items() if may_ask(one[0])] + [one for one in NAMED.items() if may_ask(f"{one[0]}any")]
    named = [("", NOTHING_CHOSEN), *((name, _capital(said)) for name, said in offered)]
    return {
        "field": forms.ChoiceField(label=_("What is compared"), choices=named, required=False),
        "label": forms.CharField(label=_("Label or type"), max_length=LONGEST_LABEL, required=False),
        "op": forms.ChoiceField(label=_("Comparison"), choices=COMPARISONS, required=False),
        "values": forms.CharField(label=_("Value"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})),
    }


def rows_of(condition: Condition | None, currency: str) -> tuple[str, list[dict[str, Any]]]:
    """How the rows are joined, and what they hold; ("kept", []) for a tree that rows cannot say."""
    join, leaves = _flat(condition)
    held = [_held(leaf, currency) for leaf in leaves]
    return (join, held) if _same(held, leaves, currency) else ("kept", [])


def condition_of(join: str, leaves: list[Condition], before: Condition | None) -> Condition | None:
    """The condition that rows stand for."""
    if join == "kept" and before is not None:
        return Condition(op="and", parts=(before, *leaves)) if leaves else before
    if not leaves:
        return None
    if join == "all":
        return leaves[0] if len(leaves) == 1 else Condition(op="and", parts=tuple(leaves))
    together = leaves[0] if join == "none" and len(leaves) == 1 else Condition(op="or", parts=tuple(leaves))
    return Condition(op="not", parts=(together,)) if join == "none" else together


def leaf_of(held: Mapping[str, Any], currency: str) -> Condition:
    """The comparison of a row. Raises ValidationError for values that its field cannot have."""
    field: str = held["field"]
    op: Operator = held["op"] or "eq"
    asked = {"field": not field, "label": field in NAMED and not (held["label"] or "").strip(), "values": not held["values"].strip()}
    if any(asked.values()):
        raise ValidationError({name: LACKING for name, lacks in asked.items() if lacks})
    if field in NAMED:
        field = _named(field, held["label"].strip())
    several = op in {"in", "between"}
    typed = held["values"].split(BETWEEN) if several else [held["values"]]
    if is_attribute(field) and op == "contains":
        read: Callable[[str], str | int] = str
    else:
        read = days.read if field in DAYS and op != "contains" else lambda one: _value(field, one, currency)
    try:
        values = tuple(read(one.strip()) for one in typed if one.strip())
    except ValidationError as wrong:
        raise ValidationError({"values": wrong.messages if field in WORDS or field in DAYS else INVALID}) from None
    except ValueError:
        raise ValidationError({"values": INVALID}) from None
    if not values or (op == "between" and len(values) != 2) or (op == "contains" and is_number(field)):
        raise ValidationError({"values": INVALID})
    return _checked(Condition(op=op, field=field, values=values))


def _named(begin: str, name: str) -> str:
    """A field with the name that it says besides."""
    field = begin + (event_code(name) if begin in EVENT_FIELDS else name)
    if begin in EVENT_FIELDS and of_events(field) is None:
        raise ValidationError({"label": UNKNOWN_TYPE})
    if begin == ATTRIBUTE and not is_attribute(field):
        raise ValidationError({"label": UNKNOWN_ATTRIBUTE})
    return field


def _checked(leaf: Condition) -> Condition:
    """The same, unless its field can never hold what it is compared with."""
    try:
        check_values(leaf, DAYS, FEW)
    except DomainError as refusal:
        raise ValidationError({"values": message(refusal)}) from None
    return leaf


def _flat(condition: Condition | None) -> tuple[str, tuple[Condition, ...]]:
    if condition is None:
        return "all", ()
    match condition.op:
        case "and":
            return "all", condition.parts
        case "or":
            return "any", condition.parts
        case "not":
            inner = condition.parts[0]
            return "none", inner.parts if inner.op == "or" else (inner,)
    return "all", (condition,)


def _held(leaf: Condition, currency: str) -> dict[str, Any]:
    prefix = next((part for part in NAMED if leaf.field.startswith(part)), None)
    field, label = (prefix, leaf.field.removeprefix(prefix)) if prefix else (leaf.field, "")
    between = f"{BETWEEN} "
    return {"field": field, "label": label, "op": leaf.op, "values": between.join(_texts(leaf, currency))}


def _same(held: list[dict[str, Any]], leaves: tuple[Condition, ...], currency: str) -> bool:
    """Whether rows say the same as the comparisons that they show."""
    if len(leaves) > ROWS.most or any(leaf.op in JOINS for leaf in leaves):
        return False
    try:
        return [leaf_of(one, currency) for one in held] == list(leaves)
    except ValidationError:
        return False


def _value(field: str, typed: str, currency: str) -> str | int:
    if is_attribute(field):
        return int(typed) if WHOLE.fullmatch(typed) else typed
    if not is_number(field):
        return _code(field, typed)
    if field in MONEY:
        amount: int = AmountField(currency=currency, zero=True).clean(typed)
        return amount
    if (meant := code(field, typed)) is not None:
        return int(meant)
    return _number(field, NumberField().clean(typed))


def _code(field: str, typed: str) -> str:
    """A text, or the code that its word stands for."""
    meant = code(field, typed)
    if meant is None and field in WORDS and field not in OPEN:
        raise ValidationError(ONE_OF % {"words": ", ".join(str(said) for said in WORDS[field]().values())})
    return typed if meant is None else str(meant)


def _number(field: str, typed: Decimal) -> int:
    if field == "line.quantity":
        try:
            return quantity_of(typed)
        except DomainError as refusal:
            raise ValidationError(message(refusal)) from None
    if typed != typed.to_integral_value():
        raise ValidationError(INVALID)
    return int(typed)


def _texts(leaf: Condition, currency: str) -> list[str]:
    if leaf.field in DAYS and leaf.op != "contains":
        return [days.shown(str(value)) for value in leaf.values]
    said = zip(words(leaf.field, leaf.values), leaf.values, strict=True)
    return [word or _text(leaf.field, value, currency) for word, value in said]


def _text(field: str, value: str | int, currency: str) -> str:
    if isinstance(value, str):
        return value
    if field in MONEY:
        return AmountField(currency=currency).shown(value)
    return quantity_text(value) if field == "line.quantity" else str(value)


def _capital(said: Any) -> str:
    text = str(said)
    return text[:1].upper() + text[1:]
