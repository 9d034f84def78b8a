"""Batches of codes: made as long work, taken one by one, withdrawn, and compared with the log."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.db.transaction import atomic

import rewards.making
from loyalty.domain.errors import DomainError
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import ask_to_stop, let_go_on
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from rewards import guards
from rewards.commands import CancelCoupon, ChangeReward, MakeCodes, RedeemReward, UseCoupon, WithdrawBatch
from rewards.domain.batch import MOST_CODES
from rewards.domain.code import check_character, normal_code
from rewards.queries import code_batch, code_batches
from rewards.rekeying import codes as rekey
from rewards.stock import TAKE
from rewards.tasks import make_codes
from tests.earning.counter import in_parallel, rows
from tests.pos.given import bring_level
from tests.rewards.given import RewardShop, codes, content, wrong_guards
from tests.support.client import ApiClient, visitor
from tests.support.pages import form_of, text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def run_of(shop: RewardShop, batch: UUID) -> JobRun:
    with reading(shop.tenant.id):
        return JobRun.objects.get(tenant_id=shop.tenant.id, kind=rewards.making.KIND, params__cause=str(batch))


def work(shop: RewardShop, batch: UUID) -> None:
    """What waits is worked off, as a worker does."""
    bring_level("rewards.codes_made")
    make_codes(shop.tenant.id, str(run_of(shop, batch).pk))


def stocked(shop: RewardShop, number: int, **more: Any) -> tuple[UUID, UUID]:
    """A reward that takes codes from stock, and a batch of so many."""
    reward = shop.reward(**{"codes": "stock", "code_prefix": "SEN"} | more)
    batch = shop.do(MakeCodes(reward_id=reward, codes=number)).batch_id
    work(shop, batch)
    return reward, batch


def changed(sql: str, *params: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)


def test_codes_are_made_and_each_is_had_by_one(shop: RewardShop) -> None:
    reward = shop.reward(codes="stock", code_prefix="SEN")
    customer = shop.with_points(1000)
    batch = shop.do(MakeCodes(reward_id=reward, codes=3))
    assert (batch.state, batch.codes) == ("making", None)
    with pytest.raises(DomainError, match=r"rewards\.out_of_codes"):
        shop.redeem(customer, reward)
    for _ in range(2):
        work(shop, batch.batch_id)
    run = run_of(shop, batch.batch_id)
    assert (run.state, run.done, run.summary) == ("done", 3, {"codes_made": 3})
    assert shop.redeem(customer, reward, dry_run=True).code == ""
    got = [shop.do(RedeemReward(customer_id=customer, reward_id=reward, by_customer=True)).code for _ in range(3)]
    assert len({*got}) == 3
    for code in got:
        plain = normal_code(code)
        assert code.startswith("SEN-")
        assert (len(plain), check_character(plain[:-1])) == (3 + 13, plain[-1])
    for dry in (True, False):
        with pytest.raises(DomainError, match=r"rewards\.out_of_codes"):
            shop.redeem(customer, reward, dry_run=dry)
    assert shop.available(customer) == 700
    with reading(shop.tenant.id):
        card = code_batch(batch.batch_id)
    assert (card.codes, card.issued, card.used, card.left) == (3, 3, 0, 0)
    assert wrong_guards(shop.tenant) == []


@pytest.mark.rounds
def test_of_50_at_once_as_many_get_it_as_there_are_codes(shop: RewardShop) -> None:
    reward, first = stocked(shop, 2)
    second = shop.do(MakeCodes(reward_id=reward, codes=1)).batch_id
    work(shop, second)
    customers = [shop.with_points(100) for _ in range(50)]
    results = in_parallel(50, lambda n: shop.redeem(customers[n], reward))
    assert codes(results) == [""] * 3 + ["rewards.out_of_codes"] * 47
    assert sum(shop.available(one) for one in customers) == 50 * 100 - 3 * 100
    with reading(shop.tenant.id):
        assert {card.batch_id: card.issued for card in code_batches(reward)} == {first: 2, second: 1}
    assert wrong_guards(shop.tenant) == []


def test_work_that_was_killed_goes_on_without_a_code_twice_or_lost(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewards.making, "AT_ONCE", 2)
    reward = shop.reward(codes="stock")
    batch = shop.do(MakeCodes(reward_id=reward, codes=7)).batch_id
    bring_level("rewards.codes_made")
    make, run = rewards.making._make, run_of(shop, batch)
    deaths = iter([False, True])

    class Killed(BaseException):
        pass

    def killed(row: Any, start: int, end: int) -> int:
        made = make(row, start, end)
        if next(deaths, False):
            connections["default"].connection.commit()  # the codes are there, and nobody has said so
            raise Killed
        return made

    monkeypatch.setattr(rewards.making, "_make", killed)
    with pytest.raises(Killed):
        make_codes(shop.tenant.id, str(run.pk))
    connections["default"].close()
    before = rows("rewards_code", shop.tenant, "number, id, digest", "number")
    assert (run_of(shop, batch).done, [number for number, *_ in before]) == (2, [0, 1, 2, 3])
    assert let_go_on(shop.tenant.id, run.pk)
    make_codes(shop.tenant.id, str(run.pk))
    after = rows("rewards_code", shop.tenant, "number, id, digest", "number")
    assert (run_of(shop, batch).state, [number for number, *_ in after]) == ("done", [*range(7)])
    assert [(n, i, bytes(d)) for n, i, d in after[:4]] == [(n, i, bytes(d)) for n, i, d in before]
    assert rows("rewards_code_batch", shop.tenant, "state, codes") == [("open", 7)]
    assert wrong_guards(shop.tenant) == []


def test_a_code_that_comes_twice_by_chance_is_made_anew(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["AAAA-1", "AAAA-1", "BBBB-2", "CCCC-3"])
    monkeypatch.setattr(rewards.making, "new_code", lambda prefix: next(made))
    _reward, batch = stocked(shop, 3)
    assert rows("rewards_code", shop.tenant, "number", "number") == [(0,), (1,), (2,)]
    with reading(shop.tenant.id):
        assert code_batch(batch).codes == 3


def test_what_was_stopped_goes_on(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewards.making, "AT_ONCE", 2)
    reward = shop.reward(codes="stock")
    batch = shop.do(MakeCodes(reward_id=reward, codes=5)).batch_id
    bring_level("rewards.codes_made")
    make, run = rewards.making._make, run_of(shop, batch)

    def stopping(*told: Any) -> int:
        ask_to_stop(shop.tenant.id, run.pk)
        return make(*told)

    monkeypatch.setattr(rewards.making, "_make", stopping)
    make_codes(shop.tenant.id, str(run.pk))
    with reading(shop.tenant.id):
        assert (run_of(shop, batch).state, code_batch(batch).state, code_batch(batch).made) == ("cancelled", "making", 2)
    monkeypatch.setattr(rewards.making, "_make", make)
    assert let_go_on(shop.tenant.id, run.pk)
    make_codes(shop.tenant.id, str(run.pk))
    with reading(shop.tenant.id):
        assert (code_batch(batch).state, code_batch(batch).codes) == ("open", 5)


def test_codes_that_are_withdrawn_are_had_by_nobody_and_those_that_somebody_has_stay_good(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 3)
    customer = shop.with_points(1000)
    got = shop.redeem(customer, reward)
    assert shop.do(WithdrawBatch(batch_id=batch, reason="Printed wrong")).state == "withdrawn"
    with pytest.raises(DomainError, match=r"rewards\.out_of_codes"):
        shop.redeem(customer, reward)
    with pytest.raises(DomainError) as refused:
        shop.do(WithdrawBatch(batch_id=batch, reason="Again"))
    assert refused.value.code == "rewards.batch_withdrawn"
    assert shop.do(UseCoupon(coupon_id=got.coupon_id)).state == "used"
    other = shop.do(MakeCodes(reward_id=reward, codes=1)).batch_id
    work(shop, other)
    shop.redeem(customer, reward)
    with reading(shop.tenant.id):
        told = {card.batch_id: (card.state, card.codes, card.issued, card.used, card.left) for card in code_batches(reward)}
    assert told == {batch: ("withdrawn", 3, 1, 1, 0), other: ("open", 1, 1, 0, 0)}
    assert wrong_guards(shop.tenant) == []


def test_a_batch_that_is_withdrawn_while_it_is_made_stays_so(shop: RewardShop, monkeypatch: pytest.MonkeyPatch) -> None:
    reward = shop.reward(codes="stock")
    for when in ("before", "at the end"):
        batch = shop.do(MakeCodes(reward_id=reward, codes=2)).batch_id
        bring_level("rewards.codes_made")
        gone = WithdrawBatch(batch_id=batch, reason="A mistake")
        if when == "before":
            shop.do(gone)
        else:
            monkeypatch.setattr(rewards.making, "digest_of", lambda *told, gone=gone: (shop.do(gone), (2, "", 1))[1])
        make_codes(shop.tenant.id, str(run_of(shop, batch).pk))
        assert run_of(shop, batch).state == "cancelled"
        with reading(shop.tenant.id):
            assert code_batch(batch).state == "withdrawn"
    assert wrong_guards(shop.tenant) == []


def test_a_code_that_was_taken_stays_taken_when_its_coupon_is_cancelled(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 1)
    customer = shop.with_points(1000)
    shop.do(CancelCoupon(coupon_id=shop.redeem(customer, reward).coupon_id, reason="Changed their mind"))
    with pytest.raises(DomainError, match=r"rewards\.out_of_codes"):
        shop.redeem(customer, reward)
    with reading(shop.tenant.id):
        assert (code_batch(batch).issued, code_batch(batch).left) == (1, 0)
    assert wrong_guards(shop.tenant) == []


def test_what_cannot_be_made_is_refused_with_the_reason(shop: RewardShop) -> None:
    plain, stock = shop.reward(), shop.reward(codes="stock")
    for order, code, field in (
        (MakeCodes(reward_id=plain, codes=1), "rewards.codes_not_from_stock", "reward_id"),
        (MakeCodes(reward_id=stock, codes=0), "rewards.number_out_of_range", "codes"),
        (MakeCodes(reward_id=stock, codes=MOST_CODES + 1), "rewards.number_out_of_range", "codes"),
        (MakeCodes(reward_id=stock, codes=1, code_prefix="ILL"), "rewards.prefix_invalid", "code_prefix"),
        (MakeCodes(reward_id=shop.merchant_id, codes=1), "rewards.reward_unknown", "reward_id"),
        (WithdrawBatch(batch_id=shop.merchant_id, reason="x"), "rewards.batch_unknown", "batch_id"),
    ):
        with pytest.raises(DomainError) as refused:
            shop.do(order)
        assert (refused.value.code, refused.value.field) == (code, field)


def test_every_difference_between_a_batch_and_the_log_is_found(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 3)
    shop.redeem(shop.with_points(100), reward)
    assert wrong_guards(shop.tenant) == []
    at = "tenant_id = %s and batch_id = %s"
    changed(f"update rewards_code set number = 9 where {at} and number = 1", shop.tenant.id, batch)
    assert wrong_guards(shop.tenant) == [("rewards.code_batches", "its codes are others than were put")]
    changed(f"update rewards_code set number = 1 where {at} and number = 9", shop.tenant.id, batch)
    assert wrong_guards(shop.tenant) == []
    changed(f"delete from rewards_code where {at} and number = 2", shop.tenant.id, batch)
    assert wrong_guards(shop.tenant) == [("rewards.code_batches", "2 codes are there and 3 were put")]


def test_codes_of_a_batch_go_under_a_new_key_and_are_still_those_that_were_put(shop: RewardShop, settings: Any) -> None:
    stocked(shop, 3)
    settings.LOYALTY_LOOKUP_KEYS = f"{settings.LOYALTY_LOOKUP_KEYS},9:{b64encode(b'x' * 32).decode()}"
    assert sum(rekey(shop.tenant.id)) == 3
    assert rows("rewards_code", shop.tenant, "distinct key_version") == [(9,)]
    assert wrong_guards(shop.tenant) == []
    settings.LOYALTY_LOOKUP_KEYS = settings.LOYALTY_LOOKUP_KEYS.partition(",")[2]
    with atomic(using="owner"):
        assert [one for one in guards.code_batches("owner") if one.tenant_id == shop.tenant.id] == []


def test_lists_of_batches_are_the_same_when_they_are_made_again(shop: RewardShop) -> None:
    stocked(shop, 2)
    _other, gone = stocked(shop, 1)
    shop.do(WithdrawBatch(batch_id=gone, reason="Wrong"))
    live = checksum("rewards_code_batch")
    for batch in (1, 1000):
        made = rebuild(PROJECTIONS["rewards.code_batches"], batch=batch, swap=False).checksums
        assert made == {"rewards_code_batch": live}


def test_a_reward_that_takes_codes_from_elsewhere_later_leaves_the_stock_alone(shop: RewardShop) -> None:
    reward, batch = stocked(shop, 1)
    shop.do(ChangeReward(reward_id=reward, content=content(codes="generated")))
    shop.redeem(shop.with_points(100), reward)
    with reading(shop.tenant.id):
        assert code_batch(batch).left == 1


def test_over_the_api_they_are_made_listed_and_withdrawn(shop: RewardShop, api: ApiClient) -> None:
    reward = shop.reward(codes="stock")
    at = f"/api/v1/rewards/{reward}/code-batches"
    assert api.post(f"{at}?dry_run=true", {"codes": 2}).status_code == 200
    made = api.post(at, {"codes": 2, "code_prefix": "TET"})
    assert (made.status_code, made.json()["state"]) == (202, "making")
    batch = made.json()["batch_id"]
    listed = api.get(at).json()
    assert [(one["batch_id"], one["codes"], one["made"], one["wanted"], one["prefix"]) for one in listed["items"]] == [
        (batch, None, 0, 2, "TET")
    ]
    work(shop, UUID(batch))
    shop.redeem(shop.with_points(100), reward)
    told = api.get(f"/api/v1/code-batches/{batch}").json()
    assert {name: told[name] for name in ("state", "codes", "made", "issued", "used", "left")} == {
        "state": "open", "codes": 2, "made": 2, "issued": 1, "used": 0, "left": 1
    }  # fmt: skip
    wrong = api.post(at, {"codes": 10**17})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "rewards.number_out_of_range")
    assert api.post(f"/api/v1/code-batches/{batch}/withdraw", {"reason": "Wrong"}).json()["state"] == "withdrawn"
    assert api.post(f"/api/v1/code-batches/{batch}/withdraw", {"reason": "Wrong"}).status_code == 409
    for path in (f"/api/v1/rewards/{uuid4()}/code-batches", f"/api/v1/code-batches/{uuid4()}"):
        assert api.get(path).status_code == 404


def test_in_the_administration_they_are_made_followed_and_withdrawn(shop: RewardShop, admin_user: Any) -> None:
    site = visitor(shop.tenant, admin_user)
    reward, plain = shop.reward(codes="stock", code_prefix="SEN"), shop.reward()
    page = f"/admin/rewards/reward/{reward}/"
    assert "make-codes" in site.get(f"{page}change/").content.decode()
    assert "make-codes" not in site.get(f"/admin/rewards/reward/{plain}/change/").content.decode()
    form = site.get(f"{page}make-codes/")
    assert 'value="SEN"' in form.content.decode()
    assert "Enter a whole number above zero." in text_of(site.post(f"{page}make-codes/", {"codes": "many", "code_prefix": "SEN"}))
    assert "from 1 to 1,000,000" in text_of(site.post(f"{page}make-codes/", {"codes": "1.000.001", "code_prefix": "SEN"}))
    said = text_of(site.post(f"{page}make-codes/", form_of(form) | {"codes": ["1.200"], "code_prefix": ["sen"]}, follow=True))
    assert "1,200 codes are being made." in said
    bring_level("rewards.codes_made")
    listed = text_of(site.get("/admin/rewards/codebatch/"))
    for part in ("0 / 1,200", "made here", "Being made", "Coffee"):
        assert part in listed, listed
    batch = UUID(str(rows("rewards_code_batch", shop.tenant, "id")[0][0]))
    work(shop, batch)
    shop.redeem(shop.with_points(100), reward)
    shown = text_of(site.get(f"/admin/rewards/codebatch/{batch}/change/"))
    for part in ("1,200", "1,199", "To be had", "SEN"):
        assert part in shown, shown
    assert "Batches of codes: 1" in text_of(site.get(f"{page}change/"))
    gone = text_of(site.post(f"/admin/rewards/codebatch/{batch}/withdraw/", {"reason": "Printed wrong"}, follow=True))
    assert "The codes are withdrawn." in gone
    assert "Withdrawn" in text_of(site.get(f"/admin/rewards/codebatch/?reward={reward}"))
    told = text_of(site.get(f"/admin/rewards/codebatch/{batch}/history/"))
    assert ("Printed wrong" in told, "Codes 1,200" in told, "1,200 points" in told) == (True, True, False), told


def test_the_next_code_is_looked_for_once_whatever_the_planner_knows(shop: RewardShop) -> None:
    reward, _batch = stocked(shop, 1)
    with reading(shop.tenant.id), connections["default"].cursor() as cursor:
        cursor.execute(f"explain {TAKE}", [uuid4(), shop.tenant.id, shop.tenant.id, reward])
        plan = [line for (line,) in cursor.fetchall()]
    assert not any(line.startswith("  ->  Nested Loop") or "Join" in line for line in plan), plan
    assert any("Index Scan using rewards_code_stock" in line for line in plan), plan
