"""Customers bring friends: by link, phone and email, each friend once, whatever happens at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.test import Client

from customers.commands import (
    ChangeDoors,
    DeactivateCustomer,
    EditCustomer,
    EraseCustomer,
    InviteFriend,
    MergeCustomers,
    RegisterCustomer,
    SendCode,
    SignInByCode,
    TakeInvitationLink,
    UnmergeCustomer,
    WithdrawInvitation,
)
from customers.domain.invitation import BUDGETS
from customers.invitations import forget_old, new_code
from customers.views.invitation_cookie import COOKIE
from loyalty.domain.errors import DomainError, Throttled
from loyalty.guards import disagreements
from loyalty.projections.rebuild import checksum
from loyalty.staff.models import token_hash
from loyalty.tenancy.models import Tenant
from tests.customers.given import a_minute_later, bring_level
from tests.customers.test_sign_in import asked, do, last_code, letters
from tests.earning.counter import Counter, in_parallel, rows
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PHONE, OTHER = "+84912345678", "+84987000111"
ERASED = "customers.customer_erased"
MINE = "/api/v1/me/invitations"


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


@pytest.fixture
def huong(api: ApiClient) -> UUID:
    """Somebody who invites."""
    return UUID(api.post("/api/v1/customers", {"first_name": "Hương", "last_name": "Đỗ", "phone": "0901000001"}).json()["customer_id"])


@pytest.fixture
def app(tenant: Tenant, api: ApiClient, huong: UUID) -> ApiClient:
    """Her app."""
    return ApiClient(api.post(f"/api/v1/customers/{huong}/tokens", {}).json()["token"], tenant.hosts[0])


def invite(tenant: Tenant, customer: UUID, to: str = PHONE, way: Any = "phone") -> tuple[UUID, str]:
    """The invitation, and the code at the end of its link."""
    code = new_code()
    order = InviteFriend(customer_id=customer, way=way, to=to, code=code, link=f"x/{code}", asked_from="198.51.100.1", language="en")
    return do(tenant, order).invitation_id, code


def link_of(tenant: Tenant, customer: UUID) -> str:
    return str(do(tenant, TakeInvitationLink(customer_id=customer, code=new_code())))


def come(tenant: Tenant, phone: str, invitation: str = "") -> UUID:
    """The customer who joins, or is there, by a code that went to the phone."""
    code = f"{uuid4().int % 10**6:06}"
    a_minute_later()
    sent = do(tenant, SendCode(purpose="sign_in", kind="phone", to=phone, code=code, asked_from=str(uuid4()), language="vi"))
    return come_by(tenant, sent.challenge_id, code, invitation)


def come_by(tenant: Tenant, challenge_id: UUID, code: str, invitation: str) -> UUID:
    order = SignInByCode(
        challenge_id=challenge_id, code=code, hash=token_hash(str(uuid4())), device="?", terms_version="1", invitation=invitation
    )
    customer: UUID = do(tenant, order).customer_id
    return customer


def told(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Way, state and friend of each invitation, in the order in which they began."""
    return rows("customers_invitation", tenant, "way, state, customer_id", "begun_at")


def referrer_of(tenant: Tenant, customer: UUID) -> UUID | None:
    return dict(rows("customers_customer", tenant, "id, referrer_id"))[customer]


# -- by link, phone, email, and at the till -----------------------------------------------------


def test_who_joins_by_a_link_was_brought_and_what_they_buy_and_keep_counts(
    tenant: Tenant, app: ApiClient, counter: Counter, huong: UUID
) -> None:
    link = app.put(f"{MINE}/link").json()
    assert link == app.put(f"{MINE}/link").json()
    assert link["url"].endswith(f"/app/join/{link['code']}/")
    stranger = ApiClient(None, tenant.hosts[0])
    where = asked(stranger, PHONE)
    joined = stranger.post(where, {"code": last_code(tenant), "terms_version": "1", "invitation": link["code"].lower()}).json()
    friend = UUID(joined["customer_id"])
    assert (joined["registered"], referrer_of(tenant, friend), told(tenant)) == (True, huong, [("link", "registered", friend)])
    order = counter.order(friend, 100_000)
    sale = counter.do(order)
    bring_level("customers.purchases")
    bring_level("customers.friend_purchases")
    assert told(tenant) == [("link", "purchased", friend)]
    later = counter.sell(friend, 50_000)
    counter.take_back(order, sale.purchase_id)
    bring_level("customers.purchases")
    bring_level("customers.friend_purchases")
    assert rows("customers_invitation", tenant, "state, purchase_id") == [("purchased", later.purchase_id)]
    (shown,) = app.get(MINE).json()["items"]
    assert (shown["state"], shown["to"]) == ("purchased", "")
    assert shown.keys().isdisjoint({"customer_id", "registered_at", "purchased_at"}), "who a friend is, and when they buy, is theirs"


def test_a_return_of_everything_turns_it_back_and_the_next_purchase_counts(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    friend = come(tenant, PHONE, link_of(tenant, huong))
    seen = []
    for _ in range(2):
        order = counter.order(friend, 100_000)
        sale = counter.do(order)
        for step in (lambda: None, lambda order=order, sale=sale: counter.take_back(order, sale.purchase_id)):
            step()
            bring_level("customers.purchases")
            bring_level("customers.friend_purchases")
            seen.append(told(tenant)[0][1])
    assert seen == ["purchased", "registered", "purchased", "registered"]
    live = checksum("customers_invitation")
    call_command("rebuild", "customers.invitations")
    assert checksum("customers_invitation") == live


@pytest.mark.parametrize("way", ["phone", "email"])
def test_a_message_goes_to_whoever_is_invited_and_they_are_known_by_it_at_the_till_too(
    tenant: Tenant, app: ApiClient, counter: Counter, huong: UUID, way: str
) -> None:
    to = {"phone": "0912 345 678", "email": "Lan@Example.com"}[way]
    known = counter.customer(**{"phone": {"phone": OTHER}, "email": {"email": "an@example.com"}}[way])
    answers = [app.post(MINE, {way: one}) for one in (to, {"phone": OTHER, "email": "an@example.com"}[way])]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json().keys() == answers[1].json().keys()
    sent = letters(tenant)
    assert len(sent) == 2, "a message goes in any case"
    assert "Hương invites you to" in sent[0][1]
    assert "/app/join/" in sent[0][1]
    friend = counter.customer(**{way: {"phone": PHONE, "email": "lan@example.com"}[way]})
    assert told(tenant) == [(way, "registered", friend), (way, "invited", None)]
    assert (referrer_of(tenant, friend), referrer_of(tenant, known)) == (huong, None)
    masks = [one["to"] for one in app.get(MINE).json()["items"]]
    assert masks == {"phone": ["••• 111", "••• 678"], "email": ["a•••@example.com", "l•••@example.com"]}[way]


def test_whoever_invited_first_brought_them_unless_they_came_by_anothers_link(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    lan = counter.customer(first_name="Lan")
    invite(tenant, lan)
    invite(tenant, huong)
    assert referrer_of(tenant, come(tenant, PHONE)) == lan
    invite(tenant, lan, OTHER)
    assert referrer_of(tenant, come(tenant, OTHER, link_of(tenant, huong))) == huong


def test_whom_staff_name_brought_somebody_and_a_file_brings_nobody(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    friend = counter.customer(phone=OTHER, referrer_id=huong)
    invite(tenant, huong)
    do_by_file = counter.do(RegisterCustomer(phone=PHONE), channel="import").customer_id
    assert told(tenant) == [("staff", "registered", friend), ("phone", "invited", None)]
    assert referrer_of(tenant, do_by_file) is None


def test_who_was_merged_with_a_friend_buys_for_them_and_who_is_the_friend_brought_nobody(
    tenant: Tenant, app: ApiClient, counter: Counter, huong: UUID
) -> None:
    friend = come(tenant, PHONE, link_of(tenant, huong))
    again, seen = counter.customer(phone=OTHER), []

    def look() -> None:
        for follower in ("customers.purchases", "customers.friend_purchases"):
            bring_level(follower)
        seen.append(told(tenant)[0][1])

    counter.sell(again, 100_000)
    for change in (
        MergeCustomers(customer_id=friend, other_id=again, reason="the same person"),
        MergeCustomers(customer_id=huong, other_id=friend, reason="they invited themselves"),
        UnmergeCustomer(customer_id=friend, reason="they did not"),
        UnmergeCustomer(customer_id=again, reason="nor is this them"),
    ):
        look()
        do(tenant, change)
    look()
    assert seen == ["registered", "purchased", "registered", "purchased", "registered"]
    other = counter.customer(first_name="Hương", phone="+84901000009")
    invitation, _code = invite(tenant, other, "+84901000008")
    do(tenant, MergeCustomers(customer_id=huong, other_id=other, reason="the same person"))
    assert [one["state"] for one in app.get(MINE).json()["items"]] == ["invited", "registered"]
    assert app.post(f"{MINE}/{invitation}/withdraw").status_code == 200


# -- refused ------------------------------------------------------------------------------------


def test_nobody_invites_themselves_or_the_same_friend_twice_or_more_than_the_budgets_allow(
    tenant: Tenant, app: ApiClient, counter: Counter, huong: UUID
) -> None:
    own = app.post(MINE, {"phone": "0901 000 001"})
    assert (own.status_code, own.json()["code"]) == (422, "customers.invites_oneself")
    assert app.post(MINE, {"phone": PHONE}).status_code == 201
    again = app.post(MINE, {"phone": "0912345678"})
    assert (again.status_code, again.json()["code"]) == (409, "customers.invited_already")
    for body in ({}, {"phone": PHONE, "email": "a@example.com"}):
        assert app.post(MINE, body).json()["code"] == "customers.friend_one"
    for phone, code in (("028 3823 4567", "phone.not_mobile"), ("+48601123456", "phone.country")):
        assert app.post(MINE, {"phone": phone}).json()["code"] == code
    for n in range(BUDGETS["to"] - 1):
        invite(tenant, counter.customer(first_name=f"An {'xyz'[n]}"))
    with pytest.raises(Throttled, match="too_many_invitations"):
        invite(tenant, counter.customer())
    with pytest.raises(Throttled):
        [invite(tenant, huong, f"+8491{n:07}") for n in range(BUDGETS["by"])]
    assert len(letters(tenant)) == BUDGETS["to"] + BUDGETS["by"] - 1


def test_an_invitation_is_used_once_however_many_come_by_it_at_once(tenant: Tenant, huong: UUID) -> None:
    _invitation, code = invite(tenant, huong)
    came = in_parallel(12, lambda n: come(tenant, f"+8493{n:07}", code))
    assert len({one for one in came if isinstance(one, UUID)}) == 12, "all of them join"
    assert [state for _way, state, _friend in told(tenant)] == ["registered"]
    assert sum(referrer == huong for (referrer,) in rows("customers_customer", tenant, "referrer_id")) == 1


def test_a_person_who_comes_by_a_link_fifty_times_at_once_counts_once(tenant: Tenant, huong: UUID) -> None:
    code, sent = link_of(tenant, huong), []
    for n in range(50):
        if n % 5 == 0:
            moment = time_machine.travel(datetime.now(UTC) + timedelta(hours=2 * n), tick=True)
        with moment:
            a_minute_later()
            order = SendCode(purpose="sign_in", kind="phone", to=PHONE, code="123456", asked_from="198.51.100.1", language="vi")
            sent.append(do(tenant, order).challenge_id)
    with_code = rows("customers_challenge", tenant, "id")
    assert len(with_code) == 50
    with connections["owner"].cursor() as cursor:
        cursor.execute("update customers_challenge set expires_at = now() + interval '1 hour' where tenant_id = %s", [tenant.id])
    came = in_parallel(50, lambda n: come_by(tenant, sent[n], "123456", code))
    (friend,) = set(came)
    assert told(tenant) == [("link", "registered", friend)]


def test_two_customers_who_invite_each_other_at_once_bring_nobody(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    lan = counter.customer(first_name="Lan", phone=OTHER)
    links = {huong: link_of(tenant, huong), lan: link_of(tenant, lan)}
    steps: list[Callable[[], Any]] = [
        lambda: invite(tenant, huong, OTHER),
        lambda: invite(tenant, lan, "+84901000001"),
        lambda: come(tenant, OTHER, links[huong]),
        lambda: come(tenant, "+84901000001", links[lan]),
    ]
    answers = in_parallel(4, lambda n: steps[n]())
    assert [one for one in answers if isinstance(one, DomainError)] == []
    assert [state for _way, state, _friend in told(tenant)] == ["invited", "invited"]
    assert {referrer for (referrer,) in rows("customers_customer", tenant, "referrer_id")} == {None}


def test_who_was_here_before_is_not_brought_again(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    """Neither by a number that they gave up (a circle with themselves), nor once they were erased; they join all the same."""
    link = link_of(tenant, huong)
    do(tenant, EditCustomer(customer_id=huong, phone="+84901000002"))
    herself = come(tenant, "+84901000001", link)
    friend = come(tenant, PHONE, link)
    do(tenant, EditCustomer(customer_id=friend, phone=OTHER))
    do(tenant, EraseCustomer(customer_id=friend))
    again = [come(tenant, phone, link) for phone in (PHONE, OTHER)]
    assert told(tenant) == [("link", "registered", friend)]
    assert {referrer_of(tenant, one) for one in (herself, *again)} == {None}


def test_nobody_is_brought_by_who_does_not_take_part_or_is_erased_or_withdrew_it(tenant: Tenant, counter: Counter, huong: UUID) -> None:
    lan, minh = counter.customer(first_name="Lan"), counter.customer(first_name="Minh")
    links = [link_of(tenant, one) for one in (lan, minh)]
    do(tenant, DeactivateCustomer(customer_id=lan, reason="asked"))
    do(tenant, EraseCustomer(customer_id=minh))
    invitation, code = invite(tenant, huong)
    with pytest.raises(DomainError, match="invitation_unknown"):
        do(tenant, WithdrawInvitation(invitation_id=invitation, customer_id=lan))
    do(tenant, WithdrawInvitation(invitation_id=invitation, customer_id=huong))
    came = [come(tenant, f"+8493{n:07}", link) for n, link in enumerate([*links, code, "", "0" * 12])] + [come(tenant, PHONE)]
    assert {referrer_of(tenant, one) for one in came} == {None}
    assert [state for _way, state, _friend in told(tenant)] == ["withdrawn"]


def test_nobody_comes_by_who_is_erased_in_the_same_moment(tenant: Tenant, counter: Counter) -> None:
    for round_ in range(3):
        minh = counter.customer(first_name="Minh")
        link = link_of(tenant, minh)
        in_parallel(6, lambda n, minh=minh, link=link, r=round_: (  # type: ignore[misc]
            do(tenant, EraseCustomer(customer_id=minh)) if n == 3 else come(tenant, f"+849{r}{n:07}", link)
        ))  # fmt: skip
        recorded = rows("event.event", tenant, "name, payload->>'referrer_id', payload->>'customer_id'", "position")
        of_minh = [name for name, referrer, customer in recorded if referrer == str(minh) or (name == ERASED and customer == str(minh))]
        assert "customers.friend_registered" not in of_minh[of_minh.index(ERASED) :]


def test_where_the_door_is_closed_nobody_is_invited_and_no_link_counts(
    tenant: Tenant, app: ApiClient, browser: Client, huong: UUID
) -> None:
    code = link_of(tenant, huong)
    do(tenant, ChangeDoors(doors=("phone",)))
    for answer in (app.put(f"{MINE}/link"), app.post(MINE, {"phone": PHONE})):
        assert (answer.status_code, answer.json()["code"]) == (422, "customers.invitations_closed")
    page = browser.get("/app/invite/").content.decode()
    assert ("takes no invitations" in page, "data-copy" in page) == (True, False)
    assert referrer_of(tenant, come(tenant, PHONE, code)) is None


# -- what is kept -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["inviting", "invited", "invited but nobody yet"])
def test_where_an_invitation_went_is_forgotten_with_either_side(tenant: Tenant, counter: Counter, huong: UUID, who: str) -> None:
    invite(tenant, huong, OTHER if who == "invited but nobody yet" else PHONE)
    friend = counter.customer(phone=OTHER) if who == "invited but nobody yet" else come(tenant, PHONE)
    if who == "invited but nobody yet":
        do(tenant, EditCustomer(customer_id=friend, phone=PHONE))
    do(tenant, EraseCustomer(customer_id=huong if who == "inviting" else friend))
    assert rows("customers_invited", tenant, "invitation_id") == []
    assert [text for _to, text in letters(tenant) if "Hương" in text] == []
    assert rows("customers_invitation_link", tenant, "code") == []


def test_where_invitations_went_is_forgotten_when_they_are_over(tenant: Tenant, huong: UUID) -> None:
    invite(tenant, huong)
    now = datetime.now(UTC)
    assert [forget_old(tenant.id, now + timedelta(days=days)) for days in (59, 61)] == [0, 1]


def test_the_guard_says_what_the_log_says_and_a_change_of_it_is_found(tenant: Tenant, huong: UUID) -> None:
    invitation, _code = invite(tenant, huong)
    _invitation, code = invite(tenant, huong, OTHER)
    come(tenant, OTHER, code)

    def found() -> list[UUID]:
        return [one.stream_id for name, one in disagreements() if name == "customers.invitations" and one.tenant_id == tenant.id]

    assert found() == []
    for change in ("withdrawn = true", "withdrawn = false, customer_id = referrer_id", "customer_id = null, referrer_id = invitation_id"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"update customers_invited set {change} where tenant_id = %s and invitation_id = %s", [tenant.id, invitation])
        assert found() == [invitation], change


# -- pages --------------------------------------------------------------------------------------


@pytest.fixture
def browser(tenant: Tenant, huong: UUID) -> Client:
    """Her phone, signed in."""
    client, code = visitor(tenant), "123456"
    sent = do(tenant, SendCode(purpose="sign_in", kind="phone", to="+84901000001", code=code, asked_from="x", language="vi"))
    client.post(f"/app/sign-in/{sent.challenge_id}/", {"code": code})
    return client


def test_a_friend_opens_the_link_and_joins_and_the_page_says_so(tenant: Tenant, browser: Client, huong: UUID) -> None:
    page = browser.get("/app/invite/").content.decode()
    link = page.split('data-copy="')[1].split('"')[0]
    path = link.partition(tenant.hosts[0])[2]
    friend = visitor(tenant)
    landed = friend.get(path)
    kept = landed.cookies[COOKIE]
    assert (landed.headers["Location"], kept["httponly"], kept["path"]) == ("/app/sign-in/", True, "/app/")
    assert "A friend invites you" in text_of(friend.get("/app/sign-in/"))
    where = friend.post("/app/sign-in/", {"phone": "0912 345 678"}).headers["Location"]
    inside = friend.post(where, {"code": last_code(tenant), "join": "1", "first_name": "Lan", "terms_version": "on"})
    assert (inside.headers["Location"], inside.cookies[COOKIE].value) == ("/app/", "")
    said = text_of(browser.get("/app/invite/"))
    assert ("By link" in said, "Registered" in said, "Lan" in said) == (True, True, False)


@pytest.mark.parametrize("code", ["AAAAAAAAAAAA", "x", "%00"])
def test_who_comes_by_a_link_of_nobody_is_told_so_and_joins_without_it(tenant: Tenant, code: str) -> None:
    friend = visitor(tenant)
    landed = friend.get(f"/app/join/{code}/")
    assert landed.headers["Location"] == "/app/sign-in/?invitation=over"
    assert "This invitation is not good any more" in text_of(friend.get(landed.headers["Location"]))


def test_an_invitation_that_was_used_or_withdrawn_meanwhile_is_told_of_and_says_nothing_of_anybody(
    tenant: Tenant, browser: Client, huong: UUID
) -> None:
    invitation, code = invite(tenant, huong)
    friend, late = visitor(tenant), visitor(tenant)
    assert friend.get(f"/app/join/{code}/").headers["Location"] == "/app/sign-in/"
    do(tenant, WithdrawInvitation(invitation_id=invitation, customer_id=huong))
    assert late.get(f"/app/join/{code}/").headers["Location"] == "/app/sign-in/?invitation=over"
    where = friend.post("/app/sign-in/", {"phone": "0912 345 678"}).headers["Location"]
    friend.post(where, {"code": last_code(tenant), "join": "1", "first_name": "Lan", "terms_version": "on"})
    home = text_of(friend.get("/app/"))
    assert ("does not count" in home, "Hương" in home) == (True, False)


def test_a_program_is_told_that_the_invitation_it_said_does_not_count(tenant: Tenant, huong: UUID) -> None:
    stranger, told = ApiClient(None, tenant.hosts[0]), {}
    for phone, code in {PHONE: "nobody's", OTHER: link_of(tenant, huong), "+84901000009": ""}.items():
        where = asked(stranger, phone)
        answer = stranger.post(where, {"code": last_code(tenant), "terms_version": "1", "invitation": code}).json()
        told[phone] = answer["registered"], answer["invitation_over"]
    assert told == {PHONE: (True, True), OTHER: (True, False), "+84901000009": (True, False)}


def test_a_message_is_sent_from_the_page_and_withdrawn(tenant: Tenant, browser: Client) -> None:
    assert browser.post("/app/invite/", {"to": "0901 000 001"}).status_code == 422
    assert browser.post("/app/invite/", {"to": "12345"}).status_code == 422
    sent = browser.post("/app/invite/", {"to": "0912 345 678"}, follow=True)
    assert ("The invitation is on its way" in text_of(sent), "••• 678" in text_of(sent)) == (True, True)
    ((invitation,),) = rows("customers_invitation", tenant, "id")
    assert browser.post(f"/app/invite/{uuid4()}/withdraw/").status_code == 302
    assert "Withdrawn" in text_of(browser.post(f"/app/invite/{invitation}/withdraw/", follow=True))
    assert visitor(tenant).get("/app/invite/").headers["Location"] == "/app/sign-in/"


def test_staff_see_who_brought_whom_and_withdraw(tenant: Tenant, admin_site: Any, api: ApiClient, huong: UUID) -> None:
    friend = come(tenant, OTHER, link_of(tenant, huong))
    invitation, _code = invite(tenant, huong)
    for query, seen in ({}, (True, True)), ({"state": "registered"}, (False, True)), ({"referrer": str(friend)}, (False, False)):
        page = admin_site.get("/admin/customers/invitation/", query).content.decode().partition('id="result_list"')[2]
        assert ("••• 678" in page, "By link" in page) == seen, query
    assert "Invitations: 2" in text_of(admin_site.get(f"/admin/customers/customer/{huong}/change/"))
    one = text_of(admin_site.get(f"/admin/customers/invitation/{invitation}/change/"))
    assert [said in one for said in ("Hương", "By phone · ", "Invited", "('", str(invitation))] == [True, True, True, False, False]
    listed = api.get(f"/api/v1/customers/{huong}/invitations", {"limit": 1}).json()
    rest = api.get(f"/api/v1/customers/{huong}/invitations", {"cursor": listed["next"]}).json()
    assert [one["state"] for one in listed["items"] + rest["items"]] == ["invited", "registered"]
    assert [one["referrer_id"] for one in api.get("/api/v1/invitations", {"state": "registered"}).json()["items"]] == [str(huong)]
    done = admin_site.post(f"/admin/customers/invitation/{invitation}/withdraw/", {}, follow=True)
    assert "The invitation is withdrawn." in text_of(done)
    assert api.post(f"/api/v1/invitations/{invitation}/withdraw").status_code == 200
    (joined,) = (one for one, way in rows("customers_invitation", tenant, "id, way") if way == "link")
    used = api.post(f"/api/v1/invitations/{joined}/withdraw")
    assert (used.status_code, used.json()["code"]) == (422, "customers.invitation_used")
