"""What is forgotten of lists that wait to be fetched, with a person who may stand in them."""

from __future__ import annotations

from collections.abc import Iterator

from loyalty.erasure import Person, Statement, forgets

FILES = "select (params->>'file')::uuid from jobs_jobrun where tenant_id = %s and kind = 'lists.export' and params->>'file' is not null"


@forgets("lists.files")
def files(person: Person) -> Iterator[Statement]:
    """All of them, also those that are being written: they are sealed, so that nobody can tell who stands in which.

    The file first, which whoever writes a part of it holds: what is written then is seen here, or finds no file any more.
    """
    for table, key in (("imports_upload", "id"), ("imports_uploadpart", "upload_id")):
        yield f"delete from {table} where tenant_id = %s and {key} in ({FILES})", (person.tenant_id, person.tenant_id)
