"""What a dynamic segment asks of customers, as the API takes and shows it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone

from customers.api.unknown_in_criteria import refuse_unknown
from customers.audiences import reach
from customers.commands import ChangeCriteria, CreateSegment, Criteria
from customers.domain.criteria import MOST_CUSTOMERS, Article, CriterionKind
from customers.meant import meant_by
from customers.permissions import EDIT_SEGMENTS
from customers.queries import home_region, segment
from loyalty.api.idempotency import Answer
from loyalty.api.renderers import dumps
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading


class CriterionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question about a customer. Purchases count as far as goods of them are kept; money is minor units of the programme's currency.

    | kind | needs | may have | who meets it |
    |---|---|---|---|
    | bought_at | places | period | bought at one of these points of sale |
    | share_at | places, at_least | period | made at least so many percent of the purchases there |
    | purchases, total, average | at_least or at_most | period | so many purchases, what they come to, what one comes to |
    | visits | at_least or at_most | period | bought on so many days |
    | last_purchase | at_least or at_most | | bought last so many whole days ago; nobody who never bought |
    | overdue | at_least | | since the last of three visits or more so many percent of their mean time between visits passed |
    | bought | what, values | period | bought goods with one of these as sku, maker, category, or label ("name" or "name=value") |
    | favourite | what, values | period | the sku, maker or category in most of their purchases is one of these |
    | birthday, anniversary | days | | has it within so many days (0: today); the anniversary is that of registration |
    | registered | places or period | | joined there, then |
    | label | name | values | has this label, with one of these values |
    | level | values | | has one of these levels (codes) |
    | points | wallet, at_least or at_most | | has so much in a wallet, in its smallest unit |
    | consent | values | | agrees to one of these purposes (terms, data_processing, analytics, marketing_sms, …) |
    | customers | customers or identifiers | | is one of these |
    | custom_event | values, at_least or at_most | period | did one of these custom events (codes) so many times |

    A period is the last `days`, or `first` to `last` (days on the programme's calendar, both included). `identifiers` are codes, phones,
    emails, cards or external ids, as they are typed; they are looked up once, and kept as `customers`.
    """

    kind: CriterionKind
    places: tuple[UUID, ...] = ()
    what: Article | None = None
    values: tuple[str, ...] = ()
    name: str = ""
    wallet: str = ""
    customers: tuple[UUID, ...] = ()
    identifiers: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    days: int | None = None
    first: date | None = None
    last: date | None = None


class GroupBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Criteria of which one is enough; `negated`: of which none may be met."""

    any: tuple[CriterionBody, ...]
    negated: bool = False


class CriteriaBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Groups all of which are asked. Who takes part no longer is in no dynamic segment."""

    groups: tuple[GroupBody, ...]


class ChangeCriteriaBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the segment asks from now on."""

    criteria: CriteriaBody


class ChangeCriteriaView(CommandView):
    """Ask something else of the customers of a dynamic segment. Soon after, those who meet it are in the segment."""

    method = "put"
    permission = EDIT_SEGMENTS
    body = ChangeCriteriaBody

    def command(self, body: ChangeCriteriaBody, **path: Any) -> ChangeCriteria:
        with reading(self.tenant.id):
            before = segment(path["segment_id"]).criteria
        return ChangeCriteria(segment_id=path["segment_id"], criteria=asked(body.criteria, self.tenant.id, before))


class AudienceBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a segment would ask."""

    criteria: CriteriaBody


class AudienceAnswer(msgspec.Struct, frozen=True):
    """How many customers meet the criteria now; null where it takes too long to say.

    `estimated`: counted among a part of all customers, and rounded.
    """

    customers: int | None
    estimated: bool


class CountAudienceView(CommandView):
    """Count whom criteria mean, before a segment asks them. It takes seconds at most, however many customers there are."""

    permission = EDIT_SEGMENTS
    body = AudienceBody
    answer = AudienceAnswer
    writes = False

    def command(self, body: AudienceBody, **path: Any) -> CreateSegment:
        return CreateSegment(code="", name="", criteria=asked(body.criteria, self.tenant.id))

    def _tried(self, command: Command[Any]) -> Answer:
        assert isinstance(command, CreateSegment)
        assert command.criteria is not None
        with reading(self.tenant.id):
            found = reach(command.criteria, timezone.now())
        return Answer(200, dumps(AudienceAnswer(found.customers, found.estimated)))


def asked(body: CriteriaBody, tenant_id: int, before: Criteria | None = None) -> Criteria:
    """The criteria of a body. Raises DomainError at an identifier of nobody, or of several, and at a place, level or wallet that is not
    there, unless it was asked for `before`.
    """
    with reading(tenant_id):
        groups = [
            msgspec.structs.replace(
                group, any=tuple(_named(one, f"criteria.groups.{n}.any.{m}", tenant_id) for m, one in enumerate(group.any))
            )
            for n, group in enumerate(body.groups)
        ]
        refuse_unknown([group.any for group in groups], before)
    return msgspec.convert(msgspec.to_builtins(CriteriaBody(groups=tuple(groups))), Criteria, strict=False)


def shown(criteria: Criteria | None) -> CriteriaBody | None:
    """Criteria for an answer."""
    return None if criteria is None else msgspec.convert(msgspec.to_builtins(criteria), CriteriaBody)


def _named(one: CriterionBody, field: str, tenant_id: int) -> CriterionBody:
    if not one.identifiers:
        return one
    if one.kind != "customers":
        raise DomainError("customers.criterion_meaningless", field=f"{field}.identifiers")
    if len(one.identifiers) > MOST_CUSTOMERS:
        raise DomainError("customers.too_many_values", field=f"{field}.identifiers", most=MOST_CUSTOMERS)
    meant = meant_by(one.identifiers, tenant_id, home_region(), f"{field}.identifiers")
    return msgspec.structs.replace(one, identifiers=(), customers=(*one.customers, *meant))
