"""Long work of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import shared_task
from django.utils import timezone

from customers.imports import CustomerImporter, CustomerOptions, MemberOptions, MembersImporter
from customers.tokens import forget_old
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from loyalty.tenancy.models import Tenant


def importer(work: Work, params: Mapping[str, Any]) -> CustomerImporter:
    return CustomerImporter(work, CustomerOptions.of(params))


@job_task("customers.import_customers", may_go_on=may_go_on)
def import_customers(work: Work, **params: Any) -> None:
    """Take in the file of customers that was uploaded."""
    carry_out_upload(importer, work)


@shared_task(name="customers.forget_old_tokens")
def forget_old_tokens_of_all() -> int:
    """Delete customers' tokens that ended a month ago; answers with their number."""
    now = timezone.now()
    return sum(forget_old(tenant.pk, now) for tenant in Tenant.objects.all())


def members_importer(work: Work, params: Mapping[str, Any]) -> MembersImporter:
    return MembersImporter(work, MemberOptions.of(params))


@job_task("customers.import_members", may_go_on=may_go_on)
def import_members(work: Work, **params: Any) -> None:
    """Put a list of customers into a segment, or take them out of it."""
    carry_out_upload(members_importer, work)
