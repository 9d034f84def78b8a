"""What a dynamic segment asks of customers: groups of criteria, in each of which one is enough, and all of which are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from customers.domain import text
from customers.domain.purposes import PURPOSES
from loyalty.domain.errors import DomainError

CriterionKind = Literal[
    "bought_at", "share_at", "purchases", "visits", "total", "average", "last_purchase", "overdue", "bought", "favourite",
    "birthday", "anniversary", "registered", "label", "level", "points", "consent", "customers", "custom_event",
]  # fmt: skip
Article = Literal["sku", "maker", "category", "label"]
Topic = Literal["time", "person", "purchases", "points", "levels", "events"]
"""What an answer depends on: when that changes, a customer is looked at again."""
KINDS: tuple[CriterionKind, ...] = get_args(CriterionKind)
ARTICLES: tuple[Article, ...] = get_args(Article)
MOST_GROUPS, MOST_CRITERIA, MOST_VALUES, MOST_CUSTOMERS = 10, 20, 200, 1000
MOST_DAYS, MOST_PERCENT, LARGEST_NUMBER = 3650, 10_000, 10**15
LONGEST_VALUE = 200
YEAR = 365
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


class Shape(NamedTuple):
    """Which fields a kind of criterion needs, which it may have (beside `needs`), and what its answer depends on."""

    needs: tuple[str, ...]
    may: tuple[str, ...]
    topic: Topic


PERIOD = ("days", "first", "last")
RANGE = ("at_least", "at_most")
SHAPES: dict[CriterionKind, Shape] = {
    "bought_at": Shape(("places",), PERIOD, "purchases"),
    "share_at": Shape(("places", "at_least"), PERIOD, "purchases"),
    "purchases": Shape((), (*RANGE, *PERIOD), "purchases"),
    "visits": Shape((), (*RANGE, *PERIOD), "purchases"),
    "total": Shape((), (*RANGE, *PERIOD), "purchases"),
    "average": Shape((), (*RANGE, *PERIOD), "purchases"),
    "last_purchase": Shape((), RANGE, "purchases"),
    "overdue": Shape(("at_least",), (), "purchases"),
    "bought": Shape(("what", "values"), PERIOD, "purchases"),
    "favourite": Shape(("what", "values"), PERIOD, "purchases"),
    "birthday": Shape(("days",), (), "person"),
    "anniversary": Shape(("days",), (), "person"),
    "registered": Shape((), ("places", *PERIOD), "person"),
    "label": Shape(("name",), ("values",), "person"),
    "level": Shape(("values",), (), "levels"),
    "points": Shape(("wallet",), RANGE, "points"),
    "consent": Shape(("values",), (), "person"),
    "customers": Shape(("customers",), (), "person"),
    "custom_event": Shape(("values",), (*RANGE, *PERIOD), "events"),
}
RANGED = frozenset(kind for kind, shape in SHAPES.items() if set(RANGE) <= set(shape.may))


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question about a customer. Fields that its kind does not have stay empty; purchases count as far as goods of them are kept.

    - bought_at: bought at one of `places` (points of sale).
    - share_at: of so many purchases, `at_least` percent (1–100) were at one of `places`.
    - purchases, total, average: how many purchases, what they come to, what one comes to, `at_least` to `at_most` (minor units of
      the programme's currency).
    - visits: came on `at_least` to `at_most` days, however often on each.
    - last_purchase: the last purchase was `at_least` to `at_most` whole days ago; nobody who never bought meets it.
    - overdue: since the last visit `at_least` percent of their own mean time between visits have passed (200: twice as long as they
      usually stay away), for whoever came on three days or more: who is about to be lost.
    - bought: goods with one of `values` as their `what` (sku, maker, category, or label as "name" or "name=value").
    - favourite: of all goods by `what` (sku, maker or category) those in most of the purchases are one of `values`; of several as often
      the one that was bought last.
    - birthday, anniversary: of birth or registration, within the next `days` (0: today).
    - registered: joined the programme, at one of `places` where some are named.
    - label: has the label `name`, with one of `values` where some are named.
    - level: has one of the levels `values` (codes).
    - points: has `at_least` to `at_most` in `wallet` (its smallest unit).
    - consent: agrees now to one of the purposes `values`, such as "marketing_sms".
    - customers: is one of `customers`.
    - custom_event: did one of `values` (codes of custom events) `at_least` to `at_most` times.

    A period narrows what is counted: the last `days`, or from `first` to `last` (both included), on the programme's calendar.
    """

    kind: CriterionKind
    places: tuple[UUID, ...] = ()
    what: Article | None = None
    values: tuple[str, ...] = ()
    name: str = ""
    wallet: str = ""
    customers: tuple[UUID, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    days: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Criteria of which one is enough; `negated`: of which none may be met."""

    any: tuple[Criterion, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Groups all of which are asked."""

    groups: tuple[Group, ...]

    @property
    def topics(self) -> frozenset[Topic]:
        """What the answer depends on. Everybody's: who joins, or takes part no longer."""
        found: set[Topic] = {"person"}
        for criterion in self.each():
            found.add(SHAPES[criterion.kind].topic)
            if criterion.days is not None or criterion.kind in {"last_purchase", "overdue"}:
                found.add("time")
        return frozenset(found)

    def each(self) -> Iterator[Criterion]:
        """All criteria of all groups."""
        for group in self.groups:
            yield from group.any


def word(what: str, value: str) -> str:
    """How goods are called where criteria look for them: "sku:cf-1", "label:roast=dark"."""
    return f"{what}:{value.casefold()}"


FIELDS = ("places", "what", "values", "name", "wallet", "customers", "at_least", "at_most", "days", "first", "last")


def checked(criteria: Criteria) -> Criteria:
    """The same in normal form. Raises DomainError with the place of what cannot be asked, such as `criteria.groups.0.any.2.days`."""
    if not criteria.groups:
        raise DomainError("customers.criteria_missing", field="criteria")
    if len(criteria.groups) > MOST_GROUPS:
        raise DomainError("customers.too_many_criteria", field="criteria", most=MOST_GROUPS)
    return Criteria(groups=tuple(_group(group, f"criteria.groups.{place}.any") for place, group in enumerate(criteria.groups)))


def _group(group: Group, field: str) -> Group:
    if not group.any:
        raise DomainError("customers.criteria_missing", field=field)
    if len(group.any) > MOST_CRITERIA:
        raise DomainError("customers.too_many_criteria", field=field, most=MOST_CRITERIA)
    return Group(any=tuple(_criterion(one, f"{field}.{place}") for place, one in enumerate(group.any)), negated=group.negated)


def _criterion(one: Criterion, field: str) -> Criterion:
    shape = SHAPES.get(one.kind)
    if shape is None:
        raise DomainError("customers.criterion_unknown", field=f"{field}.kind", known=", ".join(KINDS))
    held = {name for name in FIELDS if getattr(one, name) not in (None, "", ())}
    for name in shape.needs or shape.may[: not held]:
        if name not in held:
            raise DomainError("customers.criterion_incomplete", field=f"{field}.{name}")
    for name in FIELDS:
        if name in held and name not in shape.needs and name not in shape.may:
            raise DomainError("customers.criterion_meaningless", field=f"{field}.{name}")
    if one.kind == "favourite" and one.what == "label":
        raise DomainError("customers.criterion_meaningless", field=f"{field}.what")
    if one.kind == "consent" and not {*one.values} <= {*PURPOSES}:
        raise DomainError("customers.unknown_purpose", field=f"{field}.values", known=", ".join(PURPOSES))
    _check_range(one, field)
    _check_period(one, field)
    return _spelled(one, field)


def _check_range(one: Criterion, field: str) -> None:
    if one.kind in RANGED and one.at_least is None and one.at_most is None:
        raise DomainError("customers.criterion_incomplete", field=f"{field}.at_least")
    largest = {"share_at": 100, "visits": MOST_DAYS, "last_purchase": MOST_DAYS, "overdue": MOST_PERCENT}.get(one.kind, LARGEST_NUMBER)
    lowest = -LARGEST_NUMBER if one.kind == "points" else int(one.kind in {"share_at", "overdue"})
    for name, number in (("at_least", one.at_least), ("at_most", one.at_most)):
        if number is not None and not lowest <= number <= largest:
            raise DomainError("customers.criterion_number", field=f"{field}.{name}", lowest=lowest, largest=largest)
    if one.at_least is not None and one.at_most is not None and one.at_least > one.at_most:
        raise DomainError("customers.criterion_range", field=f"{field}.at_most")


def _check_period(one: Criterion, field: str) -> None:
    largest = YEAR if one.kind in {"birthday", "anniversary"} else MOST_DAYS
    if one.days is not None and not 0 <= one.days <= largest:
        raise DomainError("customers.criterion_number", field=f"{field}.days", lowest=0, largest=largest)
    if one.days is not None and (one.first or one.last):
        raise DomainError("customers.criterion_period", field=f"{field}.days")
    if one.first and one.last and one.first > one.last:
        raise DomainError("customers.criterion_range", field=f"{field}.last")
    for name, day in (("first", one.first), ("last", one.last)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise DomainError("customers.criterion_day", field=f"{field}.{name}", first=EARLIEST, last=LATEST)


def _spelled(one: Criterion, field: str) -> Criterion:
    """With each value once, in one order, so that the same question is the same fact."""
    for name, most in (("places", MOST_VALUES), ("values", MOST_VALUES), ("customers", MOST_CUSTOMERS)):
        if len(getattr(one, name)) > most:
            raise DomainError("customers.too_many_values", field=f"{field}.{name}", most=most)
    values = {text.plain(value, f"{field}.values", LONGEST_VALUE) for value in one.values}
    if "" in values:
        raise DomainError("customers.criterion_incomplete", field=f"{field}.values")
    return Criterion(
        kind=one.kind,
        places=tuple(sorted(set(one.places))),
        what=one.what,
        values=tuple(sorted(values)),
        name=text.plain(one.name, f"{field}.name", text.LONGEST_LABEL),
        wallet=text.plain(one.wallet, f"{field}.wallet", 40),
        customers=tuple(sorted(set(one.customers))),
        at_least=one.at_least,
        at_most=one.at_most,
        days=one.days,
        first=one.first,
        last=one.last,
    )
