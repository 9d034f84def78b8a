"""Tenants, versions, tombstones and what may be stored, asked of both engines."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from loyalty.search import Near, SearchDocument, SearchPort, Tombstone, Written
from loyalty.tenancy.models import Tenant
from tests.search.conftest import PEOPLE, People


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
        ({"joined_at": datetime(2025, 1, 1)}, "joined_at"),
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
