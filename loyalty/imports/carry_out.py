"""An import as a run of long work: what the command line and a worker have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils import translation

from loyalty.imports import uploads
from loyalty.imports.csv_file import CsvFile
from loyalty.imports.importer import Importer
from loyalty.jobs.work import Work

MakeImporter = Callable[[Work, Mapping[str, Any]], Importer[Any]]


def carry_out_upload(make: MakeImporter, work: Work) -> None:
    """Take in the file that was uploaded for `work`, and forget it once it was read. The report is in the language of who began it."""
    params = work.params
    upload_id = UUID(params["upload"])

    def forget() -> None:
        uploads.forget(work.tenant_id, upload_id)

    with translation.override(params.get("language") or None):
        importer = make(work, params)
        file = None if importer.is_read else CsvFile(uploads.kept(work.tenant_id, upload_id), params["encoding"], uploads.LARGEST_UNPACKED)
        importer.run(file, forget_file=forget)
