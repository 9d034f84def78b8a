"""The list of customers is sorted by each of its columns but phone and email, both ways, and filtered by all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from customers.commands import ChangeCardState, DeactivateCustomer, RegisterCustomer
from loyalty.tenancy.models import Tenant
from tests.customers.given import bring_level
from tests.earning.counter import Counter
from tests.support.pages import columns_of

LIST = "/admin/customers/customer/"
TEN_YEARS = date(timezone.localdate().year - 10, 1, 1)


@pytest.fixture
def people(tenant: Tenant) -> dict[str, UUID]:
    """Three whose order is another in every column."""
    counter, now = Counter(tenant), datetime.now(UTC)
    told: dict[str, dict[str, Any]] = {
        "An": {"last_name": "Nguyễn", "gender": "male", "birth_date": date(2001, 2, 3), "phone": "+84912345673", "card": "CARD777"},
        "Bình": {"last_name": "Lê", "gender": "undisclosed", "language": "pl", "email": "binh@example.com"},
        "Chi": {
            "last_name": "Nguyễn",
            "gender": "female",
            "birth_date": TEN_YEARS,
            "language": "en",
            "phone": "+84912345671",
        },
    }
    days = {"An": 100, "Bình": 2, "Chi": 10}
    made = {
        name: counter.do(RegisterCustomer(first_name=name, **facts), at=now - timedelta(days=days[name])).customer_id
        for name, facts in told.items()
    }
    for name, totals in {"Bình": (900_000, 5_000_000), "Chi": (7_000_000,)}.items():
        for days_ago, total in enumerate(totals, 1 if name == "Chi" else 20):
            order = counter.order(made[name], total, purchased_at=now - timedelta(days=days_ago))
            counter.do(order, channel="import", at=now)
    counter.do(DeactivateCustomer(customer_id=made["An"], reason="asked"), channel="admin")
    counter.do(ChangeCardState(customer_id=made["An"], state="held"), channel="admin")
    bring_level("customers.spending")
    return made


def listed(site: Any, people: dict[str, UUID], **query: str) -> list[str]:
    names = {key: name for name, key in people.items()}
    return [names[row.id] for row in site.get(LIST, query).context["cl"].result_list]


def by_code(site: Any, people: dict[str, UUID]) -> list[str]:
    codes = {row.code: row.id for row in site.get(LIST).context["cl"].result_list}
    names = {key: name for name, key in people.items()}
    return [names[codes[code]] for code in sorted(codes)]


def test_each_column_but_phone_and_email_sorts_the_list_both_ways(admin_site: Any, people: dict[str, UUID]) -> None:
    titles = columns_of(admin_site.get(LIST))
    wanted = {
        "Code": by_code(admin_site, people),
        "Name": ["Bình", "An", "Chi"],
        "Purchases": ["An", "Chi", "Bình"],
        "Total": ["An", "Bình", "Chi"],
        "Last purchase": ["An", "Bình", "Chi"],
        "Gender": ["Chi", "An", "Bình"],
        "Birth date": ["An", "Chi", "Bình"],
        "Registered": ["An", "Chi", "Bình"],
    }
    assert wanted.keys() | {"State", "Phone", "Email", "Level"} == set(titles), "levels are sorted where they are told"
    for title, names in wanted.items():
        place = titles.index(title)
        assert listed(admin_site, people, o=str(place)) == names, title
        unknown = {"Birth date": "Bình"}.get(title, "")
        backwards = [*(name for name in names[::-1] if name != unknown), *filter(None, [unknown])]
        assert listed(admin_site, people, o=f"-{place}") == backwards, title
    state = titles.index("State")
    assert [listed(admin_site, people, o=f"{way}{state}").index("An") for way in ("", "-")] == [2, 0], "the others are alike"
    unsorted = listed(admin_site, people)
    for title in ("Phone", "Email"):
        assert listed(admin_site, people, o=str(titles.index(title))) == unsorted, title


def test_what_is_alike_in_a_column_is_sorted_by_the_next_one_that_is_asked_for(admin_site: Any, people: dict[str, UUID]) -> None:
    titles = columns_of(admin_site.get(LIST))
    state, registered = titles.index("State"), titles.index("Registered")
    assert listed(admin_site, people, o=f"{state}.-{registered}") == ["Bình", "Chi", "An"]
    assert listed(admin_site, people, o=f"{state}.{registered}") == ["Chi", "Bình", "An"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "nguyen"}, ["An", "Chi"]),
        ({"q": "5671"}, ["Chi"]),
        ({"q": "binh@example.com"}, ["Bình"]),
        ({"contact": "phone"}, ["Chi", "An"]),
        ({"contact": "no_email"}, ["Chi", "An"]),
        ({"state__exact": "inactive"}, ["An"]),
        ({"purchases": "2"}, ["Bình"]),
        ({"total": "5"}, ["Bình", "Chi"]),
        ({"last": "7"}, ["Chi"]),
        ({"last": "30"}, ["Bình", "Chi"]),
        ({"gender__exact": "male"}, ["An"]),
        ({"age": "0"}, ["Chi"]),
        ({"age": "unknown"}, ["Bình"]),
        ({"registered": "7"}, ["Bình"]),
        ({"registered": "90"}, ["Bình", "Chi"]),
        ({"language": "pl"}, ["Bình"]),
        ({"language": "vi"}, ["An"]),
        ({"card_state__exact": "held"}, ["An"]),
        ({"contact": "phone", "gender__exact": "female", "last": "7"}, ["Chi"]),
    ],
)
def test_the_list_is_filtered_by_each_column(admin_site: Any, people: dict[str, UUID], query: dict[str, str], names: list[str]) -> None:
    assert listed(admin_site, people, **query) == names


def test_a_saved_filter_narrows_as_it_did(admin_site: Any, people: dict[str, UUID]) -> None:
    admin_site.post(f"{LIST}filters/save/", {"contact": "phone", "gender__exact": "female", "name": "Women by phone", "o": "2"})
    page = admin_site.get(LIST)
    (saved,) = page.context["saved_filters"]
    assert (saved["name"], saved["chosen"]) == ("Women by phone", False)
    chosen = admin_site.get(f"{LIST}{saved['url']}")
    assert [row.first_name for row in chosen.context["cl"].result_list] == ["Chi"]
    assert chosen.context["saved_filters"][0]["chosen"]
