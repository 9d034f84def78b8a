"""A coupon by itself: whatever is asked of it, and whenever, it is used once, and what it is follows from its facts alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain import turning
from loyalty.domain.errors import DomainError
from rewards.domain import shown
from rewards.domain.coupon import Coupon, Use
from rewards.domain.validity import validity
from rewards.events import CouponIssued
from tests.rewards.given import terms

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
BASKETS = (UUID(int=1), UUID(int=2))
SAIGON, WARSAW = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Warsaw")


def coupon(*, after: timedelta = timedelta(0), lasting: timedelta = 20 * HOUR) -> Coupon:
    """One that was issued now, good `after` that for so long."""
    made = Coupon(uuid4())
    begins = NOW + after
    facts = {"coupon_id": made.id, "reward_id": uuid4(), "customer_id": uuid4(), "issued_at": NOW, "kind": "custom", "reward_version": 1}
    made.issue(CouponIssued(**facts, way="given", active_from=begins, expires_at=begins + lasting))
    return made


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        ask()
    return caught.value.code


def test_it_is_good_from_its_first_moment_until_before_its_last() -> None:
    one = coupon(after=HOUR, lasting=HOUR)
    tick = timedelta(microseconds=1)
    moments = (NOW, NOW + HOUR - tick, NOW + HOUR, NOW + 2 * HOUR - tick, NOW + 2 * HOUR)
    assert [one.state_at(at) for at in moments] == ["inactive", "inactive", "active", "active", "expired"]
    assert refused(lambda: one.use(Use(), NOW)) == "rewards.coupon_not_yet"
    assert refused(lambda: one.use(Use(), NOW + 2 * HOUR)) == "rewards.coupon_expired"


def test_a_used_one_is_used_until_it_is_marked_unused_and_keeps_its_end() -> None:
    one = coupon()
    one.use(Use(worth=500), NOW)
    assert refused(lambda: one.use(Use(), NOW)) == "rewards.coupon_used"
    assert refused(lambda: one.cancel("Wrong", 0, NOW)) == "rewards.coupon_used"
    assert refused(lambda: one.mark_unused("  ", NOW)) == "rewards.text_missing"
    one.mark_unused("Wrong customer", NOW)
    assert one.pending[-1].worth == 500
    assert refused(lambda: one.mark_unused("Again", NOW)) == "rewards.coupon_not_used"
    assert [one.state_at(NOW), one.state_at(NOW + 20 * HOUR)] == ["active", "expired"]


def test_what_a_basket_keeps_nobody_else_has_until_its_time_is_over() -> None:
    one, (mine, other) = coupon(), BASKETS
    one.reserve(mine, NOW + HOUR, NOW)
    for ask in (lambda: one.use(Use(), NOW), lambda: one.use(Use(), NOW, other), lambda: one.reserve(other, NOW + HOUR, NOW)):
        assert refused(ask) == "rewards.coupon_reserved"
    assert refused(lambda: one.cancel("Wrong", 0, NOW)) == "rewards.coupon_reserved"
    one.free(other, NOW)
    assert one.state_at(NOW) == "reserved", "a basket frees what is its own"
    assert one.state_at(NOW + HOUR) == "active"
    one.use(Use(), NOW, mine)
    assert one.state_at(NOW) == "used"


def test_what_never_was_cannot_be_used() -> None:
    assert refused(lambda: Coupon(uuid4()).use(Use(), NOW)) == "rewards.coupon_unknown"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["use", "use in basket", "reserve", "free", "mark unused", "cancel"]),
        st.sampled_from(BASKETS),
        st.integers(0, 8),
    ),
    max_size=14,
)


@given(STEPS)
def test_whatever_is_asked_it_is_used_once_at_a_time_and_never_after_its_end_or_when_cancelled(
    steps: list[tuple[str, UUID, int]],
) -> None:
    one, now, used, over = coupon(), NOW, False, False
    for what, basket, hours in steps:
        now += hours * HOUR
        before = len(one.pending)
        try:
            ask(one, what, basket, now)
        except DomainError:
            assert len(one.pending) == before, "what is refused leaves nothing"
            continue
        happened = [type(fact).__name__ for fact in one.pending[before:]]
        if "CouponUsed" in happened:
            assert not used
            assert not over
            used = True
        if "CouponRestored" in happened:
            assert used
            used = False
        if "CouponCancelled" in happened:
            assert not used
            assert not over
            over = True
        again = Coupon.replay(one.id, one.pending)
        assert [again.state_at(at) for at in (NOW, now, now + HOUR)] == [one.state_at(at) for at in (NOW, now, now + HOUR)]
        assert (one.state_at(now) == "used", one.state_at(now) == "cancelled") == (used, over)


def ask(one: Coupon, what: str, basket: UUID, now: datetime) -> None:
    match what:
        case "use":
            one.use(Use(), now)
        case "use in basket" if one.reserved is not None and now < one.reserved.ends_at:
            one.use(Use(), now, basket)
        case "reserve":
            one.reserve(basket, now + 2 * HOUR, now)
        case "free":
            one.free(basket, now)
        case "mark unused":
            one.mark_unused("By mistake", now)
        case "cancel":
            one.cancel("Wrong", 0, now)


@pytest.mark.parametrize(
    ("zone", "at", "after", "days", "begins", "ends"),
    [
        (SAIGON, "2026-03-01T03:00Z", 0, None, "2026-03-01T03:00Z", None),
        (SAIGON, "2026-03-01T03:00Z", 0, 1, "2026-03-01T03:00Z", "2026-03-01T17:00Z"),
        (SAIGON, "2026-03-01T18:00Z", 2, 7, "2026-03-03T17:00Z", "2026-03-10T17:00Z"),
        (WARSAW, "2026-03-28T12:00Z", 1, 1, "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        (WARSAW, "2026-10-24T12:00Z", 1, 1, "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
    ],
)
def test_days_are_whole_days_of_the_shop_also_when_clocks_change(
    zone: ZoneInfo, at: str, after: int, days: int | None, begins: str, ends: str | None
) -> None:
    found = validity(terms(valid_after_days=after, valid_days=days), datetime.fromisoformat(at), zone)
    assert found == (datetime.fromisoformat(begins), datetime.fromisoformat(ends) if ends else None)


@given(st.uuids(), st.datetimes(datetime(2024, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.binary(min_size=32, max_size=32))
def test_what_is_shown_is_read_again_for_two_minutes(coupon_id: UUID, now: datetime, digest: bytes) -> None:
    text = shown.written(coupon_id, turning.step_of(now), digest)
    found = shown.read(f" {text}\n", now)
    assert found == shown.ShownCoupon(coupon_id, turning.step_of(now), turning.proof_of(digest))
    assert (len(text), text.isdecimal()) == (62, True)
    assert [found.is_good(now + turning.STEP * n) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert [shown.read(other, now) for other in (text[1:], f"9{text}", "9" * 62, "")] == [None] * 4
