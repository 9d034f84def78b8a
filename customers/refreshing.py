"""Bringing dynamic segments level with their criteria: all customers at once, by night and when criteria changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.audiences import Asking, matching
from customers.commands import Criteria, MatchCriteria
from customers.models import Segment
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
"""Customers of one look for those who should come in or go out; what is beyond is looked up next, so that memory is bounded."""
TAKE_TIME = "select set_config('transaction_timeout', '0', true), set_config('transaction_timeout', '300s', true)"
"""A look holds up nobody, and may last longer than the role's other transactions."""
DIFFERING = """with met (id) as materialized ({met}),
        held (id) as (select customer_id from customers_segment_member where tenant_id = %s and segment_id = %s)
    select coalesce(met.id, held.id) from met full join held on held.id = met.id
    where (met.id is null or held.id is null) and coalesce(met.id, held.id) > %s order by 1 limit %s"""
name_kinds({KIND: _("Segments by their criteria")})
name_counts({ENTERED: _("came into a segment"), LEFT: _("went out of a segment"), FAILED: _("segments left out after a failure")})
log = structlog.get_logger(__name__)


def dynamic_segments(tenant_id: int) -> dict[UUID, Criteria]:
    """What those that are active and have criteria ask, in the order of their ids. Needs an open `reading`."""
    rows = Segment.objects.filter(tenant_id=tenant_id, active=True, criteria__isnull=False).order_by("id")
    return {row.id: criteria for row in rows if (criteria := criteria_of(row.criteria))}


def refresh(work: Work, segment: str | None = None) -> None:
    """Bring one segment level, or all of them. Taken up again, it begins anew: what is level already costs a look."""
    with reading(work.tenant_id):
        wanted = [one for one in dynamic_segments(work.tenant_id) if segment in {None, str(one)}]
    work.done = 0
    work.expect(len(wanted))
    for segment_id in wanted:
        _refresh(work, segment_id)
        work.advance(1)


def _refresh(work: Work, segment_id: UUID) -> None:
    """A failure is logged, and holds up no other segment; without a database there is none to go on with."""
    try:
        refresh_segment(work, segment_id)
    except Cancelled:
        raise
    except Exception as failure:
        if database_is_away(failure):
            raise
        log.exception("segment not refreshed", tenant=work.tenant_id, segment=str(segment_id))
        work.count(FAILED)


def refresh_segment(work: Work, segment_id: UUID, now: datetime | None = None) -> None:
    """Bring one segment level. Who is found to differ is looked at again when they are locked: what happens meanwhile counts."""
    after = FIRST
    while found := differing(work.tenant_id, segment_id, after, now or datetime.now(UTC)):
        for begin in range(0, len(found), AT_ONCE):
            _match(work, segment_id, found[begin : begin + AT_ONCE], now)
        after = found[-1]
        if len(found) < LOOKED_UP:
            return


def differing(tenant_id: int, segment_id: UUID, after: UUID, now: datetime) -> list[UUID]:
    """The next customers by id who meet the criteria and are not in the segment, or the other way round."""
    with reading(tenant_id), connection.cursor() as cursor:
        criteria = dynamic_segments(tenant_id).get(segment_id)
        if criteria is None:
            return []
        cursor.execute(TAKE_TIME)
        met = matching(criteria, Asking(tenant_id, tenant_of_id(tenant_id).zone, now))
        cursor.execute(DIFFERING.format(met=met.sql), [*met.params, tenant_id, segment_id, after, LOOKED_UP])
        return [row[0] for row in cursor.fetchall()]


def _match(work: Work, segment_id: UUID, customers: Sequence[UUID], now: datetime | None) -> None:
    order = MatchCriteria(segment_ids=(segment_id,), customer_ids=tuple(customers))
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
