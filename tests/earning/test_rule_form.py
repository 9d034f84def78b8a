"""The form of a rule: a sentence that the server says, rows for what there may be several of, and nothing lost by saving it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earning import queries
from earning.commands import (
    Among,
    Condition,
    CreateRule,
    Hours,
    LabelFactor,
    LabelValue,
    LevelFactor,
    Limit,
    Multiplier,
    PointsPerAmount,
    ProductPoints,
    RuleScope,
    RuleText,
    Selection,
    Terms,
    Window,
)
from earning.forms.lists import LabelsField
from earning.forms.rules.conditions import condition_of, leaf_of, rows_of
from earning.forms.rules.kinds import MultiplierFields
from earning.models import Rule
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.shops import Shops
from tests.earning.test_wallets_of_rules import set_up
from tests.pos.given import say
from tests.support.pages import field_of, form_of, text_of

RULES = "/admin/earning/rule/"
HTMX = {"HX-Request": "true"}
COFFEE = {"name": "Cà phê", "points": "2,5", "per": "10.000", "rounding": "floor", "delivery": "on"}


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def leaf(op: Any, field: str, *values: str | int) -> Condition:
    return Condition(op=op, field=field, values=values)


ODD = Selection(
    skus=('CF,1 "x"', "CF-2"), categories=("a;b",), makers=("Sữa",), labels=(LabelValue(label="a=b"), LabelValue(label="c", value="d,e"))
)
DEEP = Condition(
    op="and",
    parts=(
        Condition(
            op="or",
            parts=(Condition(op="gt", field="line.quantity", values=(1500,)), Condition(op="eq", field="line.sku", values=("1;2",))),
        ),
        Condition(op="not", parts=(leaf("between", "purchase.total", -5, 100_000),)),
        leaf("eq", "customer.label.club", "yes"),
    ),
)


def everything(shops: Shops, condition: Condition) -> RuleScope:
    """A scope with all that a program can set."""
    spring = Window(starts=datetime(2026, 3, 1, 1, 2, 3, 4, tzinfo=UTC), ends=datetime(2026, 6, 1, tzinfo=UTC))
    return RuleScope(
        priority=-7,
        stops=True,
        group="autumn",
        minimum=0,
        maximum=900_000,
        windows=(spring, Window(starts=datetime(2026, 9, 1, tzinfo=UTC))),
        weekdays=(6, 0),
        hours=(Hours(opens=22 * 60, closes=120), Hours(opens=480, closes=24 * 60)),
        zone="Europe/Warsaw",
        merchants=(shops.tech, shops.cafe, uuid4()),
        places=(uuid4(), shops.corner),
        channels=("pos",),
        levels=Among(any=("gold", "no such level"), all=("vip",), none=("new",)),
        segments=Among(any=("a,b",), all=("c",), none=("d", "e")),
        condition=condition,
        limits=(Limit(of="times", most=3, period="week"), Limit(of="points", most=1_234_567, period="half_year", whose="all")),
    )


TERMS: list[Terms] = [
    PointsPerAmount(
        points=Decimal("1.125"),
        per=40_000,
        currency="VND",
        rounding="half_up",
        whole_steps=True,
        only=ODD,
        never=ODD,
        delivery=False,
        rewards="gross",
    ),
    ProductPoints(points=Decimal("0.5"), each="line", rounding="ceil", only=ODD, never=ODD),
    Multiplier(
        by_label=(LabelFactor(label="a=b", value="c:d", factor=Decimal(2)),),
        by_level=(LevelFactor(level="gold, old", factor=Decimal("1.125")),),
        combine="best",
        only=ODD,
        never=ODD,
    ),
]
TEXTS = tuple(RuleText(language=lang, name=f"Gold {lang}", description="One\nTwo ") for lang in ("pl", "vi", "en"))
PAGES = ["edit", "edit-product-points", "edit-multiplier"]
FLAT = Condition(op="not", parts=(leaf("eq", "purchase.label.kind", "gift"),))


def test_labels_of_a_rule_are_typed_as_those_of_a_purchase() -> None:
    named = (LabelValue(label="16:9", value="yes"), LabelValue(label="color", value="red"), LabelValue(label="gift"))
    field = LabelsField()
    assert field.clean('"16:9"=yes, color: red; gift') == named
    assert field.clean(field.prepare_value(named)) == named
    any_value, no_value = LabelValue(label="a=b"), LabelValue(label="a=b", value="")
    assert field.clean(field.prepare_value((any_value, no_value))) == (any_value, no_value)
    form = MultiplierFields({"by_label": '"a=b"=c:d: 2,5\ncolor: red: 3', "combine": "best"})
    assert form.is_valid(), form.errors
    factors = [(one.label, one.value, one.factor) for one in form.terms(form.cleaned_data, "VND")["by_label"]]
    assert factors == [("a=b", "c:d", Decimal("2.5")), ("color", "red", Decimal(3))]
    assert not MultiplierFields({"by_label": "color: 2", "combine": "best"}).is_valid()


@pytest.mark.parametrize("condition", [DEEP, FLAT], ids=["deep", "flat"])
@pytest.mark.parametrize("terms", TERMS, ids=PAGES)
def test_saving_the_form_loses_nothing_that_a_program_set(
    tenant: Tenant, shops: Shops, admin_site: Any, terms: Terms, condition: Condition
) -> None:
    scope = everything(shops, condition)
    rule_id = say(tenant, CreateRule(name="Kept", terms=terms, scope=scope, texts=TEXTS)).rule_id
    at = f"{RULES}{rule_id}/{PAGES[TERMS.index(terms)]}/"
    sent = form_of(admin_site.get(at))
    page = admin_site.post(at, sent | {"name": ["Renamed"]})
    assert page.status_code == 302, page.context["form"].errors
    assert stands(tenant, rule_id) == ("Renamed", TEXTS, terms, scope)
    sent = form_of(admin_site.get(at))
    assert admin_site.post(at, sent | {"priority": ["8"], "limits_0_most": ["4"]}).status_code == 302
    first, *others = scope.limits
    assert stands(tenant, rule_id) == ("Renamed", TEXTS, terms, replace(scope, priority=8, limits=(replace(first, most=4), *others)))


def stands(tenant: Tenant, rule_id: UUID) -> tuple[str, Sequence[RuleText], Terms, RuleScope]:
    with reading(tenant.id):
        card = queries.rule(rule_id)
    return card.name, card.texts, card.terms, card.scope


def test_rows_make_limits_hours_and_conditions(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    told = {
        "merchants": [str(shops.cafe)],
        "hours_0_opens": "08:00",
        "limits_0_most": "1.000", "limits_0_of": "points", "limits_0_whose": "all", "limits_0_period": "ever",
        "limits_2_most": "２", "limits_2_of": "times", "limits_2_whose": "customer", "limits_2_period": "day",
        "join": "any",
        "conditions_0_field": "purchase.total", "conditions_0_op": "ge", "conditions_0_values": "200.000",
        "conditions_1_field": "line.label.", "conditions_1_label": "color", "conditions_1_op": "in", "conditions_1_values": "red; blue",
        "conditions_2_field": "purchase.weekday", "conditions_2_op": "eq", "conditions_2_values": "monday",
    }  # fmt: skip
    said = text_of(admin_site.post(f"{RULES}add-rule/", COFFEE | told, headers=HTMX))
    for part in ("Bought from", "total of the purchase is at least ₫200,000 or", "weekday is Monday", "2 times for each customer, a day"):
        assert part in said, said
    with reading(tenant.id):
        assert not Rule.objects.filter(name="Cà phê").exists()
    assert admin_site.post(f"{RULES}add-rule/", COFFEE | told).status_code == 302
    with reading(tenant.id):
        scope = queries.rule(Rule.objects.get(name="Cà phê").id).scope
    assert scope.merchants == (shops.cafe,)
    assert scope.hours == (Hours(opens=480, closes=1440),)
    assert scope.limits == (Limit(of="points", most=1000, whose="all"), Limit(of="times", most=2, period="day"))
    assert scope.condition is not None
    assert [(part.field, part.op, part.values) for part in scope.condition.parts] == [
        ("purchase.total", "ge", (200_000,)), ("line.label.color", "in", ("red", "blue")), ("purchase.weekday", "eq", (0,))
    ]  # fmt: skip


def test_a_rule_is_called_in_all_languages_or_in_none(tenant: Tenant, admin_site: Any) -> None:
    page = admin_site.post(f"{RULES}add-rule/", COFFEE | {"called_vi": "Cà phê", "called_en": "Coffee"})
    assert "or in none of them" in field_of(page, "called_pl")
    told = {"called_vi": "Cà phê", "called_en": "Coffee", "called_pl": "Kawa", "described_pl": "Za każdą kawę"}
    assert admin_site.post(f"{RULES}add-rule/", COFFEE | told).status_code == 302
    with reading(tenant.id):
        card = queries.rule(Rule.objects.get(name="Cà phê").id)
    assert [(text.language, text.name, text.description) for text in card.texts][1:] == [
        ("en", "Coffee", ""),
        ("pl", "Kawa", "Za każdą kawę"),
    ]


def asks(field: str, op: str, values: str) -> dict[str, str]:
    return {"conditions_0_field": field, "conditions_0_op": op, "conditions_0_values": values}


SECOND = {"conditions_2_field": "line.sku", "conditions_2_op": "eq", "conditions_2_values": "x" * 201}
TWICE = {"most": "5", "of": "times", "whose": "all", "period": "ever"}


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"limits_0_most": "-3"}, "limits_0_most", "limits"),
        ({"limits_0_most": "99999999999999999999"}, "limits_0_most", "limits"),
        ({"limits_0_most": "1"}, "limits_0_of", "limits"),
        ({"limits_0_of": "points"}, "limits_0_most", "limits"),
        (asks("", "eq", "1"), "conditions_0_field", "conditions"),
        (asks("visit.number", "ge", ""), "conditions_0_values", "conditions"),
        (asks("purchase.total", "ge", "much"), "conditions_0_values", "conditions"),
        (asks("line.label.", "eq", "red"), "conditions_0_label", "conditions"),
        (asks("line.sku", "between", "a"), "conditions_0_values", "conditions"),
        (asks("line.sku", "eq", "a\x00b"), "conditions_0_values", "conditions"),
        (asks("line.sku", "eq", "a") | SECOND, "conditions_2_values", "conditions"),
        ({f"limits_{row}_{name}": v for row in (0, 2) for name, v in TWICE.items()}, "limits_2_most", "limits"),
        ({"zone": "../etc"}, "zone", "times"),
        ({"windows_0_starts": "2026-05-02T00:00", "windows_0_ends": "2026-05-01T00:00"}, "windows_0_starts", "times"),
        ({"minimum": "5", "maximum": "4"}, "maximum", "basket"),
        ({"places": [str(uuid4())]}, "places", "where"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_its_part_is_open(
    tenant: Tenant, shops: Shops, admin_site: Any, changes: dict[str, Any], field: str, part: str
) -> None:
    assert admin_site.post(f"{RULES}add-rule/", COFFEE | changes, headers=HTMX).status_code == 200
    page = admin_site.post(f"{RULES}add-rule/", COFFEE | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert 'class="mt-2 text-red-700' in field_of(page, field)
    assert f'data-part="{part}" open' in page.content.decode()


@pytest.mark.parametrize(("language", "told"), [("en", "not complete yet"), ("vi", "chưa đầy đủ"), ("pl", "nie jest jeszcze kompletny")])
@pytest.mark.parametrize("wrong", [asks("line.sku", "between", "a"), asks("purchase.total", "ge", "much"), {"minimum": "much"}])
def test_a_rule_whose_condition_is_not_complete_is_not_said_to_be_for_every_purchase(
    shops: Shops, admin_site: Any, wrong: dict[str, str], language: str, told: str
) -> None:
    def sentence(form: dict[str, str]) -> str:
        return text_of(admin_site.post(f"{RULES}add-rule/", form, headers=HTMX | {"Accept-Language": language}))

    assert told in sentence(COFFEE | wrong)
    assert told not in sentence(COFFEE | asks("purchase.total", "ge", "200.000"))


leaves = st.one_of(
    st.builds(leaf, st.sampled_from(["eq", "ge"]), st.just("purchase.total"), st.integers(-9, 10**9)),
    st.builds(leaf, st.just("between"), st.just("line.quantity"), st.integers(0, 9999), st.integers(0, 9999)),
    st.sampled_from([("a",), ("a", "b c"), ("a;b",), (" a", "a "), (";",)]).map(lambda texts: leaf("in", "line.label.a b", *texts)),
    st.builds(leaf, st.just("ne"), st.just("purchase.weekday"), st.integers(0, 9)),
)
trees = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(Condition, op=st.sampled_from(["and", "or"]), parts=st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(Condition, op=st.just("not"), parts=st.tuples(parts)),
    ),
    max_leaves=4,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tree=trees, language=st.sampled_from(["vi", "en", "pl"]))
def test_rows_say_what_a_tree_says_or_keep_it(tree: Condition, language: str) -> None:
    with translation.override(language):
        join, held = rows_of(tree, "VND")
        made = condition_of(join, [leaf_of(one, "VND") for one in held], tree)
    assert meaning(made) == meaning(tree)


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("vi", "27/11/2026", "2026-11-27"),
        ("vi", "5/11/2026", "2026-11-05"),
        ("pl", "27.11.2026", "2026-11-27"),
        ("en", "27 Nov 2026", "2026-11-27"),
        ("en", "27/11/2026", "2026-11-27"),
        ("en", "5/11/2026", None),
        ("vi", "11/27/2026", None),
        ("vi", "31/2/2026", None),
        ("pl", "2026-11-27", "2026-11-27"),
    ],
)
def test_a_day_is_read_as_people_write_it_and_comes_back_the_same(language: str, typed: str, read: str | None) -> None:
    with translation.override(language):
        row = {"field": "purchase.day", "label": "", "op": "eq", "values": typed}
        if read is None:
            with pytest.raises(ValidationError, match="2026"):
                leaf_of(row, "VND")
            return
        made = leaf_of(row, "VND")
        assert made.values == (read,)
        assert rows_of(made, "VND")[0] == "all"


def meaning(tree: Condition | None) -> Any:
    """A tree without joins of one part."""
    if tree is None or not tree.parts:
        return tree
    parts = tuple(meaning(part) for part in tree.parts)
    return parts[0] if tree.op in {"and", "or"} and len(parts) == 1 else (tree.op, parts)


def test_a_limit_in_points_is_typed_and_shown_in_units_of_the_wallet_and_times_stay_whole(counter: Counter, admin_site: Any) -> None:
    set_up(counter, decimals=1)
    tenth = COFFEE | {"wallet": "stars", "limits_0_of": "points", "limits_0_whose": "customer", "limits_0_period": "day"}
    tenth |= {"limits_1_of": "times", "limits_1_whose": "all", "limits_1_period": "ever"}
    for wrong in ("2,55", "0", "x"):
        refused = admin_site.post(f"{RULES}add-rule/", tenth | {"limits_0_most": wrong})
        assert "with at most so many decimals: 1." in str(field_of(refused, "limits_0_most"))
    refused = admin_site.post(f"{RULES}add-rule/", tenth | {"limits_0_most": "2,5", "limits_1_most": "2,5"})
    assert "Enter a whole number above zero." in str(field_of(refused, "limits_1_most"))
    made = admin_site.post(f"{RULES}add-rule/", tenth | {"limits_0_most": "2,5", "limits_1_most": "1.000"}, follow=True)
    assert "At most 2.5 stars for each customer, a day. 1000 times for all together, in all." in text_of(made)
    with reading(counter.tenant.id):
        (row,) = Rule.objects.filter(tenant_id=counter.tenant.id, wallet="stars")
        assert [one.most for one in queries.rule(row.id).scope.limits] == [25, 1000]
    sent = form_of(admin_site.get(f"{RULES}{row.id}/edit/"))
    assert (sent["limits_0_most"], sent["limits_1_most"]) == (["2.5"], ["1000"])
    assert admin_site.post(f"{RULES}{row.id}/edit/", sent | {"limits_1_most": ["900"]}).status_code == 302
    with reading(counter.tenant.id):
        assert [one.most for one in queries.rule(row.id).scope.limits] == [25, 900]
