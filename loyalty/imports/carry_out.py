"""An import as a run of long work: what the command line and a worker have in common."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils import translation

from loyalty.imports import uploads
from loyalty.imports.csv_file import CsvFile
from loyalty.imports.sharing import MakeImporter
from loyalty.imports.tasks import forget_marked
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import Work


def carry_out_upload(make: MakeImporter, work: Work) -> None:
    """Take in the file that was uploaded for `work`, and forget it once it was read. The report is in the language of who began it.

    What is left of one that breaks off stays for who goes on with it, unless somebody was erased meanwhile, who may stand in it.

    A run of the command line has no upload: only what it has read already can be taken in here.
    """
    params = work.params
    with translation.override(params.get("language") or settings.LANGUAGE_CODE):
        importer = make(work, params)
        file = None if importer.is_read or "upload" not in params else uploaded(work)
        try:
            importer.run(file, forget_file=lambda: uploads.forget(work.tenant_id, UUID(params["upload"])) if "upload" in params else None)
        except BaseException:
            forget_marked(work.tenant_id, work.run_id)
            raise


def uploaded(work: Work) -> CsvFile:
    """The file of a run."""
    stored = uploads.kept(work.tenant_id, UUID(work.params["upload"]))
    return CsvFile(stored, work.params["encoding"] or None, uploads.LARGEST_UNPACKED)


def may_go_on(run: JobRun) -> bool:
    """Whether a stopped import can be taken up: its columns were chosen, and its rows are still here, and may be."""
    return "mapping" in run.params and run.params.keys().isdisjoint({"forget", "forgotten"})
