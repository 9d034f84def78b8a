"""Files on their way in, and who is erased meanwhile: nobody can tell who stands in them, so none of them stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from customers.commands import EraseCustomer
from loyalty.imports import uploads
from loyalty.imports.carry_out import carry_out_upload, may_go_on
from loyalty.imports.models import StagedBlock, Upload, UploadPart
from loyalty.imports.staging import Staging
from loyalty.imports.tasks import forget_abandoned
from loyalty.jobs.models import SILENT, JobRun
from loyalty.jobs.work import begin, progress
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter


def sent(tenant: Tenant, **told: Any) -> UUID:
    """A run with its file, and a row of it that is staged."""
    stored = uploads.keep(tenant.id, "a.csv", [b"name\nan\n"])
    run_id = begin(tenant.id, "toy", "a.csv", "system", upload=str(stored.upload_id), encoding="", **told)
    Staging(tenant.id, run_id, str).put([("1", "1", "An")], lambda rows: None)
    return run_id


def kept(tenant: Tenant) -> list[int]:
    with reading(tenant.id):
        return [model.objects.count() for model in (Upload, UploadPart, StagedBlock)]


def run_of(tenant: Tenant, run_id: UUID) -> JobRun:
    with reading(tenant.id):
        return JobRun.objects.get(pk=run_id)


def erase_somebody(tenant: Tenant) -> None:
    counter = Counter(tenant)
    counter.do(EraseCustomer(customer_id=counter.customer()))


@pytest.mark.parametrize("state", ["waiting", "cancelled", "failed", "running"])
def test_what_waits_or_was_stopped_or_killed_is_forgotten_at_once(tenant: Tenant, other_tenant: Tenant, state: str) -> None:
    run_id, others = sent(tenant, mapping={}), sent(other_tenant, mapping={})
    with reading(tenant.id):
        JobRun.objects.filter(pk=run_id).update(state=state, heard_at=timezone.now() - 2 * SILENT)
    erase_somebody(tenant)
    assert (kept(tenant), kept(other_tenant)) == ([0, 0, 0], [1, 1, 1])
    run = run_of(tenant, run_id)
    assert (run.state, may_go_on(run)) == ("failed" if state == "failed" else "cancelled", False)
    assert run_of(other_tenant, others).state == "waiting"


class Toy:
    """An importer during whose work somebody is erased, and which breaks off."""

    is_read = True

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    def run(self, file: Any, forget_file: Any) -> None:
        erase_somebody(self.tenant)
        assert kept(self.tenant) == [1, 1, 1], "it is being taken in"
        raise RuntimeError


def test_what_is_being_taken_in_goes_when_it_breaks_off(tenant: Tenant) -> None:
    run_id = sent(tenant, mapping={})
    with pytest.raises(RuntimeError), progress(tenant.id, run_id) as work:
        carry_out_upload(lambda work, params: Toy(tenant), work)  # type: ignore[arg-type,return-value]
    assert kept(tenant) == [0, 0, 0]
    assert (run_of(tenant, run_id).state, may_go_on(run_of(tenant, run_id))) == ("failed", False)


def test_what_was_killed_afterwards_goes_at_night(tenant: Tenant) -> None:
    run_id = sent(tenant, mapping={})
    with reading(tenant.id):
        JobRun.objects.filter(pk=run_id).update(state="running", heard_at=timezone.now())
    erase_somebody(tenant)
    assert forget_abandoned(tenant.id) == 0, "it is alive"
    with reading(tenant.id):
        JobRun.objects.filter(pk=run_id).update(heard_at=timezone.now() - SILENT - timedelta(seconds=1))
    assert (forget_abandoned(tenant.id), kept(tenant)) == (1, [0, 0, 0])
