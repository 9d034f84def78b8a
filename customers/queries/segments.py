"""Segments and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from customers import finding
from customers.domain.criteria import Criteria
from customers.models import Member, Segment
from customers.queries.here import tenant_here
from customers.queries.merging import STANDS, themselves
from customers.queries.register import CustomerCard, cards, home_region
from customers.stored import criteria_of
from loyalty.bus import Read
from loyalty.domain.errors import NotFound

OF_CUSTOMER = f"""select c.id, s.code from unnest(%s::uuid[]) c (id) left join customers_absorbed p on p.id = c.id
    join customers_segment_member m on m.customer_id = {STANDS}
    join customers_segment s on s.tenant_id = m.tenant_id and s.id = m.segment_id and s.active"""
ACTIVE = """select s.code, exists (select from customers_segment_member m where m.tenant_id = s.tenant_id and m.segment_id = s.id)
    from customers_segment s where s.active"""
COUNTED = """select (select count(*) from customers_segment_member m where m.tenant_id = s.tenant_id and m.segment_id = s.id
        and not exists (select from customers_absorbed a where a.tenant_id = m.tenant_id and a.id = m.customer_id))
    from customers_segment s where s.tenant_id = %s and s.id = %s and s.active"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCard:
    """A segment as it stands; dynamic where it has `criteria`."""

    segment_id: UUID
    code: str
    name: str
    description: str
    criteria: Criteria | None
    active: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """A customer who is in a segment: how that came ("by_hand", "import", "criteria"), by which actor, and since when."""

    customer: CustomerCard
    way: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members, the latest first, and the place after the last of them: None on the last page."""

    items: tuple[MemberCard, ...]
    after: tuple[datetime, UUID] | None


def segments_read(customer_id: UUID) -> Read:
    """For handlers of other contexts: a row (code,) for each active segment that the customer is in."""
    return Read(OF_CUSTOMER, customer_id)


def active_segments_read() -> Read:
    """For handlers of other contexts: a row (code, whether somebody is in it) for each active segment."""
    return Read(ACTIVE)


def segments() -> list[SegmentCard]:
    """All segments of the tenant, by name."""
    return [_card(row) for row in Segment.objects.filter(tenant_id=tenant_here()).order_by("name", "code")]


def segment(segment_id: UUID) -> SegmentCard:
    """Raises NotFound `customers.segment_unknown`."""
    row = Segment.objects.filter(tenant_id=tenant_here(), id=segment_id).first()
    if row is None:
        raise NotFound("customers.segment_unknown")
    return _card(row)


def segment_names(codes: Collection[str]) -> dict[str, str]:
    """What segments are called, by code as it is given; a code of none is called by itself."""
    wanted = {code.casefold() for code in codes}
    rows = Segment.objects.filter(tenant_id=tenant_here(), code__in=wanted) if wanted else []
    known = {row.code: row.name for row in rows}
    return {code: known.get(code.casefold(), code) for code in codes}


def segments_of(customer_id: UUID) -> list[SegmentCard]:
    """The segments that a customer is in, by name."""
    rows = Member.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).select_related("segment")
    return [_card(row.segment) for row in rows.order_by("segment__name", "segment__code")]


def members_of(segment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many customers are in each of the segments."""
    rows = _there().filter(segment_id__in=[*segment_ids]).values("segment_id").annotate(members=Count("id"))
    return {row["segment_id"]: row["members"] for row in rows.order_by()}


def members(segment_id: UUID, *, limit: int = 50, after: tuple[datetime, UUID] | None = None) -> MemberPage:
    """Who is in a segment, the latest first; `after` is the place where the page before ended."""
    rows = _there().filter(segment_id=segment_id)
    if after is not None:
        rows = rows.filter(entered_at__lte=after[0]).exclude(entered_at=after[0], id__gte=after[1])
    found = list(rows.order_by("-entered_at", "-id")[: limit + 1])
    page = found[:limit]
    return MemberPage(tuple(_members(page)), (page[-1].entered_at, page[-1].id) if len(found) > limit else None)


def counted_members(segment_id: UUID, tenant_id: int, ask: Callable[[str, Sequence[Any]], Iterable[Any]]) -> int | None:
    """How many customers are in an active segment; None for no such segment. `ask` runs the statement: also in another's command."""
    return next((number for (number,) in ask(COUNTED, [tenant_id, segment_id])), None)


def members_after(segment_id: UUID, after: UUID, limit: int) -> list[UUID]:
    """Customers who are in a segment, in the order of their ids from behind `after`."""
    rows = _there().filter(segment_id=segment_id, customer_id__gt=after)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:limit])


def find_members(segment_id: UUID, text: str, limit: int = 50) -> list[MemberCard]:
    """Members by what a seller types (see `search`), the best first, at most `limit`; wherever they stand among the 10,000 best."""
    return list(_members(_found(segment_id, text, limit)))


def find_memberships(segment_id: UUID | None, text: str, limit: int) -> list[UUID]:
    """The ids under which the list of members has them; of all segments where none is named."""
    return [row.id for row in _found(segment_id, text, limit)]


def _there() -> QuerySet[Member]:
    """Who was merged is in a segment by who stands for them."""
    return Member.objects.filter(themselves("customer_id"), tenant_id=tenant_here())


def _found(segment_id: UUID | None, text: str, limit: int) -> list[Member]:
    rows = _there().filter(**({} if segment_id is None else {"segment_id": segment_id}))
    wanted: list[Member] = []
    for ids in finding.found(text, tenant_here(), limit, home_region()):
        place = {customer_id: n for n, customer_id in enumerate(ids)}
        wanted += sorted(rows.filter(customer_id__in=ids), key=lambda row: (place[row.customer_id], row.id))
        if len(wanted) >= limit:
            break
    return wanted[:limit]


def _members(rows: Collection[Member]) -> Iterable[MemberCard]:
    known = {card.side: card for card in cards([row.customer_id for row in rows])}
    for row in rows:
        if row.customer_id in known:
            card = known[row.customer_id]
            yield MemberCard(customer=card, way=row.way, entered_by=row.entered_by, entered_at=row.entered_at)


def _card(row: Segment) -> SegmentCard:
    return SegmentCard(
        segment_id=row.id,
        code=row.code,
        name=row.name,
        description=row.description,
        criteria=criteria_of(row.criteria),
        active=row.active,
        changed_at=row.changed_at,
    )
