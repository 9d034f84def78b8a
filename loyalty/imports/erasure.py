"""What is forgotten of files on their way in, with a person who may stand in them.

They are sealed as they came, in whatever encoding, with columns that nobody has named yet and phones in any spelling: nobody can tell who
stands in which without reading all of each under the lock of the customer, and a spelling that is missed would stay for good. So all of
those go that nobody is taking in at this moment, and who erases is told how many; they are sent again, and do not bring anybody back. One
that is being taken in is marked, and goes as soon as that ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection
from django.utils.translation import ngettext

from loyalty.erasure import Person, Statement, forgets, loses
from loyalty.jobs.models import SILENT
from loyalty.tenancy.current import current_tenant_id

UNREAD = "tenant_id = %s and params ?| array['upload', 'mapping'] and not params ? 'forgotten' and state <> 'done'"
AT_WORK = "state = 'running' and heard_at >= now() - %s::interval"
MARK = f"""update jobs_jobrun set params = params || '{{"forget": true}}' where {UNREAD} and {AT_WORK}"""
FORGET = f"""with idle as (select id, (params->>'upload')::uuid as upload from jobs_jobrun where {UNREAD} and not ({AT_WORK}) for update),
    blocks as (delete from imports_stagedblock where tenant_id = %s and run_id in (select id from idle)),
    parts as (delete from imports_uploadpart where tenant_id = %s and upload_id in (select upload from idle)),
    files as (delete from imports_upload where tenant_id = %s and id in (select upload from idle))
    update jobs_jobrun r set params = r.params || '{{"forgotten": true}}', finished_at = coalesce(r.finished_at, now()),
        state = case when r.state = 'failed' then 'failed' else 'cancelled' end
    from idle where r.tenant_id = %s and r.id = idle.id"""


@forgets("imports.files")
def files(person: Person) -> Iterator[Statement]:
    """Files that were sent and wait, and rows of imports that were stopped: they cannot be gone on with."""
    yield MARK, (person.tenant_id, SILENT)
    yield FORGET, (person.tenant_id, SILENT, *[person.tenant_id] * 4)


@loses("imports")
def waiting(customer_id: UUID) -> Iterator[str]:
    """Files that have to be sent again, whoever stands in them."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from jobs_jobrun where {UNREAD}", [current_tenant_id()])
        (number,) = cursor.fetchone()
    if number:
        told = ngettext(
            "%(number)s file that waits to be taken in: it is sealed, nobody can tell who stands in it. Send it again afterwards",
            "%(number)s files that wait to be taken in: they are sealed, nobody can tell who stands in them. Send them again afterwards",
            number,
        )
        yield told % {"number": number}
