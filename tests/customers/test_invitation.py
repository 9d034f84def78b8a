"""An invitation by itself: who came by it, and what they bought, as its events tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.domain.invitation import OPEN_FOR, FriendsPurchase, Invitation, signature
from customers.events import FriendInvited, FriendPurchased, FriendRegistered, FriendReturnedAll, InvitationWithdrawn
from loyalty.domain.errors import DomainError, NotFound

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
REFERRER, FRIEND = uuid4(), uuid4()


def kinds(invitation: Invitation) -> list[type]:
    return [type(event) for event in invitation.pending]


def invited() -> Invitation:
    invitation = Invitation(uuid4())
    assert invitation.invite(REFERRER, "phone", NOW) == NOW + OPEN_FOR
    return invitation


def joined() -> Invitation:
    invitation = invited()
    assert invitation.join(REFERRER, FRIEND, "phone", NOW)
    return invitation


def bought() -> FriendsPurchase:
    return FriendsPurchase(uuid4(), NOW)


def test_a_friend_comes_once_by_an_invitation() -> None:
    invitation = joined()
    assert not invitation.join(REFERRER, uuid4(), "phone", NOW)
    assert kinds(invitation) == [FriendInvited, FriendRegistered]


def test_a_friend_whom_nobody_wrote_to_is_brought_as_well() -> None:
    invitation = Invitation(uuid4())
    assert invitation.join(REFERRER, FRIEND, "link", NOW)
    assert kinds(invitation) == [FriendRegistered]


@pytest.mark.parametrize("after", [OPEN_FOR, OPEN_FOR + timedelta(days=1)])
def test_nobody_comes_by_an_invitation_whose_time_is_over(after: timedelta) -> None:
    assert not invited().join(REFERRER, FRIEND, "phone", NOW + after)
    assert invited().join(REFERRER, FRIEND, "phone", NOW + OPEN_FOR - timedelta(seconds=1))


def test_nobody_brings_themselves() -> None:
    assert not Invitation(uuid4()).join(REFERRER, REFERRER, "link", NOW)


def test_an_invitation_is_withdrawn_by_who_sent_it_until_somebody_came() -> None:
    invitation = invited()
    with pytest.raises(NotFound):
        invitation.withdraw(uuid4(), NOW)
    invitation.withdraw(REFERRER, NOW)
    invitation.withdraw(None, NOW)
    assert kinds(invitation) == [FriendInvited, InvitationWithdrawn]
    assert not invitation.join(REFERRER, FRIEND, "phone", NOW)
    with pytest.raises(DomainError, match="invitation_used"):
        joined().withdraw(REFERRER, NOW)


def test_a_purchase_counts_as_long_as_it_is_kept_and_another_one_after_it() -> None:
    invitation, first, second = joined(), bought(), bought()
    for found in (first, first, None, None, second):
        invitation.count(found, NOW)
    assert kinds(invitation)[2:] == [FriendPurchased, FriendReturnedAll, FriendPurchased]
    assert (invitation.state, invitation.purchase_id) == ("purchased", second.id)


def test_a_purchase_takes_the_place_of_one_that_went_back_in_one_step() -> None:
    invitation, first, second = joined(), bought(), bought()
    invitation.count(first, NOW)
    invitation.count(second, NOW)
    assert [(type(e), e.purchase_id) for e in invitation.pending[2:]] == [
        (FriendPurchased, first.id),
        (FriendReturnedAll, first.id),
        (FriendPurchased, second.id),
    ]


def test_nothing_counts_before_somebody_came() -> None:
    with pytest.raises(NotFound):
        invited().count(bought(), NOW)


PURCHASES = [uuid4() for _ in range(3)]
ORDERS = st.lists(
    st.one_of(
        st.just(("invite", None)),
        st.tuples(st.just("join"), st.sampled_from([FRIEND, *PURCHASES])),
        st.tuples(st.just("count"), st.sampled_from([None, *PURCHASES])),
        st.just(("withdraw", None)),
    ),
    max_size=12,
)


@given(ORDERS)
def test_its_state_is_what_its_events_say_and_nobody_counts_twice(orders: list[tuple[str, UUID | None]]) -> None:
    invitation = Invitation(uuid4())
    for what, about in orders:
        try:
            if what == "invite" and not invitation.exists:
                invitation.invite(REFERRER, "email", NOW)
            elif what == "join" and about is not None:
                invitation.join(REFERRER, about, "email", NOW)
            elif what == "count":
                invitation.count(about and FriendsPurchase(about, NOW), NOW)
            elif what == "withdraw":
                invitation.withdraw(None, NOW)
        except DomainError:
            continue
    told = kinds(invitation)
    assert told.count(FriendRegistered) <= 1
    assert told.count(FriendPurchased) - told.count(FriendReturnedAll) == (invitation.state == "purchased")
    again = Invitation.replay(invitation.id, invitation.pending)
    assert (again.state, again.customer_id, again.purchase_id) == (invitation.state, invitation.customer_id, invitation.purchase_id)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Hương", "Hương"),
        ("Anna Maria", "Anna Maria"),
        ("O'Neil", "O'Neil"),
        ("Trúng thưởng 500k", ""),
        ("http://x.example", ""),
        ("win.example", ""),
        ("a" * 31, ""),
        ("", ""),
        ("Hương\nMã: 123456", ""),
    ],
)
def test_a_name_in_a_message_to_a_stranger_says_nothing_but_a_name(name: str, said: str) -> None:
    assert signature(name) == said
