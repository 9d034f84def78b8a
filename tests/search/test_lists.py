"""Exact values, ranges, places, order and pages, asked of both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from loyalty.search import CLOSENESS, DISTANCE, Near, Range, SearchQuery, SearchRefused, Sort
from tests.search.conftest import PEOPLE, People

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_filters_are_exact_and_all_must_hold(people: People) -> None:
    people.add("An", code="C-1", label=["vip", "staff"]).add("Bình", code="C-10", label="vip").add("Chi", code="c-1")
    assert people.found(filters={"code": "C-1"}) == ["An"]
    assert sorted(people.found(filters={"label": "vip"})) == ["An", "Bình"]
    assert people.found(filters={"label": "vip", "code": "C-10"}) == ["Bình"]
    assert sorted(people.found(filters={"code": ["C-10", "c-1", "none"]})) == ["Bình", "Chi"]
    assert people.found("binh", filters={"label": "staff"}) == []
    assert people.found(filters={"code": []}) == []


@pytest.mark.parametrize("value", ["", "'", "\\", "a'b", "a\\'b", "a:b", "a=b", "*", "%", " ", "a | b", "ł" * 200, '"', "đ\n"])
def test_any_text_can_be_an_exact_value(people: People, value: str) -> None:
    people.add("An", code=value).add("Bình", code="other")
    assert people.found(filters={"code": value}) == ["An"]


def test_a_value_longer_than_any_is_nowhere(people: People) -> None:
    people.add("An", code="C-1")
    assert people.found(filters={"code": "x" * 10_000}) == []
    assert people.found(filters={"code": ["x" * 10_000, "C-1"]}) == ["An"]


def test_an_exact_value_stands_in_for_the_text(people: People) -> None:
    people.add("An", phone="hmac-1", code="C-1").add("Bình 0901", code="C-2")
    assert people.found("0901", either={"phone": "hmac-1"}, sort=(Sort("name"),)) == ["An", "Bình 0901"]
    assert people.found("0901", either={"phone": "hmac-1"}, filters={"code": "C-1"}) == ["An"]
    assert people.found("+", either={"phone": "hmac-1"}) == ["An"]
    assert people.found("+", either={"phone": "hmac-2"}) == []
    assert people.found("binh", either={"phone": "x" * 999}) == ["Bình 0901"]


def test_ranges_are_half_open(people: People) -> None:
    for n, name in enumerate(["An", "Bình", "Chi"]):
        people.add(
            name, points=(n - 1) * 10**18, joined_at=NOON + timedelta(microseconds=n), born_on=date(1969, 12, 31) + timedelta(days=n)
        )
    people.add("Dũng")
    by_name = (Sort("name"),)
    assert people.found(ranges={"points": Range(-(10**18), 10**18)}, sort=by_name) == ["An", "Bình"]
    assert people.found(ranges={"points": Range(start=0)}, sort=by_name) == ["Bình", "Chi"]
    assert people.found(ranges={"points": Range()}, sort=by_name)[:3] == ["An", "Bình", "Chi"]
    assert people.found(ranges={"joined_at": Range(end=NOON + timedelta(microseconds=1))}) == ["An"]
    assert people.found(ranges={"born_on": Range(date(1970, 1, 1), date(1970, 1, 2))}) == ["Bình"]


def test_the_nearest_within_reach_come_first(people: People) -> None:
    people.add("Bến Thành", home=(10.7725, 106.6980)).add("Nhà thờ Đức Bà", home=(10.7798, 106.6990)).add(
        "Hà Nội", home=(21.0278, 105.8342)
    )
    people.add("Nowhere")
    here = Near(10.7720, 106.6980, 5_000)
    assert people.found(near=here, sort=(Sort(DISTANCE),)) == ["Bến Thành", "Nhà thờ Đức Bà"]
    assert people.found(near=Near(10.7720, 106.6980, 500)) == ["Bến Thành"]
    assert len(people.found(near=Near(10.7720, 106.6980, 2_000_000))) == 3


def test_lists_are_sorted_by_text_and_numbers_with_missing_ones_last(people: People) -> None:
    people.add("Đỗ", points=2, code="b").add("Ân", points=-3, code="a").add("eva", points=10, code="c").add("Chi")
    assert people.found(sort=(Sort("name"),)) == ["Ân", "Chi", "Đỗ", "eva"]
    assert people.found(sort=(Sort("points"),)) == ["Ân", "Đỗ", "eva", "Chi"]
    assert people.found(sort=(Sort("points", descending=True),)) == ["eva", "Đỗ", "Ân", "Chi"]
    assert people.found(sort=(Sort("code", descending=True),)) == ["eva", "Đỗ", "Ân", "Chi"]


SORTS = [
    (),
    (Sort(CLOSENESS),),
    (Sort("name"),),
    (Sort("points", descending=True),),
    (Sort("code"), Sort("points", descending=True)),
    (Sort(CLOSENESS), Sort("joined_at")),
    (Sort(CLOSENESS, descending=True), Sort("born_on", descending=True), Sort("name")),
]


@pytest.mark.parametrize("sort", SORTS, ids=lambda s: "+".join(("-" if x.descending else "") + x.field for x in s) or "id")
@pytest.mark.parametrize("text", ["", "binh"])
def test_pages_by_cursor_and_by_offset_are_the_whole_list(people: People, sort: tuple[Sort, ...], text: str) -> None:
    for n in range(23):
        values = {"points": n % 4, "code": f"k{n % 3}", "joined_at": NOON + timedelta(days=n % 5), "born_on": date(1990, 1, 1 + n % 7)}
        people.add(f"{['Binh', 'Bính', 'Bingh', 'Binha'][n % 4]} {n}", **{k: v for i, (k, v) in enumerate(values.items()) if n % (i + 3)})
    asked = {"tenant_id": people.tenant_id, "text": text, "sort": sort}
    whole = people.port.search(PEOPLE, SearchQuery(**asked, limit=100))
    assert whole.total == len(whole.ids) == len(set(whole.ids)) == 23
    assert whole.next_cursor == ""
    by_offset: list[UUID] = [i for at in range(0, 23, 5) for i in people.port.search(PEOPLE, SearchQuery(**asked, limit=5, offset=at)).ids]
    assert by_offset == list(whole.ids)
    by_cursor, cursor = [], ""
    for _ in range(5):
        page = people.port.search(PEOPLE, SearchQuery(**asked, limit=5, cursor=cursor))
        assert page.total == 23
        by_cursor += page.ids
        cursor = page.next_cursor
    assert by_cursor == list(whole.ids)
    assert cursor == ""
    uncounted = [people.port.search(PEOPLE, SearchQuery(**asked, limit=5, offset=at, count=False)) for at in range(0, 23, 5)]
    assert [i for page in uncounted for i in page.ids] == list(whole.ids)


def test_only_newer_documents_are_found_where_they_are_asked_for(people: People) -> None:
    people.add("An Một", version=5).add("An Hai", version=7)
    for count in (True, False):
        assert people.found("an", newer_than=5, count=count) == ["An Hai"]
        assert people.found("an", newer_than=7, count=count) == []


def test_a_page_behind_the_end_is_empty_and_still_counts(people: People) -> None:
    people.add("An", "Bình")
    result = people.port.search(PEOPLE, SearchQuery(tenant_id=people.tenant_id, offset=50))
    assert (result.ids, result.total, result.next_cursor) == ((), 2, "")


def test_a_list_that_is_not_counted_has_no_total(people: People) -> None:
    people.add("An")
    assert people.port.search(PEOPLE, SearchQuery(tenant_id=people.tenant_id, count=False)).total is None


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"filters": {"secret": "x"}}, "search.field", "secret"),
        ({"filters": {"name": "x"}}, "search.field", "name"),
        ({"filters": {"code": [1]}}, "search.value", "code"),
        ({"ranges": {"name": Range(1)}}, "search.field", "name"),
        ({"ranges": {"points": Range(2**63)}}, "search.value", "points"),
        ({"ranges": {"joined_at": Range(datetime(2025, 1, 1))}}, "search.value", "joined_at"),
        ({"sort": (Sort("phone"),)}, "search.field", "phone"),
        ({"sort": (Sort(DISTANCE),)}, "search.field", DISTANCE),
        ({"near": Near(91, 0, 1)}, "search.value", "near"),
        ({"near": Near(float("nan"), 0, 1)}, "search.value", "near"),
        ({"limit": 0}, "search.limit", "limit"),
        ({"limit": 10_001}, "search.limit", "limit"),
        ({"offset": -1}, "search.offset", "offset"),
        ({"offset": 9_990}, "search.offset", "offset"),
        ({"cursor": "x"}, "search.cursor", "cursor"),
        ({"cursor": "é\0"}, "search.cursor", "cursor"),
        ({"cursor": "W10="}, "search.cursor", "cursor"),
        ({"cursor": "eyJhIjoxfQ=="}, "search.cursor", "cursor"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(people: People, asked: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(SearchRefused) as refused:
        people.found(**asked)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_cursor_of_another_list_is_refused(people: People) -> None:
    people.add("An", "Bình")
    cursor = people.port.search(PEOPLE, SearchQuery(tenant_id=people.tenant_id, sort=(Sort("name"),), limit=1)).next_cursor
    with pytest.raises(SearchRefused):
        people.found(sort=(Sort("name", descending=True),), cursor=cursor)
