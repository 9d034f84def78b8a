"""The codes of a batch that nobody has, written once into a file: sealed until it is fetched by who asked for it, gone after a week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.export import Row, lines_of
from loyalty.imports.uploads import Keeping, forget
from loyalty.jobs.models import JobRun, name_files, name_kinds
from loyalty.jobs.work import Work
from loyalty.lookup import unseal
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from rewards.domain.batch import ids_of
from rewards.models import CodeBatch
from rewards.permissions import EXPORT_CODES
from rewards.stock import SEALED_AS

KIND = "rewards.export_codes"
AT_ONCE = 2_000
UNISSUED = """select number, id, sealed from rewards_code
    where tenant_id = %s and id between %s and %s and state in ('stock', 'shared') order by id limit %s"""
name_kinds({KIND: _("Codes as a file")})
name_files({KIND: EXPORT_CODES})


def export_codes(work: Work, batch: str) -> None:
    """Write them. Raises Cancelled when somebody asked to stop; taken up again, the file is written anew."""
    tenant, batch_id = tenant_of_id(work.tenant_id), UUID(batch)
    with reading(tenant.id):
        row = CodeBatch.objects.get(tenant_id=tenant.id, id=batch_id)
    work.done = 0
    work.expect(row.codes)
    if begun := work.params.get("file"):
        forget(tenant.id, UUID(begun))
    file = Keeping(tenant.id, "codes.csv")
    with reading(tenant.id):
        JobRun.objects.filter(tenant_id=tenant.id, pk=work.run_id).update(params=work.params | {"file": str(file.upload_id)})
    language = tenant.default_language or settings.LANGUAGE_CODE
    with translation.override(language):
        titles = [gettext("Number"), gettext("Code")]

    def page(after: int | None) -> tuple[Sequence[Row], int | None]:
        found = _unissued(tenant.id, batch_id, -1 if after is None else after)
        return [(number + 1, code) for number, code in found], found[-1][0] if len(found) == AT_ONCE else None

    for piece in lines_of(tenant, language, titles, page):
        file.add(piece)
        work.advance(piece.count(b"\n"))
    work.done = row.codes or 0
    file.close()


def _unissued(tenant_id: int, batch_id: UUID, after: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(UNISSUED, [tenant_id, *ids_of(batch_id, after + 1), AT_ONCE])
        rows: list[tuple[int, Any, bytes]] = cursor.fetchall()
    return [(number, unseal(sealed, SEALED_AS, tenant_id, key).decode()) for number, key, sealed in rows]
