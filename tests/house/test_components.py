"""The parts of a page say what they are to people who cannot see them."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from loyalty.house.fields import AmountField


class Person(forms.Form):
    name = forms.CharField(label="Full name", help_text="As on the card.")
    email = forms.EmailField(label="Email", required=False)
    store = forms.ChoiceField(label="Store", choices=[("1", "One"), ("2", "Two")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Agrees")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def rendered(source: str, language: str = "en", **context: Any) -> str:
    with override(language):
        return Template("{% load i18n house %}" + source).render(Context(context))


def test_a_field_is_tied_to_its_label_help_and_error() -> None:
    form = Person({"name": "", "email": "x"})
    html = rendered('{% include "components/field.html" with field=form.name %}', form=form)
    assert '<label class="field-label" for="id_name">Full name</label>' in html
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_help">As on the card.' in html
    assert "This field is required." in html.split('id="id_name_error"')[1]


def test_a_field_without_fault_claims_none() -> None:
    html = rendered('{% include "components/field.html" with field=form.email %}', form=Person())
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html
    assert "optional" in html


def test_groups_of_choices_have_a_legend_and_boxes_a_label_beside_them() -> None:
    form = Person({})
    group = rendered('{% include "components/field.html" with field=form.store %}', form=form)
    assert "<legend" in group
    assert 'aria-describedby="id_store_error"' in group.split(">")[0]
    box = rendered('{% include "components/field.html" with field=form.consent %}', form=form)
    assert box.index("<label") < box.index('type="checkbox"') < box.index("Agrees")


def test_hidden_fields_stay_hidden() -> None:
    html = rendered('{% include "components/field.html" with field=form.token %}', form=Person()).strip()
    assert html == '<input type="hidden" name="token" id="id_token">'


def test_a_form_says_once_that_something_is_wrong() -> None:
    html = rendered('{% include "components/form.html" %}', form=Person({}))
    assert html.count("The information entered is not correct") == 1
    assert 'role="alert"' in html
    assert "not correct" not in rendered('{% include "components/form.html" %}', form=Person())


def test_what_people_entered_is_never_markup() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    sources = [
        "{% avatar evil %}",
        "{% icon evil %}",
        "{% card title=evil %}{{ evil }}{% endcard %}",
        "{% sheet id=evil title=evil %}{{ evil }}{% endsheet %}",
        "{% banner title=evil %}{{ evil }}{% endbanner %}",
        '{% include "components/badge.html" with text=evil kind=evil %}',
        '{% include "components/button.html" with label=evil href=evil %}',
        '{% include "components/toast.html" with text=evil %}',
        '{% include "components/stat.html" with label=evil value=evil %}',
        '{% include "components/empty.html" with title=evil text=evil %}',
        '{% include "components/search.html" with value=evil %}',
    ]
    for source in sources:
        assert "<img" not in rendered(source, evil=evil), source


@pytest.mark.parametrize(("language", "shown"), [("vi", "250.000"), ("en", "250,000"), ("pl", "250\u00a0000")])
def test_an_amount_reads_in_the_language_of_the_page(language: str, shown: str) -> None:
    assert shown in rendered('{% amount 250000 "VND" size="large" %}', language)
    assert shown in rendered('{{ 250000|money:"VND" }}', language)


def test_a_loss_is_marked_by_more_than_its_color() -> None:
    html = rendered('{% amount -5000 "VND" signed=True %}', "vi")
    assert 'data-sign="minus"' in html
    assert "−5.000" in html


def test_nothing_is_a_dash() -> None:
    for source in (
        '{% amount None "VND" %}',
        "{% points_amount None %}",
        "{% local_time None %}",
        '{{ None|money:"VND" }}',
        "{% points None %}",
    ):
        assert "—" in rendered(source), source


def test_times_are_those_of_the_tenants_zone() -> None:
    tenant = SimpleNamespace(zone=ZoneInfo("Asia/Ho_Chi_Minh"))
    html = rendered('{% local_time at "day" %}', "vi", tenant=tenant, at=datetime(2026, 3, 7, 18, 5, tzinfo=UTC))
    assert html == '<time datetime="2026-03-07T18:05:00+00:00">08/03/2026</time>'


def test_icons_are_silent_unless_named() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "search" %}')
    assert 'role="img" aria-label="Search"' in rendered('{% icon "search" label="Search" %}')


def test_the_readers_theme_is_taken_from_the_cookie_if_it_is_one() -> None:
    request = RequestFactory().get("/")
    for cookie, attribute in {"dark": ' data-theme="dark"', "light": ' data-theme="light"', "system": "", '"><script>': ""}.items():
        request.COOKIES["theme"] = cookie
        assert rendered("{% theme_attribute %}", request=request) == attribute


def test_a_tenant_with_a_color_of_its_own_gets_its_stylesheet() -> None:
    assert "/house/accent/c2410c.css" in rendered("{% accent_stylesheet %}", tenant=SimpleNamespace(accent="#C2410C"))
    assert rendered("{% accent_stylesheet %}", tenant=SimpleNamespace(accent="#0f6b5c")) == ""
    assert rendered("{% accent_stylesheet %}") == ""


def test_the_keys_of_an_amount_fit_its_currency() -> None:
    class Till(forms.Form):
        dong = AmountField(currency="VND")
        zloty = AmountField(currency="PLN")

    source = '{% include "components/amount_field.html" with field=field keypad=True %}'
    assert 'data-key="000"' in rendered(source, field=Till()["dong"])
    assert 'data-key="decimal"' in rendered(source, field=Till()["zloty"])
    assert 'data-keypad="id_zloty"' in rendered(source, field=Till()["zloty"])
