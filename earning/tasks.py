"""Long work of earning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earning.imports import PurchaseImporter, PurchaseOptions
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work


def importer(work: Work, params: Mapping[str, Any]) -> PurchaseImporter:
    return PurchaseImporter(work, PurchaseOptions.of(params))


@job_task("earning.import_purchases", may_go_on=may_go_on)
def import_purchases(work: Work, **params: Any) -> None:
    """Take in the file of purchases that was uploaded."""
    carry_out_upload(importer, work)
