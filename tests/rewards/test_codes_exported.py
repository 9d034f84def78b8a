"""Codes leave once, as a file that who asked for them fetches; everybody hears that they did."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import rewards.exporting
from loyalty.domain.errors import DomainError
from loyalty.files.tasks import forget_files
from loyalty.imports.uploads import kept
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import ask_to_stop, let_go_on
from loyalty.tenancy import reading
from rewards.commands import ExportBatch, MakeCodes, WithdrawBatch
from rewards.tasks import export_codes
from tests.earning.counter import in_parallel, rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, codes, wrong_guards
from tests.rewards.test_code_batches import stocked
from tests.rewards.test_codes_brought import brought, on_paper
from tests.support.client import visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def run_of(shop: RewardShop) -> JobRun:
    with reading(shop.tenant.id):
        return JobRun.objects.get(tenant_id=shop.tenant.id, kind=rewards.exporting.KIND)


def write(shop: RewardShop) -> None:
    bring_level("rewards.codes_exported")
    export_codes(shop.tenant.id, str(run_of(shop).pk))


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_they_leave_once_for_who_asked_and_are_had_by_who_brings_them(shop: RewardShop, admin_user: Any) -> None:
    reward, batch = stocked(shop, 3)
    had = shop.redeem(shop.with_points(100), reward)
    site = visitor(shop.tenant, admin_user)
    page = f"/admin/rewards/codebatch/{batch}/"
    assert "export-codes" in site.get(f"{page}change/").content.decode()
    assert site.post(f"{page}export-codes/", {"reason": "Print shop"}).headers["Location"] == "/admin/jobs/jobrun/"
    write(shop)
    run = run_of(shop)
    assert run.state == "done"
    file = f"/admin/jobs/jobrun/{run.pk}/file.csv"
    told = lines(site.get(file))
    expected = [[str(number), code] for number, code in enumerate(on_paper(shop, batch), 1)]
    assert told[1:] == expected[1:]
    assert "Download the file" in text_of(site.get(f"/admin/jobs/jobrun/{run.pk}/change/"))
    noted = [what for (what,) in rows("staff_privilegedread", shop.tenant, "what", "at")]
    assert noted == ["rewards.export_codes"] * 2
    assert str(admin_user) in text_of(site.get(f"{page}change/"))
    again = text_of(site.post(f"{page}export-codes/", {"reason": "Once more"}))
    assert ("These codes went out on" in again, f"by {admin_user}" in again) == (True, True), again
    with pytest.raises(DomainError, match=r"rewards\.out_of_codes"):
        shop.redeem(shop.with_points(100), reward)
    assert shop.do(brought(shop, told[1][1], shop.customer())).state == "active"
    assert had.coupon_id
    assert wrong_guards(shop.tenant) == []


def test_who_may_not_or_did_not_ask_gets_no_file(shop: RewardShop, admin_user: Any, marketer_user: Any, make_user: Any) -> None:
    _reward, batch = stocked(shop, 1)
    site = visitor(shop.tenant, admin_user)
    site.post(f"/admin/rewards/codebatch/{batch}/export-codes/", {"reason": "Print shop"})
    write(shop)
    file = f"/admin/jobs/jobrun/{run_of(shop).pk}/file.csv"
    assert visitor(shop.tenant, make_user(shop.tenant, "administrator")).get(file).status_code == 403
    assert visitor(shop.tenant, marketer_user).get(f"/admin/rewards/codebatch/{batch}/export-codes/").status_code == 403


@pytest.mark.rounds
def test_of_many_who_export_at_once_one_does_and_what_is_redeemed_meanwhile_is_not_in_it(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 30)
    customers = [shop.with_points(100) for _ in range(20)]

    def deed(n: int) -> Any:
        return shop.do(ExportBatch(batch_id=batch, reason="Paper")) if n % 4 == 3 else shop.redeem(customers[n], reward)

    results = in_parallel(20, deed)
    assert codes(result for n, result in enumerate(results) if n % 4 == 3).count("") == 1
    write(shop)
    out = kept(shop.tenant.id, UUID(run_of(shop).params["file"])).open().read().decode("utf-8-sig").splitlines()[1:]
    issued = len(rows("rewards_coupon", shop.tenant, "id"))
    assert len(out) + issued == 30
    assert len(rows("rewards_code", shop.tenant, "id", "1")) == 30
    assert wrong_guards(shop.tenant) == []


def test_a_file_that_was_not_written_to_its_end_is_written_anew_and_goes_after_a_week(
    shop: RewardShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewards.exporting, "AT_ONCE", 2)
    monkeypatch.setattr("loyalty.jobs.work.EVERY_SECONDS", 0)
    _reward, batch = stocked(shop, 5)
    shop.do(ExportBatch(batch_id=batch, reason="Paper"))
    bring_level("rewards.codes_exported")
    unissued, run = rewards.exporting._unissued, run_of(shop)

    def stopping(*told: Any) -> Any:
        ask_to_stop(shop.tenant.id, run.pk)
        return unissued(*told)

    monkeypatch.setattr(rewards.exporting, "_unissued", stopping)
    export_codes(shop.tenant.id, str(run.pk))
    assert run_of(shop).state == "cancelled"
    monkeypatch.setattr(rewards.exporting, "_unissued", unissued)
    assert let_go_on(shop.tenant.id, run.pk)
    export_codes(shop.tenant.id, str(run.pk))
    assert (run_of(shop).state, len(rows("imports_upload", shop.tenant, "id"))) == ("done", 1)
    code = on_paper(shop, batch)[0]
    assert not any(code.encode() in bytes(body) for (body,) in rows("imports_uploadpart", shop.tenant, "body"))
    assert forget_files(shop.tenant.id) == 0
    with reading(shop.tenant.id):
        JobRun.objects.filter(pk=run.pk).update(created_at=run.created_at - timedelta(days=8))
    assert forget_files(shop.tenant.id) == 1
    assert rows("imports_upload", shop.tenant, "id") == []


def test_what_is_being_made_or_withdrawn_does_not_leave(shop: RewardShop) -> None:
    reward, gone = stocked(shop, 1)
    shop.do(WithdrawBatch(batch_id=gone, reason="Wrong"))
    making = shop.do(MakeCodes(reward_id=reward, codes=1)).batch_id
    for batch, reason, code in (
        (gone, "x", "rewards.batch_withdrawn"),
        (making, "x", "rewards.batch_not_filled"),
        (making, " ", "rewards.text_missing"),
        (shop.merchant_id, "x", "rewards.batch_unknown"),
    ):
        with pytest.raises(DomainError) as refused:
            shop.do(ExportBatch(batch_id=batch, reason=reason))
        assert refused.value.code == code
