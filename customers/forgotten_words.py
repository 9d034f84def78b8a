"""Words of who was erased leave the storage of search: of a name that only they had, the dictionary of Postgres, and the segments of
Elasticsearch on disk.

An erasure notes that they may be there, in its own transaction; a job of every minute takes them out, waits until that is done, and does
it again until it was done so late that the engines hold no older versions any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from customers.documents import FOLLOWER, expunge
from loyalty.erasure import Person, Statement
from loyalty.search import search_feeds
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

SETTLED_AFTER = timedelta(seconds=90)
"""Elasticsearch keeps older versions of a document for up to half a minute after the newer one, which follows the log, is there."""
NOTE = """insert into customers_words_left as w (tenant_id, erased_at) values (%s, clock_timestamp())
    on conflict (tenant_id) do update set erased_at = greatest(w.erased_at, excluded.erased_at)"""
LEFT = "select erased_at from customers_words_left where tenant_id = %s"
DONE = "delete from customers_words_left where tenant_id = %s and erased_at <= %s"
STILL = """update customers_words_left set erased_at = greatest(erased_at, %s) where tenant_id = %s and exists (
    select from projections_checkpoint where projection = %s and position < (select coalesce(max(position), 0)
        from customers_customer where tenant_id = %s and state = 'erased'))"""


def noting(person: Person) -> Statement:
    """What notes that words of a person may be left."""
    return NOTE, (person.tenant_id,)


def forget_words(now: datetime) -> int:
    """Take out the words of who was erased, of all tenants; answers with the number of those in which any may be left.

    Not inside a transaction. An engine that does not answer is asked again.
    """
    left = {tenant.pk: at for tenant in Tenant.objects.all() if (at := _left(tenant.pk, now)) is not None}
    if expunge(sorted(left)):
        for tenant_id, erased_at in left.items():
            if erased_at + SETTLED_AFTER <= now:
                with reading(tenant_id), connection.cursor() as cursor:
                    cursor.execute(DONE, [tenant_id, erased_at])
    return len(left)


def _left(tenant_id: int, now: datetime) -> datetime | None:
    """Since when words may be left of who was erased; from now on as long as Elasticsearch has not heard of it."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(LEFT, [tenant_id])
        found: tuple[datetime] | None = cursor.fetchone()
        if found is None or "elasticsearch" not in search_feeds():
            return found and found[0]
        cursor.execute(STILL, [now, tenant_id, FOLLOWER, tenant_id])
        return now if cursor.rowcount else found[0]
