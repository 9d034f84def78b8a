"""What search promises, asked of both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from loyalty.search import (
    CLOSENESS,
    DISTANCE,
    Near,
    Range,
    SearchDocument,
    SearchPort,
    SearchQuery,
    SearchRefused,
    Sort,
    Tombstone,
    Written,
)
from loyalty.tenancy.models import Tenant
from tests.search.conftest import PEOPLE, People

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


# -- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("duong", ["Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa"]),
        ("Đường", ["Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa"]),
        ("lukasz", ["Łukasz Żak"]),
        ("ZAK", ["Łukasz Żak"]),
        ("１２３", ["Sklep 1234"]),
        ("nguyen", ["Nguyễn Văn Đường"]),
    ],
)
def test_accents_case_and_width_do_not_matter(people: People, typed: str, names: list[str]) -> None:
    people.add("Nguyễn Văn Đường", "Trần đương", "DƯƠNG Thị Hoa", "Łukasz Żak", "Sklep 1234")
    assert sorted(people.found(typed)) == sorted(names)


def test_every_word_must_begin_a_word_of_the_name_in_any_order(people: People) -> None:
    people.add("Nguyễn Văn An", "Nguyễn Thị An", "Trần Văn An")
    assert people.found("an ng va") == ["Nguyễn Văn An"]
    assert people.found("ng an tran") == []
    assert sorted(people.found("a")) == ["Nguyễn Thị An", "Nguyễn Văn An", "Trần Văn An"]


def test_words_of_all_text_fields_count_together(people: People) -> None:
    people.add("Nguyễn Văn An", nickname="Tèo").add("Lê An", nickname="Tí")
    assert people.found("an teo") == ["Nguyễn Văn An"]


def test_a_word_inside_another_does_not_match(people: People) -> None:
    people.add("Kowalski Hoàng", "Nowakowska")
    assert people.found("owalski") == ["Kowalski Hoàng"]  # one letter of eight missing, not a word inside another
    assert people.found("walski") == []
    assert people.found("oang") == ["Kowalski Hoàng"]
    assert people.found("ang") == []
    assert people.found("kowska") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyem", True),  # one letter other
        ("nguye", True),
        ("ngueyn", False),  # transposed: distance 2, and six letters allow 1
        ("nguyemn", True),  # one letter too many
        ("nuyn", False),
        ("tha", False),  # shorter than 4 letters: as a beginning only
        ("thi", True),
        ("thin", True),
        ("tti", False),
        ("lewandowski", True),
        ("lewadnowski", True),  # transposed: distance 2, and eleven letters allow 2
        ("leawdnowski", False),  # twice transposed
        ("levandovski", True),
        ("levandofski", True),
        ("lavandofski", False),
        ("lewandov", False),  # a beginning must be right: 8 letters and distance 4
        ("xewandowskix", True),
    ],
)
def test_mistakes_are_forgiven_by_length_and_a_transposition_counts_two(people: People, typed: str, found: bool) -> None:
    people.add("Nguyễn Thị Lewandowski")
    assert people.found(typed) == (["Nguyễn Thị Lewandowski"] if found else [])


def test_the_closest_come_first(people: People) -> None:
    people.add("Trần Dung", "Lê Dươngx", "Bùi Dương", "An Dương")
    assert people.found("duong", sort=(Sort(CLOSENESS), Sort("name"))) == ["An Dương", "Bùi Dương", "Lê Dươngx", "Trần Dung"]


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_blank_text_matches_all(people: People, blank: str) -> None:
    people.add("Bình", "An")
    assert people.found(blank, sort=(Sort("name"),)) == ["An", "Bình"]


@pytest.mark.parametrize(
    "typed",
    [
        "*",
        "%",
        "_",
        "?",
        "'",
        '"',
        "\\",
        "\\'",
        "';--",
        "(",
        "((((",
        "&|!",
        ":*",
        "\0",
        "\ud800",
        "~",
        "{}",
        "[",
        "/.*/",
        "$1",
        "%s",
        "<->",
    ],
)
def test_text_without_a_letter_finds_nothing(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An")
    assert people.found(typed) == []


@pytest.mark.parametrize(
    "typed",
    ["an' or 1=1 --", "an*", "an:*", "%an%", "a\0n", "an\ud800", "\u202ean", "a\u00adn", "(an", "an\\", "an &", "!an", "an~", "-an"],
)
def test_signs_beside_letters_are_no_commands(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An", "Or Bình")
    assert people.found(typed) == ([] if "or" in typed else ["Nguyễn Văn An"])


@pytest.mark.parametrize(
    "typed", ["a" * 10_000, "an " * 3_000, " ".join(f"w{i}" for i in range(3_000)), "ạ" * 10_000, "*" * 10_000, "\0" * 10_000]
)
def test_ten_thousand_characters_are_answered(people: People, typed: str) -> None:
    people.add("Nguyễn Văn An")
    assert people.found(typed) == (["Nguyễn Văn An"] if typed.startswith("an ") else [])


def test_longer_words_than_any_name_has_are_cut_alike(people: People) -> None:
    people.add("x" * 100)
    assert people.found("x" * 90) == people.found("x" * 5) == ["x" * 100]


# -- exact values -----------------------------------------------------------------------------------


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


# -- ranges and places ------------------------------------------------------------------------------


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


# -- order and pages --------------------------------------------------------------------------------


def test_lists_are_sorted_by_text_and_numbers_with_missing_ones_last(people: People) -> None:
    people.add("Đỗ", points=2, code="b").add("Ân", points=-3, code="a").add("eva", points=10, code="c").add("Chi")
    assert people.found(sort=(Sort("name"),)) == ["Ân", "Chi", "Đỗ", "eva"]
    assert people.found(sort=(Sort("points"),)) == ["Ân", "Đỗ", "eva", "Chi"]
    assert people.found(sort=(Sort("points", descending=True),)) == ["eva", "Đỗ", "Ân", "Chi"]
    assert people.found(sort=(Sort("code", descending=True),)) == ["eva", "Đỗ", "Ân", "Chi"]


SORTS = [
    (),
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
        people.add(f"{'Binh Bính Bingh Binha'.split()[n % 4]} {n}", **{k: v for i, (k, v) in enumerate(values.items()) if n % (i + 3)})
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
        ({"ranges": {"joined_at": Range(datetime(2025, 1, 1))}}, "search.value", "joined_at"),  # noqa: DTZ001
        ({"sort": (Sort("phone"),)}, "search.field", "phone"),
        ({"sort": (Sort(DISTANCE),)}, "search.field", DISTANCE),
        ({"near": Near(91, 0, 1)}, "search.value", "near"),
        ({"near": Near(float("nan"), 0, 1)}, "search.value", "near"),
        ({"limit": 0}, "search.limit", "limit"),
        ({"limit": 1001}, "search.limit", "limit"),
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


# -- tenants, versions, erasure ---------------------------------------------------------------------


def test_nothing_crosses_tenants(port: SearchPort, tenant: Tenant, other_tenant: Tenant) -> None:
    mine, theirs = People(port, PEOPLE, tenant.id), People(port, PEOPLE, other_tenant.id)
    mine.add("An", code="C-1")
    theirs.ids = dict(mine.ids)
    theirs.add("An", code="C-2", version=99)
    assert mine.found("an", filters={"code": "C-2"}) == []
    assert theirs.found("an", filters={"code": "C-1"}) == []
    assert mine.found() == theirs.found() == ["An"]
    port.upsert(PEOPLE, [Tombstone(tenant_id=other_tenant.id, id=theirs.ids["An"], version=100)])
    port.refresh(PEOPLE)
    assert (mine.found(), theirs.found()) == (["An"], [])


def test_documents_of_several_tenants_go_in_one_batch(port: SearchPort, tenant: Tenant, other_tenant: Tenant) -> None:
    both = [People(port, PEOPLE, t.id) for t in (tenant, other_tenant)]
    assert port.upsert(PEOPLE, [p.document(f"An {n}") for n in range(3) for p in both]) == Written(6, 0)
    port.refresh(PEOPLE)
    assert [len(p.found("an")) for p in both] == [3, 3]


def test_an_older_version_is_refused_and_the_same_may_be_repeated(people: People) -> None:
    document = people.document("An", 5, code="new")
    assert people.port.upsert(PEOPLE, [document]) == Written(1, 0)
    assert people.port.upsert(PEOPLE, [document]) == Written(1, 0)
    assert people.port.upsert(PEOPLE, [people.document("An", 4, code="old")]) == Written(0, 1)
    people.port.refresh(PEOPLE)
    assert people.found(filters={"code": "new"}) == ["An"]
    assert people.found(filters={"code": "old"}) == []
    people.add("An", version=6, code="newest")
    assert people.found(filters={"code": "new"}) == []
    assert people.found(filters={"code": "newest"}) == ["An"]


def test_of_one_document_twice_in_a_batch_the_newer_counts(people: People) -> None:
    people.port.upsert(PEOPLE, [people.document("An", 7, code="new"), people.document("An", 6, code="old")])
    people.port.refresh(PEOPLE)
    assert people.found(filters={"code": "new"}) == ["An"]


def test_a_tombstone_hides_the_document_and_keeps_older_writes_out(people: People) -> None:
    people.add("An", "Bình", version=5, code="C", points=1, home=(10.0, 106.0))
    assert people.port.upsert(PEOPLE, [Tombstone(tenant_id=people.tenant_id, id=people.ids["An"], version=6)]) == Written(1, 0)
    assert people.port.upsert(PEOPLE, [people.document("An", 5)]) == Written(0, 1)
    people.port.expunge(PEOPLE, people.tenant_id)
    assert people.port.upsert(PEOPLE, [people.document("An", 5)]) == Written(0, 1)
    people.port.refresh(PEOPLE)
    assert people.found() == people.found(filters={"code": "C"}) == people.found(near=Near(10, 106, 9)) == ["Bình"]
    assert people.found("an") == people.found("bin an") == []


def test_changed_words_are_no_longer_found(people: People) -> None:
    people.add("An", version=1)
    renamed = SearchDocument(tenant_id=people.tenant_id, id=people.ids["An"], version=2, values={"name": "Katarzyna"})
    people.port.upsert(PEOPLE, [renamed])
    people.port.refresh(PEOPLE)
    assert people.found("an") == []
    assert people.found("katarzina") == ["An"]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"unknown": "x"}, "unknown"),
        ({"code": "x" * 257}, "code"),
        ({"name": 5}, "name"),
        ({"points": 2**63}, "points"),
        ({"points": "5"}, "points"),
        ({"joined_at": datetime(2025, 1, 1)}, "joined_at"),  # noqa: DTZ001
        ({"home": (91.0, 0.0)}, "home"),
        ({"name": " ".join(f"w{n}" for n in range(1001))}, "words"),
    ],
)
def test_a_document_that_does_not_fit_names_the_field(people: People, values: dict[str, object], problem: str) -> None:
    document = SearchDocument(tenant_id=people.tenant_id, id=uuid4(), version=1, values=values)
    with pytest.raises((ValueError, TypeError), match=problem):
        people.port.upsert(PEOPLE, [document])


def test_text_that_no_database_takes_is_cleaned(people: People) -> None:
    people.add("An\0\ud800 Bình", code="C\0-1", version=1)
    assert people.found("an binh", filters={"code": "C-1"}) == ["An\0\ud800 Bình"]
