"""Returns over the API: of some lines and of the rest, by quantity or by amount, refused at the field at fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.earning.shops import PURCHASES, Shops, ago, recorded, refusal
from tests.support.client import ApiClient


def test_a_return_of_some_then_of_the_rest(api: ApiClient, shops: Shops) -> None:
    purchase = f"{PURCHASES}/{recorded(api, shops.sale())['purchase_id']}"
    back = {"document_number": "R-1", "returned_at": ago(seconds=20), "lines": [{"line": 1, "quantity": "1"}]}
    some = api.post(f"{purchase}/returns", back)
    assert some.status_code == 201, some.content
    assert {k: some.json()[k] for k in ("amount", "points", "balance", "duplicate")} == {
        "amount": 45_000, "points": 5, "balance": 7, "duplicate": False,
    }  # fmt: skip
    assert api.post(f"{purchase}/returns", back).json() == some.json() | {"duplicate": True}
    shown = api.get(purchase).json()
    assert (shown["state"], shown["kept"], shown["points"], [line["left"] for line in shown["lines"]]) == (
        "partly_returned", 75_000, 7, ["1", "1"],
    )  # fmt: skip
    (returned,) = shown["returns"]
    assert (returned["document_number"], returned["points"], returned["lines"]) == (
        "R-1",
        5,
        [{"line": 1, "quantity": "1", "amount": 45_000}],
    )
    too_much = api.post(f"{purchase}/returns", back | {"document_number": "R-2", "lines": [{"line": 1, "quantity": "1.5"}]})
    assert refusal(too_much) == (422, "earning.returned_too_much", "/lines/0/quantity")
    rest = api.post(f"{purchase}/returns", {"document_number": "R-3", "returned_at": ago(seconds=10), "pos": "SV-1"})
    assert (rest.json()["amount"], rest.json()["points"], rest.json()["balance"]) == (75_000, 7, 0)
    assert api.get(purchase).json()["state"] == "returned"
    assert refusal(api.post(f"{purchase}/returns", back | {"lines": None})) == (409, "earning.document_differs", "/document_number")


def test_a_sale_by_amount_comes_back_by_amount(api: ApiClient, shops: Shops) -> None:
    purchase = f"{PURCHASES}/{recorded(api, shops.sale({'total': 100_000}))['purchase_id']}"
    back = {"document_number": "R-1", "returned_at": ago(seconds=5)}
    assert refusal(api.post(f"{purchase}/returns", back | {"lines": [{"line": 1, "quantity": "1"}]})) == (
        422, "earning.returned_by_amount", "/lines/0/quantity",
    )  # fmt: skip
    assert api.post(f"{purchase}/returns", back | {"lines": [{"line": 1, "amount": 30_000}]}).json()["points"] == 3
    assert api.get(purchase).json()["lines"][0]["left"] == 70_000


@pytest.mark.parametrize(
    ("lines", "code", "pointer"),
    [
        ([{"line": 9, "quantity": "1"}], "earning.line_unknown", "/lines/0/line"),
        ([{"line": 1, "quantity": "0"}], "earning.quantity_invalid", "/lines/0/quantity"),
        ([{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "1e999999"}], "earning.quantity_invalid", "/lines/1/quantity"),
        ([{"line": 1, "amount": 5}], "earning.returned_by_quantity", "/lines/0/amount"),
        ([{"line": 1}], "earning.returned_nothing", "/lines/0/quantity"),
        ([{"line": -1, "quantity": "1"}], "earning.line_unknown", "/lines/0/line"),
        ([], "earning.return_names_no_line", "/lines"),
    ],
)
def test_a_wrong_return_is_answered_with_its_field(
    api: ApiClient, shops: Shops, lines: list[dict[str, Any]], code: str, pointer: str
) -> None:
    where = f"{PURCHASES}/{recorded(api, shops.sale())['purchase_id']}/returns"
    assert refusal(api.post(where, {"document_number": "R-1", "returned_at": ago(seconds=5), "lines": lines})) == (422, code, pointer)


def test_returns_lie_between_the_sale_and_now(api: ApiClient, shops: Shops) -> None:
    where = f"{PURCHASES}/{recorded(api, shops.sale())['purchase_id']}/returns"
    for span, code in (({"hours": 2}, "earning.returned_before_sale"), ({"minutes": -6}, "earning.in_the_future")):
        answer = api.post(where, {"document_number": "R-1", "returned_at": ago(**span)})
        assert refusal(answer) == (422, code, "/returned_at")


def test_a_discount_that_says_where_it_lies_comes_back_by_itself(api: ApiClient, shops: Shops) -> None:
    cups, off = {"total": 90_000, "quantity": "2"}, {"kind": "discount", "total": -18_000, "line_shares": [18_000]}
    purchase = f"{PURCHASES}/{recorded(api, shops.sale(cups, off))['purchase_id']}"
    back = {"document_number": "R-1", "returned_at": ago(seconds=5), "lines": [{"line": 1, "quantity": "1"}]}
    assert refusal(api.post(f"{purchase}/returns", back | {"lines": [*back["lines"], {"line": 2, "amount": 9_000}]})) == (
        422, "earning.discount_follows_goods", "/lines/1/line",
    )  # fmt: skip
    one = api.post(f"{purchase}/returns", back).json()
    assert (one["amount"], one["points"], one["balance"]) == (36_000, 4, 3)
    assert api.post(f"{purchase}/returns", back).json() == one | {"duplicate": True}
    shown = api.get(purchase).json()
    assert [(line["left"], line["line_shares"]) for line in shown["lines"]] == [("1", []), (9_000, [18_000])]
    assert [(line["line"], line["amount"]) for line in shown["returns"][0]["lines"]] == [(1, 45_000), (2, -9_000)]


def test_a_discount_that_does_not_say_where_it_lies_is_named_with_its_goods(api: ApiClient, shops: Shops) -> None:
    cups, off = {"total": 90_000, "quantity": "2"}, {"kind": "discount", "total": -18_000}
    purchase = f"{PURCHASES}/{recorded(api, shops.sale(cups, off))['purchase_id']}"
    back = {"document_number": "R-1", "returned_at": ago(seconds=5), "lines": [{"line": 1, "quantity": "2"}]}
    refused = api.post(f"{purchase}/returns", back)
    assert refusal(refused) == (422, "earning.return_of_more_than_paid", "/lines")
    assert (refused.json()["params"]["line"], "Line 2 took something off" in refused.json()["detail"]) == (2, True)
    half = [{"line": 1, "quantity": "1"}, {"line": 2, "amount": 9_000}]
    one = api.post(f"{purchase}/returns", back | {"lines": half}).json()
    assert (one["amount"], one["points"]) == (36_000, 4)
    assert [line["left"] for line in api.get(purchase).json()["lines"]] == ["1", 9_000]


@pytest.mark.parametrize(
    ("shares", "code", "pointer"),
    [
        ([18_001], "earning.shares_differ", "/lines/1/line_shares"),
        ([0, 18_000], "earning.share_too_large", "/lines/1/line_shares/1"),
        ([18_001, -1], "earning.shares_differ", "/lines/1/line_shares"),
        ([6_000] * 3, "earning.shares_differ", "/lines/1/line_shares"),
    ],
)
def test_a_discount_lies_on_lines_of_its_document(api: ApiClient, shops: Shops, shares: list[int], code: str, pointer: str) -> None:
    lines = ({"total": 90_000, "quantity": "2"}, {"kind": "discount", "total": -18_000, "line_shares": shares})
    assert refusal(api.post(PURCHASES, shops.sale(*lines))) == (422, code, pointer)
