"""Codes that others made come as a file: what is good goes in, what is not is told by its line."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

import rewards.stock
import rewards.uploading
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import let_go_on
from loyalty.tenancy import reading
from rewards.queries import code_batches, coupon_code
from rewards.tasks import upload_codes
from tests.earning.counter import rows
from tests.rewards.given import RewardShop, wrong_guards
from tests.rewards.test_code_batches import stocked
from tests.rewards.test_codes_brought import brought, on_paper
from tests.support.pages import form_of, text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def sent(shop: RewardShop, site: Any, reward: UUID, body: bytes, **columns: str) -> JobRun:
    """A file that was sent, with its column chosen."""
    page = site.post(f"/admin/rewards/reward/{reward}/upload-codes/", {"file": SimpleUploadedFile("codes.csv", body)})
    assert page.status_code == 302, text_of(page)
    at = page.headers["Location"]
    form = form_of(site.get(at))
    begun = site.post(at, form | {name: [value] for name, value in columns.items()})
    assert begun.status_code == 302, text_of(begun)
    run_id = UUID(re.search(r"[0-9a-f-]{36}", at)[0])  # type: ignore[index]
    with reading(shop.tenant.id):
        return JobRun.objects.get(pk=run_id)


def taken_in(shop: RewardShop, site: Any, reward: UUID, body: bytes, **columns: str) -> JobRun:
    run = sent(shop, site, reward, body, **columns)
    upload_codes(shop.tenant.id, str(run.pk))
    with reading(shop.tenant.id):
        return JobRun.objects.get(pk=run.pk)


def reported(shop: RewardShop, run: JobRun) -> list[tuple[int, str]]:
    found = rows("jobs_reportline", shop.tenant, "number, code, run_id", "number")
    return [(number, code) for number, code, run_id in found if run_id == run.pk]


def test_good_codes_go_in_and_the_others_are_told_by_their_line(shop: RewardShop, admin_site: Any) -> None:
    _other, known = stocked(shop, 1)
    reward = shop.reward(codes="stock")
    lines = ["Mã ưu đãi;Ghi chú", "PARTNER-0001;x", "partner 0001;x", on_paper(shop, known)[0]]
    lines += ["TẾT-000001;x", "AB;x", ";x", "PARTNER-OOO2;x"]
    run = taken_in(shop, admin_site, reward, "\n".join(lines).encode())
    assert (run.state, run.summary) == ("done", {"rows": 7, "recorded": 2, "refused": 5})
    assert reported(shop, run) == [
        (3, "rewards.code_twice"),
        (4, "rewards.code_there"),
        (5, "rewards.code_unreadable"),
        (6, "rewards.code_unreadable"),
        (7, "imports.empty"),
    ]
    with reading(shop.tenant.id):
        (batch,) = code_batches(reward)
    assert (batch.source, batch.state, batch.codes, batch.left) == ("uploaded", "open", 2, 2)
    got = shop.redeem(shop.with_points(100), reward)
    with reading(shop.tenant.id):
        assert coupon_code(got.coupon_id) == "PARTNER-0001"
    assert shop.do(brought(shop, "partner-0002", shop.customer())).reward_id == reward
    assert wrong_guards(shop.tenant) == []


@pytest.mark.parametrize(
    ("written", "number", "said"),
    [
        ("{:07}", 10, ""),
        ("{:07}", 11, "among 11: with the same kind of characters it needs 8 of them"),
        ("A{:05}", 1_073, ""),
        ("A{:05}", 1_074, "among 1,074: with the same kind of characters it needs 7 of them"),
        ("{:06}", 1, ""),
    ],
)
def test_so_many_short_codes_that_somebody_guesses_one_are_not_taken(
    shop: RewardShop, admin_site: Any, written: str, number: int, said: str
) -> None:
    reward = shop.reward(codes="stock")
    run = taken_in(shop, admin_site, reward, "\n".join(["code", *(written.format(n) for n in range(1, number + 1))]).encode())
    assert len(rows("rewards_code", shop.tenant, "id")) == (0 if said else number)
    assert {code for _line, code in reported(shop, run)} == ({"rewards.codes_too_short"} if said else set())
    assert all(said in detail for (detail,) in rows("jobs_reportline", shop.tenant, "detail"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_files_are_read_in_any_usual_encoding_and_the_same_again_changes_nothing(shop: RewardShop, admin_site: Any, encoding: str) -> None:
    reward = shop.reward(codes="stock")
    body = "Kod\nPARTNER-0001\nPARTNER-0002\n".encode(encoding)
    first = taken_in(shop, admin_site, reward, body)
    assert first.summary["recorded"] == 2
    before = rows("rewards_code", shop.tenant, "id, digest")
    second = taken_in(shop, admin_site, reward, body)
    assert (second.state, second.summary) == ("done", {"rows": 2, "recorded": 0, "refused": 2})
    assert rows("rewards_code", shop.tenant, "id, digest") == before
    assert len(rows("rewards_code_batch", shop.tenant, "id")) == 1
    assert wrong_guards(shop.tenant) == []


def test_a_file_that_broke_off_goes_on_without_a_code_twice_or_lost(
    shop: RewardShop, admin_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewards.uploading, "IN_BLOCK", 2)
    monkeypatch.setattr(rewards.uploading.CodesImporter, "rows_at_once", 2)
    reward = shop.reward(codes="stock")
    body = "\n".join(["code", *(f"PARTNER-{n:04}" for n in range(7))]).encode()
    run = sent(shop, admin_site, reward, body)
    account, deaths = rewards.uploading.CodesImporter._account, iter([False, True])

    class Killed(BaseException):
        pass

    def killed(importer: Any, *told: Any) -> None:
        if next(deaths, False):
            raise Killed  # the codes are there, and nobody has said so
        account(importer, *told)

    monkeypatch.setattr(rewards.uploading.CodesImporter, "_account", killed)
    with pytest.raises(Killed):
        upload_codes(shop.tenant.id, str(run.pk))
    there = len(rows("rewards_code", shop.tenant, "id"))
    assert 0 < there < 7
    page = text_of(admin_site.get("/admin/rewards/codebatch/"))
    assert ("Being made" in page, "from a file" in page) == (True, True)
    monkeypatch.setattr(rewards.uploading.CodesImporter, "_account", account)
    connections["default"].close()
    assert let_go_on(shop.tenant.id, run.pk)
    upload_codes(shop.tenant.id, str(run.pk))
    with reading(shop.tenant.id):
        done = JobRun.objects.get(pk=run.pk)
        (batch,) = code_batches(reward)
    assert (done.state, done.summary) == ("done", {"rows": 7, "recorded": 7})
    assert (batch.state, batch.codes) == ("open", 7)
    assert wrong_guards(shop.tenant) == []


def test_a_file_without_codes_or_for_another_reward_is_not_offered(shop: RewardShop, admin_site: Any) -> None:
    plain, reward = shop.reward(), shop.reward(codes="stock")
    assert "upload-codes" not in admin_site.get(f"/admin/rewards/reward/{plain}/change/").content.decode()
    page = admin_site.post(f"/admin/rewards/reward/{reward}/upload-codes/", {"file": SimpleUploadedFile("codes.csv", b"code\nA\nB\n")})
    answer = admin_site.post(page.headers["Location"], form_of(admin_site.get(page.headers["Location"])))
    assert "No row can be read." in text_of(answer)
    assert rows("rewards_code_batch", shop.tenant, "id") == []


def test_work_that_was_stopped_before_its_first_code_knows_its_batch(
    shop: RewardShop, admin_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reward = shop.reward(codes="stock")
    run, begin = sent(shop, admin_site, reward, b"code\nPARTNER-0001\n"), rewards.uploading.dispatch

    class Killed(BaseException):
        pass

    def killed(*told: Any, **how: Any) -> None:
        begin(*told, **how)
        raise Killed

    monkeypatch.setattr(rewards.uploading, "dispatch", killed)
    with pytest.raises(Killed):
        upload_codes(shop.tenant.id, str(run.pk))
    monkeypatch.setattr(rewards.uploading, "dispatch", begin)
    connections["default"].close()
    assert let_go_on(shop.tenant.id, run.pk)
    upload_codes(shop.tenant.id, str(run.pk))
    with reading(shop.tenant.id):
        (batch,) = code_batches(reward)
        assert JobRun.objects.get(pk=run.pk).params["cause"] == str(batch.batch_id)
    assert (batch.state, batch.codes) == ("open", 1)
