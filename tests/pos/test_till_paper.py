"""Codes on paper at the till: shown for what they give, claimed for who brings them, and used with their purchase."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.commands import DeactivateCustomer
from earning.commands import ActivateLevelSet, CreateLevelSet, GiveLevel
from loyalty.staff.models import User
from loyalty.tenancy.models import Tenant
from rewards import guesses
from rewards.commands import AddSharedCode, EarlyAccess, PauseReward, ValueCode, WithdrawBatch
from tests.earning.counter import in_parallel, rows
from tests.earning.levels_given import level, terms
from tests.pos.counter import HTMX, Till, errors_of
from tests.pos.given import say
from tests.pos.test_till_rewards import RewardTill, basket_of
from tests.rewards.test_code_batches import stocked
from tests.rewards.test_codes_brought import brought, on_paper
from tests.support.client import visitor
from tests.support.pages import text_of

NOT_GOOD = "This code is not good. Look whether it is typed right, and until when it could be used."


@pytest.fixture
def till(tenant: Tenant, seller_user: User) -> RewardTill:
    return RewardTill(tenant, seller_user)


def paper(till: RewardTill, number: int = 1, **terms: Any) -> list[str]:
    """Codes of a batch of a reward with such terms."""
    _reward, batch = stocked(till.shop, number, **terms)
    return on_paper(till.shop, batch)


def claim(till: Till, code: str, whose: str, *, once: str = "", htmx: bool = True) -> Any:
    told = {"once": once or str(uuid4()), "code": code, "whose": whose}
    return till.client.post(till.at("till-claim-code"), told, headers=HTMX if htmx else {})


def held(till: Till) -> list[Any]:
    return till.rows("select customer_id, state, way from rewards_coupon where tenant_id = %s order by issued_at")


def code_of(till: Till) -> str:
    (code,) = till.rows(f"select code from customers_customer where tenant_id = %s and id = '{till.customer_id}'")[0]
    return str(code)


def test_a_code_on_paper_shows_what_it_gives_and_asks_who_brings_it(till: RewardTill) -> None:
    (code,) = paper(till, benefit=ValueCode(amount=50_000))
    for language, name in (("en", "Free coffee"), ("vi", "Cà phê miễn phí"), ("pl", "Darmowa kawa")):
        till.client = visitor(till.tenant, till.seller, language)
        for page in (till.find(code, enter=True), till.find(f" {code.lower()} ", htmx=False)):
            assert name in text_of(page)
            assert "50" in text_of(page)
            assert "Coffee" not in text_of(page)
            assert 'name="whose"' in page.content.decode()
    assert till.find(code).headers["HX-Push-Url"] == till.at("till")
    assert held(till) == []
    assert rows("rewards_guess", till.tenant, "used") == [(0,), (0,)]


def test_it_is_claimed_for_who_brings_it_and_used_on_their_purchase(till: RewardTill) -> None:
    (code,) = paper(till, benefit=ValueCode(amount=50_000))
    once = str(uuid4())
    first, again = (claim(till, code, code_of(till), once=once) for _ in range(2))
    assert held(till) == [(till.customer_id, "issued", "voucher")]
    (coupon,) = till.rows("select id, pos_id from rewards_coupon where tenant_id = %s")
    assert coupon[1] == till.pos_id
    for page in (first, again):
        assert page.headers["HX-Push-Url"] == till.at("till-rewards", till.customer_id)
        assert f'value="coupon:{coupon[0]}"' in page.content.decode()
    assert "The coupon is the customer's now" in text_of(first)
    till.paid(basket_of(till.keep("80000", f"coupon:{coupon[0]}")))
    assert [total for _number, total, _points in till.sold()] == [30_000]
    assert held(till) == [(till.customer_id, "used", "voucher")]


def test_it_is_used_without_a_purchase(till: RewardTill) -> None:
    (code,) = paper(till)
    claim(till, code, code_of(till), htmx=False)
    (coupon,) = till.rows("select id from rewards_coupon where tenant_id = %s")
    assert till.client.post(till.at("till-use-coupon", coupon[0]), {}, headers=HTMX).status_code == 200
    assert held(till) == [(till.customer_id, "used", "voucher")]
    assert "Used" in text_of(claim(till, code, code_of(till)))
    assert held(till) == [(till.customer_id, "used", "voucher")]


def test_the_customer_at_the_counter_is_filled_in(till: RewardTill) -> None:
    (code,) = paper(till)
    there = f"http://{till.tenant.hosts[0]}"
    at = there + till.at("till-customer", till.customer_id)
    for address, filled in ((at, True), (there + till.at("till"), False), (f"{there}/nothing/", False)):
        query = {"q": code, "enter": "1"}
        page = till.client.get(till.at("till-find"), query_params=query, headers=HTMX | {"HX-Current-URL": address})
        assert (f'value="{code_of(till)}"' in page.content.decode()) is filled, address


def test_among_a_customers_rewards_it_is_typed_with_the_amount(till: RewardTill) -> None:
    first, second = paper(till, 2, benefit=ValueCode(amount=50_000))
    page = till.choose("200000", code=first.lower())
    assert "To pay ₫ 150,000" in text_of(page)
    (coupon,) = till.rows("select id from rewards_coupon where tenant_id = %s")
    assert f'name="choice" value="coupon:{coupon[0]}"' in page.content.decode()
    both = till.keep("200000", f"coupon:{coupon[0]}", code=second)
    assert "To pay ₫ 100,000" in text_of(both), "what it costs now is seen before it is kept"
    assert till.rows("select state from rewards_basket where tenant_id = %s") == []
    carried = till.choose("", code=first)
    assert f'name="choice" value="coupon:{coupon[0]}"' in carried.content.decode(), "theirs already, and no amount yet"
    assert [state for _who, state, _way in held(till)] == ["issued", "issued"]


def test_what_is_wrong_with_a_code_is_said_at_the_code(till: RewardTill) -> None:
    others, gone = paper(till)[0], stocked(till.shop, 1)
    till.shop.do(brought(till.shop, others, till.shop.customer()))
    till.shop.do(WithdrawBatch(batch_id=gone[1], reason="Wrong"))
    for code in (others, on_paper(till.shop, gone[1])[0], "NOTHING-LIKE-IT", "１２３４５６", "\0"):
        page = till.choose("100000", code=code)
        assert page.status_code == 422, code
        assert errors_of(page).keys() == {"code"}, code
    assert errors_of(till.choose("100000", code=others)) == {"code": NOT_GOOD}
    assert "code" in errors_of(till.choose("100000", code=paper(till)[0], once="x"))
    assert errors_of(till.choose("100000", code="A" * 201)).keys() == {"code"}
    assert [who for who, _state, _way in held(till) if who == till.customer_id] == []


def test_who_is_nobody_is_said_at_the_customer(till: RewardTill) -> None:
    (code,) = paper(till)
    for whose in ("", "0912000001", "nobody", "\0", "１２３"):
        assert errors_of(claim(till, code, whose)).keys() == {"whose"}, whose
    assert "Free coffee" in text_of(claim(till, code, "nobody")), "the code is still there"
    say(till.tenant, DeactivateCustomer(customer_id=till.customer_id, reason="x"))
    assert claim(till, code, code_of(till)).status_code == 422
    assert claim(till, code, code_of(till), once="x").status_code == 422
    assert held(till) == []


def test_what_cannot_be_had_here_and_now_says_why_and_keeps_the_code(till: RewardTill) -> None:
    elsewhere = paper(till, merchants=(uuid4(),))[0]
    reward, batch = stocked(till.shop, 1)
    paused = on_paper(till.shop, batch)[0]
    till.shop.do(PauseReward(reward_id=reward))
    for code, said in ((elsewhere, "not for this point of sale"), (paused, "cannot be had now")):
        assert said in text_of(till.find(code, enter=True))
        assert said in errors_of(till.choose("100000", code=code))["code"]
        assert said in errors_of(claim(till, code, code_of(till)))["form"]
    assert held(till) == []
    assert rows("rewards_guess", till.tenant, "used") == [(0,), (0,)]


def test_digits_that_may_be_a_phone_or_a_code_are_either(till: RewardTill) -> None:
    till.shop.do(AddSharedCode(reward_id=till.shop.reward(codes="shared"), code="9876 5432 10"))
    for typed in ("9876543210", "98 765-432 10", "９８７６５４３２１０"):
        for entered in (True, False):
            page = till.find(typed, enter=entered)
            assert "Nobody found" in text_of(page)
            assert "It is a code on paper" in text_of(page), typed
    assert "Free coffee" in text_of(by_code(till, "9876543210"))
    assert 'name="whose"' in by_code(till, "９８７６５４３２１０", htmx=False).content.decode()
    assert NOT_GOOD in text_of(by_code(till, "9876543211"))
    assert sum(used for (used,) in rows("rewards_guess", till.tenant, "used")) == 2, "one of the seller and one of the address"
    for typed in ("+84 987 654 321", "0912345678", "Hoa", "1234567", "1234567890123", "a@b.pl", ""):
        assert "It is a code on paper" not in text_of(till.find(typed)), typed


def test_a_code_of_who_has_it_earlier_asks_whose_it_is(till: RewardTill) -> None:
    made = say(till.tenant, CreateLevelSet(terms=terms(level("base", 0), level("gold", 10**9))))
    say(till.tenant, ActivateLevelSet(set_id=made.set_id, effective_at=datetime(2020, 1, 1, tzinfo=UTC)))
    early: dict[str, Any] = {"codes": "shared", "early_access": (EarlyAccess(level="gold", hours=48),)}
    soon, later = (till.shop.reward(at=datetime.now(UTC) + timedelta(hours=hours), **early) for hours in (24, 72))
    for reward, code in ((soon, "TET-2027"), (later, "TET-2028")):
        till.shop.do(AddSharedCode(reward_id=reward, code=code))
    assert "can be had from" in text_of(till.find("TET-2028", enter=True)), "nobody has it so early"
    assert "Free coffee" in text_of(till.find("TET-2027", enter=True))
    assert "can be had from" in errors_of(claim(till, "TET-2027", code_of(till)))["form"]
    assert held(till) == []
    say(till.tenant, GiveLevel(customer_id=till.customer_id, level="gold", ends_at=datetime.now(UTC) + timedelta(days=30), reason="Press"))
    assert claim(till, "TET-2027", code_of(till)).status_code == 200
    assert [who for who, *_ in held(till)] == [till.customer_id]


def by_code(till: Till, typed: str, *, htmx: bool = True) -> Any:
    """What a seller sees who says that digits are a code."""
    return till.client.get(till.at("till-find"), query_params={"q": typed, "code": "1"}, headers=HTMX if htmx else {})


def test_one_code_for_all_is_taken_for_each_customer_once(till: RewardTill) -> None:
    reward = till.shop.reward(codes="shared")
    till.shop.do(AddSharedCode(reward_id=reward, code="TET-2027"))
    assert "Free coffee" in text_of(till.find("tet 2027", enter=True))
    for _ in range(2):
        assert claim(till, "tet 2027", code_of(till)).status_code == 200
    (coupon,) = till.rows("select id from rewards_coupon where tenant_id = %s")
    till.client.post(till.at("till-use-coupon", coupon[0]), {}, headers=HTMX)
    assert "and has had that" in errors_of(claim(till, "tet 2027", code_of(till)))["form"]
    assert len(held(till)) == 1


@pytest.mark.rounds
def test_two_tills_take_one_code_once(till: RewardTill) -> None:
    (code,) = paper(till)
    customers = [till.shop.customer(first_name="Hoa", phone=f"+8491234567{n}") for n in range(4)]
    owner = visitor(till.tenant, till.seller)

    def one(n: int) -> int:
        told = {"once": str(uuid4()), "code": code, "whose": f"091234567{n}"}
        return int(owner.post(till.at("till-claim-code"), told, headers=HTMX).status_code)

    assert sorted(in_parallel(4, one)) == [200, 422, 422, 422]
    assert len(held(till)) == 1
    assert held(till)[0][0] in customers


def test_wrong_codes_of_a_seller_are_counted(till: RewardTill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guesses.MOST_WRONG, "staff", 2)
    (code,) = paper(till)
    for _ in range(2):
        till.choose("100000", code="NOTHING-LIKE-IT")
    assert "Too many codes were wrong" in errors_of(claim(till, code, code_of(till)))["form"]
    assert held(till) == []


def test_who_may_not_reward_learns_nothing_of_a_code(till: RewardTill, make_user: Any) -> None:
    (code,) = paper(till)
    for role in ("marketer", "reporter", "support"):
        told = {"once": str(uuid4()), "code": code, "whose": code_of(till)}
        assert visitor(till.tenant, make_user(till.tenant, role)).post(till.at("till-claim-code"), told).status_code == 403
    assert visitor(till.tenant).post(till.at("till-claim-code"), {}).status_code == 302
    assert till.client.get(till.at("till-claim-code")).headers["Location"] == till.at("till")
    assert held(till) == []
