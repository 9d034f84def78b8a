"""Long work of the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from customers import budgets, challenges, invitations, member_codes
from customers.documents import expunge
from customers.forgotten_words import forget_words
from customers.imports import CustomerImporter, CustomerOptions, MemberOptions, MembersImporter
from customers.models import Customer
from customers.refreshing import KIND, refresh, set_nightly_going
from customers.tokens import forget_old
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.imports.sharing import takes_in
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

LATELY = timedelta(days=3)
"""A night on which it fails is made good by the next."""
DAY = timedelta(days=1)


@takes_in("customers.import_customers")
def importer(work: Work, params: Mapping[str, Any]) -> CustomerImporter:
    return CustomerImporter(work, CustomerOptions.of(params))


@job_task("customers.import_customers", may_go_on=may_go_on)
def import_customers(work: Work, **params: Any) -> None:
    """Take in the file of customers that was uploaded."""
    carry_out_upload(importer, work)


@periodic("customers.forget_old_tokens")
def forget_old_tokens_of_all(run: Run) -> int:
    """Delete customers' tokens that ended a month ago; answers with their number."""
    return forget_old(run.tenant_id, run.now)


@shared_task(name="customers.forget_words")
def forget_words_of_all() -> int:
    """Let the words of who was erased leave the storage of search; answers with the number of tenants in which any may be left."""
    return forget_words(timezone.now())


@shared_task(name="customers.expunge_search")
def expunge_search() -> int:
    """Once more at night: of an engine that was away or filled anew meanwhile. Answers with the number of tenants where somebody was
    erased lately.

    One order does it for all tenants of an engine; done twice, it finds nothing.
    """
    since, concerned = timezone.now() - LATELY, []
    for tenant in Tenant.objects.all():
        with reading(tenant.pk):
            if Customer.objects.filter(tenant_id=tenant.pk, state=Customer.State.ERASED, changed_at__gte=since).exists():
                concerned.append(tenant.pk)
    expunge(concerned)
    return len(concerned)


@periodic("customers.forget_old_codes")
def forget_old_codes_of_all(run: Run) -> int:
    """Delete codes that were of no use for a day, what was counted of them, and where invitations went that are over; answers with the
    number of codes.
    """
    budgets.forget_old(run.tenant_id, run.now)
    invitations.forget_old(run.tenant_id, run.now)
    member_codes.forget_old(run.tenant_id, run.now)
    return challenges.forget_old(run.tenant_id, run.now - DAY)


def members_importer(work: Work, params: Mapping[str, Any]) -> MembersImporter:
    return MembersImporter(work, MemberOptions.of(params))


@job_task("customers.import_members", may_go_on=may_go_on)
def import_members(work: Work, **params: Any) -> None:
    """Put a list of customers into a segment, or take them out of it."""
    carry_out_upload(members_importer, work)


@job_task(KIND)
def refresh_segments(work: Work, **params: Any) -> None:
    """Bring dynamic segments level with their criteria."""
    refresh(work, params.get("segment"))


@shared_task(name="customers.refresh_segments_nightly")
def refresh_segments_nightly() -> int:
    """Bring all dynamic segments level on each new day; what failed or was killed is taken up again. Answers with the number of runs."""
    return set_nightly_going()
