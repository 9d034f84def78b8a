"""A code alone is not enough for who was away for long, nor for who brings points by a phone that nobody had proven."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from customers import queries
from customers.budgets import count_fact_try
from customers.commands import (
    ChangeDoors,
    ChangePhoneByCode,
    ConfirmCustomer,
    DeactivateCustomer,
    EditOwnProfile,
    RegisterCustomer,
    SayFact,
)
from customers.domain.customer import Customer
from customers.domain.facts import FREE_TRIES, WAITS, is_known_by, typed_dates
from customers.events import SecondFactAsked, SecondFactSaid
from customers.views.access import COOKIE
from loyalty.domain.errors import DomainError, Throttled
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.customers.given import LATER, a_customer, a_minute_later, bring_level, profile
from tests.customers.test_sign_in import PHONE, asked, do, last_code, people, signed_in
from tests.earning.counter import Counter, in_parallel, rows
from tests.pos.given import a_rule
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

BORN, CARD = date(1990, 5, 17), "97040001"
YEARS_AGO = datetime.now(UTC) - timedelta(days=3 * 365)


# -- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1990-05-17", "17/05/1990", "17.5.1990", "17051990", " 17 05 1990 ", "１７/０５/１９９０"])
def test_a_birth_date_reads_as_it_is_typed(typed: str) -> None:
    assert BORN in typed_dates(typed)


@pytest.mark.parametrize("typed", ["", "05/17/1990", "1990", "17 May", "0" * 60, "9704-0002", "\x00"])
def test_whatever_else_is_said_is_not_it(typed: str) -> None:
    assert not is_known_by(typed, BORN, CARD)


def test_a_card_is_one_too_and_what_is_not_known_is_never_right() -> None:
    assert is_known_by("9704-0001", None, CARD)
    assert not is_known_by("", None, None)
    assert not is_known_by("1990-05-17", None, CARD)


# -- before they spend --------------------------------------------------------------------------


def known_customer() -> Customer:
    customer = a_customer()
    customer.edit(profile(birth_date=BORN), {"phone": PHONE}, LATER)
    customer.pending.clear()
    return customer


def test_who_is_asked_says_it_once_or_is_confirmed_by_staff() -> None:
    customer = known_customer()
    for _ in range(2):
        customer.ask_fact(LATER)
    with pytest.raises(DomainError, match="fact_wrong"):
        customer.say_fact("1990-05-18", LATER)
    customer.say_fact("17/05/1990", LATER)
    customer.confirm(LATER)
    assert customer.pending == [
        SecondFactAsked(customer_id=customer.id, asked_at=LATER),
        SecondFactSaid(customer_id=customer.id, way="fact", said_at=LATER),
    ]


def test_as_long_as_they_are_asked_nobody_says_the_answer_beforehand() -> None:
    customer = a_customer()
    customer.ask_fact(LATER)
    with pytest.raises(DomainError, match="fact_needed"):
        customer.refuse_another_birth_date(BORN)
    customer.confirm(LATER)
    customer.refuse_another_birth_date(BORN)


def imported(tenant: Tenant, points_of: int = 0, **told: Any) -> UUID:
    """A customer whom a file brought, with a purchase."""
    customer: UUID = do(tenant, RegisterCustomer(phone=PHONE, birth_date=BORN, active=True, **told)).customer_id
    if points_of:
        a_rule(tenant)
        Counter(tenant).sell(customer, points_of)
    return customer


def mine(tenant: Tenant, caller: ApiClient) -> ApiClient:
    return ApiClient(signed_in(tenant, caller, terms_version="").json()["token"], tenant.hosts[0])


@pytest.fixture
def caller(tenant: Tenant) -> ApiClient:
    return ApiClient(None, tenant.hosts[0])


def passed_on(me: ApiClient, friend: UUID) -> Any:
    return me.post("/api/v1/me/transfer", {"customer_id": str(friend), "points": 1})


def test_who_brings_points_by_an_unproven_phone_spends_after_a_second_fact(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=20))
    imported(tenant, 250_000)
    friend = do(tenant, RegisterCustomer(first_name="An")).customer_id
    me = mine(tenant, caller)
    assert me.get("/api/v1/me").json()["fact_needed"] is True
    refused = passed_on(me, friend)
    assert (refused.status_code, refused.json()["code"]) == (422, "customers.fact_needed")
    assert mine(tenant, caller).get("/api/v1/me").json()["fact_needed"] is True, "to sign in anew is no answer"
    assert me.post("/api/v1/me/fact", {"fact": "18/05/1990"}).json()["code"] == "customers.fact_wrong"
    assert me.post("/api/v1/me/fact", {"fact": "17/05/1990"}).status_code == 200
    assert passed_on(me, friend).status_code == 200
    assert me.get("/api/v1/me").json()["fact_needed"] is False


@pytest.mark.parametrize(("above", "needed"), [(24, True), (25, False), (None, False)])
def test_only_above_the_balance_that_is_settled(tenant: Tenant, caller: ApiClient, above: int | None, needed: bool) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=above))
    imported(tenant, 250_000)
    assert mine(tenant, caller).get("/api/v1/me").json()["fact_needed"] is needed


def test_nobody_answers_by_what_they_said_themselves(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    customer = imported(tenant, 250_000)
    mine(tenant, caller)
    for said in (date(2000, 1, 1), BORN):
        with pytest.raises(DomainError, match="fact_needed"):
            do(tenant, EditOwnProfile(customer_id=customer, birth_date=said))
    do(tenant, ConfirmCustomer(customer_id=customer))
    with pytest.raises(DomainError, match="birth_date_known"):
        do(tenant, EditOwnProfile(customer_id=customer, birth_date=date(2000, 1, 1)))
    with reading(tenant.id):
        assert queries.is_asked(customer) is False


def test_nobody_is_told_the_answer_before_they_say_it(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    imported(tenant, 250_000, card=CARD)
    me, browser = mine(tenant, caller), visitor(tenant)
    browser.cookies[COOKIE] = signed_in(tenant, caller, terms_version="").json()["token"]
    pages = ("/app/", "/app/me/", "/app/me/profile/", "/app/card/")

    def told() -> set[str]:
        answers = [*(me.get(f"/api/v1/{path}") for path in ("me", "me/card", "me/export")), *map(browser.get, pages)]
        return {fact for fact in (BORN.isoformat(), CARD) if any(fact in answer.content.decode() for answer in answers)}

    assert (told(), me.get("/api/v1/me/export").json()["code"]) == (set(), "customers.fact_needed")
    saved = browser.post("/app/me/profile/", {"first_name": "Lan", "gender": "female", "language": "vi"})
    assert (saved.status_code, me.get("/api/v1/me").json()["first_name"]) == (302, "Lan")
    me.post("/api/v1/me/fact", {"fact": "17/05/1990"})
    assert told() == {BORN.isoformat(), CARD}


def test_a_code_told_at_a_till_is_no_way_around_it(tenant: Tenant, caller: ApiClient, api: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    imported(tenant, 250_000)
    where = api.post("/api/v1/enrolments", {"phone": PHONE}).json()["challenge_id"]
    unsaid = api.post(f"/api/v1/enrolments/{where}", {"code": last_code(tenant), "terms_version": " "}).json()
    assert [(one["pointer"], one["code"]) for one in unsaid["errors"]] == [("/terms_version", "customers.text_version_missing")]
    joined = api.post(f"/api/v1/enrolments/{where}", {"code": last_code(tenant), "terms_version": "1"})
    assert (joined.status_code, joined.json()["registered"]) == (200, False)
    with reading(tenant.id):
        assert queries.is_asked(UUID(joined.json()["customer_id"])) is True


@pytest.mark.parametrize("away_for", [timedelta(0), timedelta(days=3 * 365)])
def test_nor_is_a_merge_with_whoever_has_the_number(tenant: Tenant, caller: ApiClient, away_for: timedelta) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=None if away_for else 0))
    if away_for:
        away(tenant, birth_date=BORN)
    else:
        imported(tenant, 250_000)
    me = ApiClient(signed_in(tenant, caller, "0987654321").json()["token"], tenant.hosts[0])

    def merged() -> Any:
        where = me.post("/api/v1/me/merge", {"phone": PHONE}).json()["challenge_id"]
        return me.post(f"/api/v1/me/merge/{where}", {"code": last_code(tenant)})

    refused = merged()
    assert (refused.status_code, refused.json()["code"]) == (422, "customers.other_fact_needed")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        theirs = ApiClient(signed_in(tenant, caller, terms_version="", fact="17/05/1990").json()["token"], tenant.hosts[0])
        theirs.post("/api/v1/me/fact", {"fact": "17/05/1990"})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=4)):
        assert merged().status_code == 200, "who turned out to be the other one may"


def test_a_pending_question_bars_another_phone(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    customer = imported(tenant, 250_000)
    me = mine(tenant, caller)
    where = me.post("/api/v1/me/phone", {"phone": "0987654321"}).json()["challenge_id"]
    session = UUID(me.get("/api/v1/me/sessions").json()["items"][0]["id"])
    with pytest.raises(DomainError, match="fact_needed"):
        do(tenant, ChangePhoneByCode(customer_id=customer, session_id=session, challenge_id=UUID(where), code=last_code(tenant)))


def test_three_tries_and_then_a_while_however_many_come_at_once(tenant: Tenant, caller: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    imported(tenant, 250_000)
    me = mine(tenant, caller)
    answers: Any = in_parallel(9, lambda n: me.post("/api/v1/me/fact", {"fact": f"0{n + 1}/05/1991"}))
    codes = sorted(a.json()["code"] for a in answers)
    assert codes == ["customers.fact_wrong"] * FREE_TRIES + ["customers.too_many_facts"] * (9 - FREE_TRIES)
    refused = me.post("/api/v1/me/fact", {"fact": "17/05/1990"})
    assert (refused.status_code, "staff can confirm" in refused.json()["detail"]) == (429, True), "the right one as well"
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        assert me.post("/api/v1/me/fact", {"fact": "17/05/1990"}).status_code == 200


def test_it_is_longer_each_time_and_never_a_day(tenant: Tenant) -> None:
    at, whose, waited = datetime.now(UTC), b"w" * 32, []
    for _ in range(8):
        begun = at
        while True:
            try:
                count_fact_try(tenant.id, whose, at)
                break
            except Throttled as refused:
                with pytest.raises(Throttled):
                    count_fact_try(tenant.id, whose, refused.params["until"] - timedelta(seconds=1))
                at = refused.params["until"]
        waited.append(at - begun)
    assert waited == [timedelta(), *WAITS, WAITS[-1]]
    count_fact_try(tenant.id, whose, at + timedelta(days=1))
    count_fact_try(tenant.id, whose, at + timedelta(days=1))


def test_staff_let_somebody_say_it_again_at_once(tenant: Tenant, caller: ApiClient, admin_site: Any, api: ApiClient) -> None:
    customer = away(tenant, birth_date=BORN, first_name="Lan")
    page = f"/admin/customers/customer/{customer}/confirm/"
    assert admin_site.get(page).status_code == 404, "nobody waits"

    def said(fact: str) -> Any:
        where = asked(caller)
        return caller.post(where, {"code": last_code(tenant), "fact": fact})

    assert [said("18/05/1990").status_code for _ in range(FREE_TRIES)] == [422] * FREE_TRIES
    assert said("17/05/1990").json()["code"] == "customers.too_many_facts"
    assert "said something else than is known" in text_of(admin_site.get(page))
    assert admin_site.post(page, {}).status_code == 302
    assert admin_site.get(page).status_code == 404
    a_minute_later()
    assert said("17/05/1990").json()["customer_id"] == str(customer)


def test_on_their_pages_they_are_asked_and_say_it(tenant: Tenant) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    imported(tenant, 250_000, first_name="Lan")
    browser = visitor(tenant)
    where = browser.post("/app/sign-in/", {"phone": PHONE}).headers["Location"]
    browser.post(where, {"code": last_code(tenant)})
    assert "Is it you?" in text_of(browser.get("/app/"))
    assert "This is not what is known" in text_of(browser.post("/app/me/confirm/", {"fact": "1"}))
    assert browser.post("/app/me/confirm/", {"fact": "1990-05-17"}).headers["Location"] == "/app/"
    assert "Is it you?" not in text_of(browser.get("/app/"))


def test_staff_confirm_who_they_see(tenant: Tenant, caller: ApiClient, admin_site: Any, api: ApiClient) -> None:
    do(tenant, ChangeDoors(doors=("phone",), fact_above=0))
    customer = imported(tenant, 250_000)
    page = f"/admin/customers/customer/{customer}/confirm/"
    assert admin_site.get(page).status_code == 404, "nobody asks"
    mine(tenant, caller)
    assert admin_site.post(page, {}).status_code == 302
    with reading(tenant.id):
        assert queries.is_asked(customer) is False
    assert api.post(f"/api/v1/customers/{customer}/confirm").status_code == 200


# -- after a long time --------------------------------------------------------------------------


def away(tenant: Tenant, **told: Any) -> UUID:
    """A customer who did nothing for three years."""
    return UUID(str(do(tenant, RegisterCustomer(phone=PHONE, **told), at=YEARS_AGO).customer_id))


def test_who_was_away_says_a_fact_with_the_same_code(tenant: Tenant, caller: ApiClient) -> None:
    customer = away(tenant, birth_date=BORN)
    where = asked(caller)
    body = {"code": last_code(tenant)}
    first = caller.post(where, body)
    assert (first.status_code, first.json()["code"], first.json()["errors"][0]["pointer"]) == (422, "customers.fact_missing", "/fact")
    assert caller.post(where, body | {"fact": "18/05/1990"}).json()["code"] == "customers.fact_wrong"
    entered = caller.post(where, body | {"fact": "17/05/1990"}).json()
    assert (entered["customer_id"], entered["registered"]) == (str(customer), False)
    assert signed_in(tenant, caller, terms_version="").status_code == 200, "seen now, so a code is enough"


def test_a_code_is_enough_for_who_bought_lately_or_where_it_is_settled_so(tenant: Tenant, caller: ApiClient) -> None:
    customer = away(tenant)
    Counter(tenant).sell(customer, 10_000)
    bring_level("customers.spending")
    assert signed_in(tenant, caller, terms_version="").status_code == 200
    away_too = do(tenant, RegisterCustomer(phone="+84987654321"), at=YEARS_AGO).customer_id
    do(tenant, ChangeDoors(doors=("phone",), dormant_months=0))
    assert signed_in(tenant, caller, "+84987654321", terms_version="").json()["customer_id"] == str(away_too)


def test_whoever_has_the_number_now_begins_anew_without_what_was_before(tenant: Tenant, caller: ApiClient) -> None:
    before = away(tenant, first_name="Cũ")
    where = asked(caller)
    body = {"code": last_code(tenant), "anew": True}
    assert caller.post(where, body).json()["code"] == "customers.terms_missing"
    entered = caller.post(where, body | {"terms_version": "1", "first_name": "Mới"}).json()
    assert (entered["registered"], entered["customer_id"] == str(before), people(tenant)) == (True, False, 2)
    with reading(tenant.id):
        assert (queries.contacts(before).phone, queries.customer(before).name) == (None, "Cũ")
        assert queries.contacts(UUID(entered["customer_id"])).phone == PHONE
    assert signed_in(tenant, caller, terms_version="").json()["customer_id"] == entered["customer_id"]


def test_nobody_begins_anew_in_the_place_of_who_was_seen_lately(tenant: Tenant, caller: ApiClient) -> None:
    customer = do(tenant, RegisterCustomer(phone=PHONE)).customer_id
    entered = signed_in(tenant, caller, anew=True).json()
    assert (entered["customer_id"], entered["registered"]) == (str(customer), False)


def test_who_cannot_read_the_code_uses_up_no_tries_of_who_can(tenant: Tenant, caller: ApiClient) -> None:
    customer = away(tenant, birth_date=BORN)
    where = asked(caller)
    code = last_code(tenant)
    guess = {"code": f"{(int(code) + 1) % 10**6:06}", "fact": "18/05/1990"}
    assert [caller.post(where, guess).json()["code"] for _ in range(4)] == ["customers.code_wrong"] * 4
    assert caller.post(where, {"code": code, "fact": "17/05/1990"}).json()["customer_id"] == str(customer)


def test_tries_are_counted_for_the_number_and_not_for_the_challenge(tenant: Tenant, caller: ApiClient) -> None:
    away(tenant, birth_date=BORN)
    for n in range(FREE_TRIES + 1):
        where = asked(caller)
        answer = caller.post(where, {"code": last_code(tenant), "fact": f"1{n}/06/1991"}).json()["code"]
        assert answer == ("customers.fact_wrong" if n < FREE_TRIES else "customers.too_many_facts")


def test_who_is_inactive_is_told_what_a_wrong_code_is_told_also_after_years(tenant: Tenant, caller: ApiClient) -> None:
    customer = away(tenant, birth_date=BORN)
    do(tenant, DeactivateCustomer(customer_id=customer, reason="asked for it"), at=YEARS_AGO)
    assert signed_in(tenant, caller).json()["code"] == "customers.code_wrong"


def test_on_the_page_they_are_asked_and_may_begin_anew(tenant: Tenant) -> None:
    away(tenant, birth_date=BORN)
    browser = visitor(tenant)
    where = browser.post("/app/sign-in/", {"phone": PHONE}).headers["Location"]
    code = last_code(tenant)
    told = text_of(browser.post(where, {"code": code}))
    assert ("after such a long time" in told, "Begin anew" in told) == (True, True)
    wrong = browser.post(where, {"code": code, "fact_step": "1", "fact": "1.1.1990"})
    assert "This is not what is known" in text_of(wrong)
    asked_for_terms = browser.post(where, {"code": code, "fact_step": "1", "fact": "", "anew": "1"})
    assert "One thing is left" in text_of(asked_for_terms)
    entered = browser.post(where, {"code": code, "join": "1", "anew": "True", "terms_version": "on"})
    assert (entered.headers["Location"], COOKIE in entered.cookies, people(tenant)) == ("/app/", True, 2)
    assert len(rows("customers_identifier", tenant, "id")) == 4, "two codes, and the phone before and now"


def test_say_fact_needs_somebody_who_takes_part(tenant: Tenant) -> None:
    somebody = do(tenant, RegisterCustomer(phone=PHONE, birth_date=BORN, active=False)).customer_id
    with pytest.raises(DomainError, match="not_active"):
        do(tenant, SayFact(customer_id=somebody, fact="1990-05-17"))
