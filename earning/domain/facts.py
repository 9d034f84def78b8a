"""What rules see: of a purchase the sale, what is kept of it, when and where it was, and whose it is; of a custom event when and whose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

from earning.domain.basket import Basket, numbers
from earning.domain.conditions import Condition, compiled, test_of
from earning.domain.event_fields import EVENT_FIELDS, events_seen, of_events
from earning.domain.lines import LineKind
from earning.domain.personal import ATTRIBUTE, LABEL_OF_CUSTOMER, PERSONAL, PERSONAL_NUMBERS, Question, is_attribute, is_personal
from earning.domain.seen import CustomerSeen, History, Visit

if TYPE_CHECKING:
    from earning.events import PurchaseRecorded

Value = str | int
"""Texts are compared in upper and lower case alike; money is minor units, a quantity thousandths, a weekday 0 (Monday) to 6."""
LABEL_OF_PURCHASE, LABEL_OF_LINE = "purchase.label.", "line.label."
LEVEL, SEGMENT = "customer.level", "customer.segment"


class Occasion:
    """Something that a customer did, as rules see it: when it was, and whose it is. What is asked for is worked out once."""

    __slots__ = ("_locals", "_seen", "at", "events", "levels", "met", "segments", "standing")

    def __init__(self, at: datetime, seen: CustomerSeen, standing: str | None) -> None:
        self.at, self.standing = at, standing
        self.levels, self.segments = seen.levels, seen.segments
        self.met = frozenset(seen.met)
        self.events = {one.type: one for one in seen.events}
        self._locals: dict[str, datetime] = {}
        self._seen: dict[tuple[str, str], tuple[Value, ...]] = {}

    def local(self, zone: str) -> datetime:
        """When it was on the clock of `zone`."""
        if zone not in self._locals:
            self._locals[zone] = self.at.astimezone(ZoneInfo(zone))
        return self._locals[zone]

    def seen(self, field: str, zone: str) -> tuple[Value, ...]:
        """What is seen of a documented field: nothing, one value, or one for each line that is kept."""
        known = self._seen.get((field, zone))
        if known is None:
            known = self._seen[field, zone] = tuple(v.casefold() if isinstance(v, str) else v for v in self._looked_up(field, zone))
        return known

    def _looked_up(self, field: str, zone: str) -> tuple[Value, ...]:
        if is_personal(field):
            return ()
        return OF_CUSTOMER[field](self) if field in OF_CUSTOMER else events_seen(field, self.events, self.at, zone)


class Facts(Occasion):
    """One purchase as rules see it."""

    __slots__ = ("basket", "carried", "sale")

    def __init__(self, sale: PurchaseRecorded, kept: Sequence[int] | None = None) -> None:
        super().__init__(sale.purchased_at, sale.seen, sale.standing)
        self.sale = sale
        self.basket = Basket(sale.lines, kept, sale.worths)
        self.carried = {one.carry_id: one.total for one in sale.seen.carried}

    @property
    def channel(self) -> str:
        """Where it was made: "pos" or "online"."""
        return "online" if self.sale.pos_id is None else "pos"

    def _looked_up(self, field: str, zone: str) -> tuple[Value, ...]:
        if field.startswith(LABEL_OF_PURCHASE):
            return _label(self.sale.labels, field.removeprefix(LABEL_OF_PURCHASE))
        if field.startswith(LABEL_OF_LINE):
            wanted = field.removeprefix(LABEL_OF_LINE)
            return tuple(v for n in numbers(self.basket.there) for v in _label(self.sale.lines[n].labels, wanted))
        return FIELDS[field](self, zone) if field in FIELDS else super()._looked_up(field, zone)


def _label(labels: Mapping[str, str], wanted: str) -> tuple[str, ...]:
    return tuple(value for label, value in labels.items() if label.casefold() == wanted.casefold())


def _of_lines(name: str) -> Callable[[Facts, str], tuple[Value, ...]]:
    return lambda facts, zone: tuple(getattr(facts.sale.lines[n], name) for n in numbers(facts.basket.there))


def _of_history(facts: Facts, value: Callable[[History], Value | None]) -> tuple[Value, ...]:
    history = facts.sale.seen.history
    found = None if history is None else value(history)
    return () if found is None else (found,)


def _of_visit(facts: Facts, value: Callable[[Visit], Value | None]) -> tuple[Value, ...]:
    visit = facts.sale.seen.visit
    found = None if visit is None else value(visit)
    return () if found is None else (found,)


def _days_since(history: History, facts: Facts, zone: str) -> int | None:
    """Calendar days in `zone`."""
    return None if history.last_at is None else (facts.local(zone).date() - history.last_at.astimezone(ZoneInfo(zone)).date()).days


FIELDS: dict[str, Callable[[Facts, str], tuple[Value, ...]]] = {
    "purchase.total": lambda facts, zone: (facts.basket.total,),
    "purchase.lines": lambda facts, zone: (facts.basket.there.bit_count(),),
    "purchase.payment_method": lambda facts, zone: (facts.sale.payment_method,),
    "purchase.channel": lambda facts, zone: (facts.channel,),
    "purchase.weekday": lambda facts, zone: (facts.local(zone).weekday(),),
    "purchase.hour": lambda facts, zone: (facts.local(zone).hour,),
    "purchase.day": lambda facts, zone: (facts.local(zone).date().isoformat(),),
    "line.kind": _of_lines("kind"),
    "line.sku": _of_lines("sku"),
    "line.name": _of_lines("name"),
    "line.category": _of_lines("category"),
    "line.maker": _of_lines("maker"),
    "line.total": lambda facts, zone: tuple(facts.basket.amounts[n] for n in numbers(facts.basket.there)),
    "line.quantity": lambda facts, zone: tuple(facts.basket.quantities[n] for n in numbers(facts.basket.there)),
    "customer.first_purchase": lambda facts, zone: _of_history(facts, lambda history: "no" if history.purchases else "yes"),
    "customer.purchases": lambda facts, zone: _of_history(facts, lambda history: history.purchases),
    "customer.spent": lambda facts, zone: _of_history(facts, lambda history: history.spent),
    "customer.days_since_purchase": lambda facts, zone: _of_history(facts, lambda history: _days_since(history, facts, zone)),
    "visit.number": lambda facts, zone: _of_visit(facts, lambda visit: visit.number),
    "visit.purchases": lambda facts, zone: _of_visit(facts, lambda visit: visit.purchases),
    "visit.days_since": lambda facts, zone: _of_visit(facts, lambda visit: visit.days_since),
    "visit.first_here": lambda facts, zone: _of_visit(facts, lambda visit: "no" if visit.before_here else "yes"),
    "visit.first_at_merchant": lambda facts, zone: _of_visit(facts, lambda visit: "no" if visit.before_at_merchant else "yes"),
}
OF_CUSTOMER: dict[str, Callable[[Occasion], tuple[Value, ...]]] = {
    LEVEL: lambda facts: facts.levels,
    SEGMENT: lambda facts: tuple(facts.segments),
    "customer.standing": lambda facts: (facts.standing,) if facts.standing else (),
}
"""The documented fields of purchases, and those of whoever did something; beside them `purchase.label.NAME` and `line.label.NAME`. A
comparison of a line's field is met when it is met by some line, a comparison of a field with no value never is.
"""
HISTORY = frozenset({"customer.first_purchase", "customer.purchases", "customer.spent", "customer.days_since_purchase"})
"""Fields of what the customer had bought before and kept; frozen when the purchase is decided."""
VISIT = frozenset({"visit.number", "visit.purchases", "visit.days_since", "visit.first_here", "visit.first_at_merchant"})
"""Fields of the visit that the purchase is part of; frozen when it is decided."""
FIRSTS = frozenset({"customer.first_purchase", "visit.first_here", "visit.first_at_merchant"})
"""Fields that hold "yes" or "no"."""
NUMBERS = (
    PERSONAL_NUMBERS
    | ((HISTORY | VISIT) - FIRSTS)
    | {"purchase.total", "purchase.lines", "purchase.weekday", "purchase.hour", "line.total", "line.quantity"}
)
"""Fields that hold whole numbers, beside those of events; the others hold texts."""
MONEY = frozenset({"purchase.total", "line.total", "customer.spent"})
DAYS = frozenset({"purchase.day"})
"""Fields that hold a day, such as “2026-11-27”."""
FEW: dict[str, Sequence[Value]] = {
    "purchase.channel": ("pos", "online"),
    "purchase.weekday": range(7),
    "purchase.hour": range(24),
    "line.kind": get_args(LineKind),
    **dict.fromkeys(FIRSTS, ("yes", "no")),
    "customer.standing": ("new", "active", "inactive"),
    "customer.gender": ("female", "male", "undisclosed"),
    "customer.language": ("vi", "en", "pl"),
    "customer.birth_month": range(1, 13),
}
"""Fields that hold one of a few values."""


LABELS = (LABEL_OF_PURCHASE, LABEL_OF_LINE, LABEL_OF_CUSTOMER)
"""What the fields of labels begin with."""
TYPED_FIELDS = tuple(f"{part}TYPE" for part in EVENT_FIELDS)
ALL_FIELDS = (*sorted({*FIELDS, *OF_CUSTOMER, *PERSONAL}), *(f"{part}NAME" for part in LABELS), *TYPED_FIELDS)
"""Every field that a condition on purchases can ask for, as they are documented."""
FIELDS_OF_EVENTS = (*sorted({*OF_CUSTOMER, *PERSONAL}), f"{LABEL_OF_CUSTOMER}NAME", f"{ATTRIBUTE}NAME", *TYPED_FIELDS)
"""The same of a condition on custom events."""


def is_field(name: str) -> bool:
    """Whether a condition on purchases can ask for it."""
    if name in FIELDS or any(name.startswith(part) and name != part for part in LABELS):
        return True
    return is_field_of_events(name) and not is_attribute(name)


def is_field_of_events(name: str) -> bool:
    """Whether a condition on custom events can ask for it."""
    if name.startswith(ATTRIBUTE):
        return is_attribute(name)
    return name in OF_CUSTOMER or is_personal(name) or of_events(name) is not None


def is_number(name: str) -> bool:
    """Whether a field holds whole numbers."""
    return name in NUMBERS or of_events(name) is not None


def compares_numbers(leaf: Condition) -> bool:
    """Whether a comparison is one of whole numbers: with an attribute, where it is compared with one."""
    return isinstance(leaf.values[0], int) if is_attribute(leaf.field) else is_number(leaf.field)


def condition_test(condition: Condition, zone: str) -> Callable[[Occasion], bool]:
    """A condition as a function of what somebody did, on the clock of `zone`."""
    return compiled(condition, lambda leaf: _leaf_test(leaf, zone))


def unmet(condition: Condition, zone: str, facts: Occasion) -> Iterator[Condition]:
    """The smallest parts of a condition that each would have to be so for the whole to be."""
    if condition_test(condition, zone)(facts):
        return
    if condition.op != "and":
        yield condition
    for part in condition.parts if condition.op == "and" else ():
        yield from unmet(part, zone, facts)


def questions(condition: Condition, zone: str) -> list[Question]:
    """What a condition asks of the customer's person."""
    return [Question(node, zone) for node, _ in condition.nodes() if is_personal(node.field)]


def _leaf_test(leaf: Condition, zone: str) -> Callable[[Occasion], bool]:
    if is_personal(leaf.field):
        question = Question(leaf, zone).id
        return lambda facts: question in facts.met
    test, field = test_of(leaf), leaf.field

    def met(facts: Occasion) -> bool:
        for value in facts.seen(field, zone):  # noqa: SIM110
            if test(value):
                return True
        return False

    return met
