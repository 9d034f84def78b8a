"""Long work of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customers.imports import CustomerImporter, CustomerOptions
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work


def importer(work: Work, params: Mapping[str, Any]) -> CustomerImporter:
    return CustomerImporter(work, CustomerOptions.of(params))


@job_task("customers.import_customers", may_go_on=may_go_on)
def import_customers(work: Work, **params: Any) -> None:
    """Take in the file of customers that was uploaded."""
    carry_out_upload(importer, work)
