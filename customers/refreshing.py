"""Bringing dynamic segments level with their criteria: all customers at once, by night and when criteria changed.

Customers are looked at in stretches of their ids, each once for all segments together: what a stretch takes of memory and time does
not grow with the register. Only who differs is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import audiences
from customers.audiences import Asking, Within
from customers.commands import Criteria, MatchCriteria
from customers.models import Customer, Segment
from customers.stored import criteria_of
from loyalty.bus import dispatch
from loyalty.jobs.models import name_counts, name_kinds
from loyalty.jobs.once import set_going_once
from loyalty.jobs.work import Cancelled, Work
from loyalty.tenancy import reading
from loyalty.tenancy.current import database_is_away
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.tenancy.models import Tenant

KIND, ENTERED, LEFT, FAILED = "customers.refresh_segments", "entered", "left", "segments_failed"
FIRST = UUID(int=0)
AT_ONCE = 200
"""Customers of one command."""
LOOKED_UP = 20_000
"""Customers of one look for those who should come in or go out."""
ASKED_AT_ONCE = 400
"""Criteria of one look at most, but for a single segment: a row has a limited number of columns."""
TAKE_TIME = """select set_config('transaction_timeout', '0', true), set_config('transaction_timeout', '300s', true),
    set_config('work_mem', '32MB', true), set_config('jit', 'off', true), set_config('enable_nestloop', 'off', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)"""
"""A look holds up nobody, and may last longer than the role's other transactions."""
STRETCH = """select id, number from (select id, row_number() over (order by id) as number from customers_customer
    where tenant_id = %s and id > %s order by id limit %s) stretch order by id desc limit 1"""
name_kinds({KIND: _("Segments by their criteria")})
name_counts({ENTERED: _("came into a segment"), LEFT: _("went out of a segment"), FAILED: _("segments left out after a failure")})
log = structlog.get_logger(__name__)
Asked = Mapping[UUID, Criteria]


def dynamic_segments(tenant_id: int) -> dict[UUID, Criteria]:
    """What those that are active and have criteria ask, in the order of their ids. Needs an open `reading`."""
    rows = Segment.objects.filter(tenant_id=tenant_id, active=True, criteria__isnull=False).order_by("id")
    return {row.id: criteria for row in rows if (criteria := criteria_of(row.criteria))}


def refresh(work: Work, segment: str | None = None, now: datetime | None = None) -> None:
    """Bring one segment level, or all of them. Taken up again, it begins anew: what is level already costs a look."""
    with reading(work.tenant_id):
        customers = Customer.objects.filter(tenant_id=work.tenant_id).count()
    work.done = 0
    work.expect(customers)
    failed: set[UUID] = set()
    for stretch, number in stretches(work.tenant_id):
        with reading(work.tenant_id):
            wanted = {one: asked for one, asked in dynamic_segments(work.tenant_id).items() if segment in {None, str(one)}}
        for asked in _in_parts({one: wanted[one] for one in wanted.keys() - failed}):
            failed |= _bring_level(work, asked, stretch, now)
        work.advance(number)
    if failed:
        work.count(FAILED, len(failed))


def stretches(tenant_id: int) -> Iterator[tuple[Within, int]]:
    """All customers by stretches of their ids, each with their number."""
    after = FIRST
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(STRETCH, [tenant_id, after, LOOKED_UP])
            found = cursor.fetchone()
        if found is None:
            return
        yield Within(UUID(int=after.int + 1), found[0]), found[1]
        after = found[0]


def _in_parts(asked: Asked) -> Iterator[Asked]:
    part: dict[UUID, Criteria] = {}
    size = 0
    for segment_id in sorted(asked):
        more = sum(1 for _one in asked[segment_id].each())
        if part and size + more > ASKED_AT_ONCE:
            yield part
            part, size = {}, 0
        part[segment_id] = asked[segment_id]
        size += more
    if part:
        yield part


def _bring_level(work: Work, asked: Asked, stretch: Within, now: datetime | None) -> set[UUID]:
    """Answers with the segments that failed: that is logged, and holds up no other; without a database there is none to go on with."""
    try:
        bring_level(work, asked, stretch, now)
    except Cancelled:
        raise
    except Exception as failure:
        if database_is_away(failure):
            raise
        if len(asked) == 1:
            log.exception("segment not refreshed", tenant=work.tenant_id, segment=str(*asked))
            return {*asked}
        half = [*asked][: len(asked) // 2]
        parts = {one: asked[one] for one in half}, {one: asked[one] for one in asked.keys() - {*half}}
        return set().union(*(_bring_level(work, part, stretch, now) for part in parts))
    return set()


def bring_level(work: Work, asked: Asked, stretch: Within, now: datetime | None = None) -> None:
    """Bring segments level. Who is found to differ is looked at again when they are locked: what happens meanwhile counts."""
    found = differing(work.tenant_id, asked, stretch, now or datetime.now(UTC))
    customers = [*found]
    for begin in range(0, len(customers), AT_ONCE):
        some = customers[begin : begin + AT_ONCE]
        _match(work, set().union(*(found[one] for one in some)), some, now)


def differing(tenant_id: int, asked: Asked, stretch: Within, now: datetime) -> dict[UUID, set[UUID]]:
    """Customers by id who should be in other segments of these than they are, each with the segments in question."""
    segments = [*asked]
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(TAKE_TIME)
        cursor.execute(*audiences.differing(asked, Asking(tenant_id, tenant_of_id(tenant_id).zone, now, stretch)))
        return {customer: {segments[place] for place in {*met} ^ {*held}} for customer, met, held in cursor.fetchall()}


def _match(work: Work, segments: Collection[UUID], customers: Sequence[UUID], now: datetime | None) -> None:
    order = MatchCriteria(segment_ids=tuple(sorted(segments)), customer_ids=tuple(customers))
    matched = dispatch(order, tenant_id=work.tenant_id, actor="system", channel="process", at=now)
    work.count(ENTERED, matched.entered)
    work.count(LEFT, matched.left)
    work.advance(0)


def set_going(tenant_id: int, actor: str, cause: str, segment: Segment | None = None) -> bool:
    """Let a worker bring one segment level, or all of them, once for each `cause`."""
    import customers.tasks  # noqa: F401 - the kind of work; tasks are known only once everything else is loaded

    with translation.override(tenant_of_id(tenant_id).default_language):
        title = segment.name if segment else gettext("All segments that have criteria")
    return set_going_once(tenant_id, KIND, title, actor, cause, segment=str(segment.id) if segment else None)


def set_nightly_going(now: datetime | None = None) -> int:
    """Once on each day of each tenant's calendar, as soon as this is called on it; answers with the number of runs that are set going."""
    at = now or datetime.now(UTC)
    return sum(_nightly(tenant, at) for tenant in Tenant.objects.all())


def _nightly(tenant: Tenant, at: datetime) -> bool:
    with reading(tenant.pk):
        if not dynamic_segments(tenant.pk):
            return False
    return set_going(tenant.pk, "system", at.astimezone(tenant.zone).date().isoformat())
