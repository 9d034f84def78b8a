"""What a merge takes along and what undoing it takes back, condition by condition, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.domain.customer import Customer
from customers.domain.identifiers import IdentifierKind
from customers.domain.merging import Belongings, by_age, merge, refuse_unfit, unmerge
from customers.domain.profile import Profile
from customers.domain.text import MOST_LABELS
from customers.events import ConsentGiven
from loyalty.domain.errors import DomainError, NotFound
from tests.customers.given import LATER, NOW, a_customer, profile
from tests.customers.test_merging import belongings, refused


def with_labels(**labels: str) -> Belongings:
    whose = belongings(a_customer())
    edited(whose[0], profile(labels=labels))
    return whose


def edited(customer: Customer, told: Profile) -> None:
    held: dict[IdentifierKind, str] = dict(customer.identifiers)
    customer.edit(told, held, NOW)


def of(whose: Belongings) -> dict[str, str]:
    return dict(whose[0].profile.labels)


def refused_field(act: Any) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as told:
        act()
    return told.value.code, told.value.field


# -- who stays ----------------------------------------------------------------------------------


def test_who_joined_earlier_stays_and_of_two_in_one_moment_the_smaller_id() -> None:
    early, late = a_customer(UUID(int=9)), Customer(UUID(int=1))
    late.register("0000000B", profile(), {"phone": "+84912345679"}, pos_id=None, active=True, now=NOW + timedelta(seconds=1))
    assert by_age(late, early) == (early, late)
    twin = a_customer(UUID(int=2))
    assert by_age(early, twin) == (twin, early)


def test_who_takes_no_part_or_is_not_there_is_in_no_merge_on_either_side() -> None:
    asleep, gone, fit = a_customer(), a_customer(), a_customer()
    asleep.deactivate("asked", NOW)
    gone.erase("asked", None, NOW)
    for pair in ((asleep, fit), (fit, asleep)):
        assert refused_field(lambda pair=pair: refuse_unfit(*pair)) == ("customers.inactive_not_merged", "other_id")
    for pair in ((gone, fit), (fit, gone), (Customer(uuid4()), fit)):
        with pytest.raises(NotFound):
            merge(belongings(pair[0]), belongings(pair[1]), "one person", NOW)
    refuse_unfit(fit, a_customer(active=False))


def test_without_a_reason_only_who_proved_both() -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    assert refused(lambda: merge(older, younger, "  ", NOW)) == "customers.reason_missing"
    assert younger[0].pending == []
    merge(older, younger, None, NOW)
    assert younger[0].pending[-1].reason == ""


# -- labels -------------------------------------------------------------------------------------


def test_labels_of_the_younger_come_along_and_the_older_ones_word_counts() -> None:
    older, younger = with_labels(vip="yes"), with_labels(vip="no", tier="gold")
    merge(older, younger, "one person", NOW)
    assert of(older) == {"vip": "yes", "tier": "gold"}
    assert younger[0].pending[-1].labels == {"tier": "gold"}
    assert older[0].identifiers == a_customer().identifiers, "nothing else of them changes"
    unmerge(older, younger, "two persons", LATER)
    assert (of(older), of(younger)) == ({"vip": "yes"}, {"vip": "no", "tier": "gold"})


def test_as_many_labels_come_along_as_there_is_room_for() -> None:
    many = {f"a{n:02}": "x" for n in range(MOST_LABELS - 1)}
    older, younger = with_labels(**many), with_labels(b1="x", b2="x")
    merge(older, younger, "one person", NOW)
    assert of(older) == many | {"b1": "x"}
    full, other = with_labels(**many, z="x"), with_labels(b1="x")
    before = len(full[0].pending)
    merge(full, other, "one person", NOW)
    assert (len(full[0].pending), other[0].pending[-1].labels) == (before, None)


def test_a_label_that_was_changed_since_stays() -> None:
    older, younger = with_labels(vip="yes"), with_labels(tier="gold", town="Huế")
    merge(older, younger, "one person", NOW)
    edited(older[0], profile(labels={"vip": "yes", "tier": "silver", "town": "Huế"}))
    unmerge(older, younger, "two persons", LATER)
    assert of(older) == {"vip": "yes", "tier": "silver"}


def test_where_nothing_came_along_nothing_is_taken_back() -> None:
    older, younger = with_labels(vip="yes"), with_labels(vip="no")
    merge(older, younger, "one person", NOW)
    before = len(older[0].pending)
    unmerge(older, younger, "two persons", LATER)
    assert len(older[0].pending) == before
    assert (older[1].pending, older[2].pending) == ([], [])


# -- what they agree to -------------------------------------------------------------------------


def test_each_word_of_both() -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    mine, theirs = older[0].id, younger[0].id
    older[1].change(mine, {"terms": True, "marketing_email": True, "marketing_sms": True, "data_processing": True}, "1", "till", NOW)
    older[1].change(mine, {"marketing_sms": False}, "", "till", NOW)
    said = {"marketing_sms": True, "marketing_phone": True, "marketing_email": True, "data_processing": True}
    younger[1].change(theirs, said, "2", "app", NOW)  # type: ignore[arg-type]
    younger[1].change(theirs, {"analytics": True}, "2", "app", NOW)
    younger[1].change(theirs, {"marketing_email": False, "analytics": False}, "", "app", NOW)
    merge(older, younger, "one person", NOW)
    told = younger[0].pending[-1]
    assert (told.agreed, told.withdrew) == (("marketing_phone",), ("marketing_email",))
    assert older[1].given == {"terms": "1", "data_processing": "1", "marketing_phone": "2"}, "in the words that were before the younger"
    assert "marketing_sms" in older[1].refused, "who said no once has not said yes by somebody else's word"
    assert {e.source for e in older[1].pending if isinstance(e, ConsentGiven) and e.purpose == "marketing_phone"} == {"staff"}


def test_terms_come_along_and_stay() -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    younger[1].change(younger[0].id, {"terms": True, "analytics": True}, "2", "app", NOW)
    merge(older, younger, "one person", NOW)
    assert older[1].given == {"terms": "2", "analytics": "2"}
    unmerge(older, younger, "two persons", LATER)
    assert older[1].given == {"terms": "2"}, "nobody takes part without them"


def test_what_was_said_anew_since_is_the_survivors_own() -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    younger[1].change(younger[0].id, {"analytics": True, "marketing_sms": True}, "2", "app", NOW)
    merge(older, younger, "one person", NOW)
    older[1].change(older[0].id, {"analytics": True}, "3", "app", LATER)
    older[1].change(older[0].id, {"marketing_sms": False}, "", "app", LATER)
    before = len(older[1].pending)
    unmerge(older, younger, "two persons", LATER)
    assert (older[1].given, len(older[1].pending)) == ({"analytics": "3"}, before)


# -- segments, and who must say who they are ----------------------------------------------------


def test_segments_by_hand_come_along_and_those_of_criteria_and_those_of_both_do_not() -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    mine, both, listed, night = (UUID(int=n) for n in range(4))
    for segment in (mine, both):
        older[2].enter(older[0].id, segment, "by_hand", NOW)
    for segment, way in ((both, "by_hand"), (listed, "by_hand"), (night, "criteria")):
        younger[2].enter(younger[0].id, segment, way, NOW)  # type: ignore[arg-type]
    merge(older, younger, "one person", NOW)
    assert (younger[0].pending[-1].segments, older[2].segments) == ((listed,), {mine, both, listed})
    assert {e.customer_id for e in older[2].pending} == {older[0].id}
    unmerge(older, younger, "two persons", LATER)
    assert (older[2].segments, younger[2].segments) == ({mine, both}, {both, listed, night})


@pytest.mark.parametrize("asked", [True, False])
def test_who_must_say_who_they_are_leaves_the_question_to_the_survivor(asked: bool) -> None:
    older, younger = belongings(a_customer()), belongings(a_customer())
    if asked:
        younger[0].ask_fact(NOW)
    merge(older, younger, "one person", NOW)
    assert older[0].is_asked is asked


# -- undone -------------------------------------------------------------------------------------


def test_only_what_was_merged_into_this_one_is_undone_and_with_a_reason() -> None:
    older, younger, other = (belongings(a_customer()) for _ in range(3))
    assert refused(lambda: unmerge(older, younger, "two persons", LATER)) == "customers.not_merged"
    merge(older, younger, "one person", NOW)
    assert refused(lambda: unmerge(other, younger, "two persons", LATER)) == "customers.not_merged"
    assert refused(lambda: unmerge(older, younger, " ", LATER)) == "customers.reason_missing"
    assert younger[0].merged is not None
    unmerge(older, younger, "two persons", LATER)
    told = younger[0].pending[-1]
    assert (told.customer_id, told.survivor_id, told.reason, told.unmerged_at) == (younger[0].id, older[0].id, "two persons", LATER)


@pytest.mark.parametrize("who", [0, 1])
def test_who_was_erased_stays_one(who: int) -> None:
    pair = belongings(a_customer()), belongings(a_customer())
    merge(*pair, "one person", NOW)
    pair[who][0].erase("asked", None, LATER)
    with pytest.raises(NotFound):
        unmerge(*pair, "two persons", LATER)
