"""For which purchases a rule is, as the API takes and shows it."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from earning.api.shapes import Minor, Moment
from earning.domain.conditions import Operator
from earning.domain.event_fields import EVENT_FIELDS
from earning.domain.facts import FIELDS, LABELS, OF_CUSTOMER
from earning.domain.personal import ATTRIBUTE, PERSONAL
from loyalty.domain.period import LimitPeriod

Weekday = Annotated[int, msgspec.Meta(ge=0, le=6, description="0 is Monday.")]
Minute = Annotated[int, msgspec.Meta(ge=0, le=1440, description="Minute of the day.")]


NAMED = "|".join(re.escape(part) for part in (*LABELS, *EVENT_FIELDS, ATTRIBUTE))
Field = Annotated[
    str,
    msgspec.Meta(
        description="One of these, or a label or a type of custom events by its name; empty where parts are joined.",
        extra_json_schema={"anyOf": [{"enum": ["", *sorted([*FIELDS, *OF_CUSTOMER, *PERSONAL])]}, {"pattern": f"^({NAMED}).+"}]},
    ),
]


class WindowBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`starts` ≤ time of purchase < `ends` (null: no limit)."""

    starts: Moment | None = None
    ends: Moment | None = None


class HoursBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`opens` ≤ minute of the day < `closes`; hours that close before they open run over midnight."""

    opens: Minute
    closes: Minute


class AmongBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes that a customer must have: one of `any`, each of `all`, and none of `none`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class ConditionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tree of at most 200 nodes, 10 deep. `and`, `or`, `not` join `parts`; the others compare what is seen of `field` with `values`.

    Fields: purchase.total, purchase.lines, purchase.payment_method, purchase.channel (pos, online), purchase.weekday (0 is Monday),
    purchase.hour, purchase.day (2026-01-31), purchase.label.NAME; line.kind, line.sku, line.name, line.category, line.maker,
    line.total, line.quantity (thousandths), line.label.NAME; customer.level, customer.segment, customer.standing. Money is minor
    units. A comparison of a line's field is met when it is met by some line; texts are compared in upper and lower case alike.

    Of what the customer had bought before, and kept: customer.first_purchase (yes, no), customer.purchases (how many), customer.spent
    (minor units), customer.days_since_purchase (whole days on the rule's clock; nothing without an earlier purchase).

    Of the visit, a day with a purchase in the programme's zone, as levels count visits: visit.number (1 is the customer's first),
    visit.purchases (which purchase of the visit it is, from 1), visit.days_since (whole days since the visit before; nothing for the
    first), visit.first_here and visit.first_at_merchant (yes, no: nothing kept had been bought at this point of sale, or of this
    merchant, before).

    Of the person: customer.gender (female, male, undisclosed), customer.age, customer.birth_month (1 to 12), customer.language (vi,
    en, pl), customer.member_days, customer.label.NAME. It is kept whether they met the comparison, not what was seen.

    Of the customer's custom events of a type, such as app_review, that happened up to the purchase: event.times.TYPE (how many),
    event.times_30_days.TYPE (how many of them within the 30 days before), event.days_since.TYPE (whole days on the rule's clock since
    the last; nothing where there was none).

    Of what a custom event says, in a rule that custom events decide: event.attribute.NAME, compared with whole numbers or with texts (true
    and false are texts); other fields there are customer.level, customer.segment, customer.standing, those of the person, and those of
    earlier custom events. It is kept whether an attribute met the comparison, not what it was.

    Any other field is refused, with the list of those that there are.
    """

    op: Operator
    parts: tuple[ConditionBody, ...] = ()
    field: Field = ""
    values: tuple[str | int, ...] = ()


class LimitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """At most `most` times or points in each `period` (weeks begin on Monday), for each customer or for all together. Points that do
    not fit are not given; times are all or nothing.
    """

    of: Literal["times", "points"]
    most: int
    period: LimitPeriod = "ever"
    whose: Literal["customer", "all"] = "customer"


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """For which purchases a rule is, and how it stands beside others.

    `minimum` ≤ total of the purchase ≤ `maximum` (minor units; null: no limit). It was made within one of the `windows`, on one of
    the `weekdays` and within one of the `hours` on the clock of `zone` ("": the programme's), with one of the `merchants`, at one
    of the `places` (points of sale), through one of the `channels`; where none are named, any will do. Higher `priority` comes
    first, then the older rule. A rule that `stops` and did apply keeps later rules of its kind from applying; of the rules of one
    `group` the first counts.
    """

    priority: int = 0
    stops: bool = False
    group: str = ""
    minimum: Minor | None = None
    maximum: Minor | None = None
    windows: tuple[WindowBody, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    hours: tuple[HoursBody, ...] = ()
    zone: str = ""
    merchants: tuple[UUID, ...] = ()
    places: tuple[UUID, ...] = ()
    channels: tuple[Literal["pos", "online"], ...] = ()
    levels: AmongBody = AmongBody()
    segments: AmongBody = AmongBody()
    condition: ConditionBody | None = None
    limits: tuple[LimitBody, ...] = ()
