"""An amount is understood as people of any of the languages type it, or refused with an example; never guessed."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override

from loyalty.house.fields import AmountField, plain_amount
from loyalty.house.labels import IN_FILES, LabelsField, pairs, written


def cleaned(text: str, currency: str, **options: bool) -> int | None:
    value = AmountField(currency=currency, **options).clean(text)
    assert value is None or isinstance(value, int)
    return value


@pytest.mark.parametrize("text", ["250000", "250.000", "250,000", "250 000", " 250\u00a0000 ", "250'000"])
def test_dong_is_read_however_it_is_grouped(text: str) -> None:
    assert cleaned(text, "VND") == 250000


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12.50", 1250), ("12,5", 1250), ("1.234,50", 123450), ("1,234.5", 123450), ("1.234", 123400), ("1234", 123400), ("1 234,05", 123405)],
)
def test_pounds_and_zloty_have_decimals(text: str, minor: int) -> None:
    assert cleaned(text, "PLN") == minor


@pytest.mark.parametrize("text", ["12,5", "12.50", "25.00", "1,234.50", "１２,5"])
def test_decimals_of_a_currency_that_has_none_are_refused_as_such(text: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        cleaned(text, "VND")
    assert refusal.value.code == "decimals"


@pytest.mark.parametrize(
    ("text", "currency"),
    [("250k", "VND"), ("-5000", "VND"), ("1e6", "VND"), ("1.2.3", "PLN"), ("1,23,456", "PLN"),
     ("12.345,678", "PLN"), ("1.000,000", "PLN"), (".", "PLN"), ("NaN", "PLN"), ("٣٠٠", "VND"), ("1.250.00", "PLN")],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_refused_with_an_example(text: str, currency: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        cleaned(text, currency)
    assert refusal.value.code == "invalid"
    with override("en"):
        assert "for example" in refusal.value.messages[0]


def test_zero_and_huge_amounts_have_messages_of_their_own() -> None:
    with pytest.raises(forms.ValidationError, match="above zero"):
        cleaned("0", "VND")
    assert cleaned("0", "VND", zero=True) == 0
    with pytest.raises(forms.ValidationError, match="too large"):
        cleaned("9" * 30, "VND")


def test_an_empty_amount_is_missing_only_where_it_is_required() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        cleaned("", "VND")
    assert refusal.value.code == "required"
    assert cleaned("", "VND", required=False) is None


def test_a_form_groups_digits_as_its_reader_does() -> None:
    class Till(forms.Form):
        amount = AmountField()

    with override("vi"):
        shown = str(Till(initial={"amount": 250000})["amount"])
        assert 'value="250.000"' in shown
        assert 'data-group="."' in shown
    with override("en"):
        assert 'value="250,000"' in str(Till(initial={"amount": 250000})["amount"])


def test_what_was_typed_wrongly_stays_in_the_input() -> None:
    class Till(forms.Form):
        amount = AmountField()

    assert 'value="250k"' in str(Till({"amount": "250k"})["amount"])


def test_a_form_can_take_the_currency_of_its_tenant() -> None:
    class Till(forms.Form):
        amount = AmountField()

    form = Till({"amount": "12,50"})
    form.fields["amount"].use("PLN")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == 1250
    assert Till({"amount": "12,50"}).is_valid() is False, "the next form is of the first currency again"


def test_grouping_must_be_of_one_kind() -> None:
    assert plain_amount("1.234.567", 0) == "1234567"
    with pytest.raises(ValueError, match=r"1\.234,567"):
        plain_amount("1.234,567", 0)


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("color=red, size=L", {"color": "red", "size": "L"}),
        ("vip; tier=gold", {"vip": "", "tier": "gold"}),
        ("color：red，gift", {"color": "red", "gift": ""}),
        ('"milk=oat, warm"\nsize=27"; w=30"', {"milk": "oat, warm", "size": '27"', "w": '30"'}),
        (" color = red ,, ; color=red", {"color": "red"}),
        ("link=https://x.example/a=b", {"link": "https://x.example/a=b"}),
        ("Cafe\u0301=", {"Café": ""}),
        ('"tv=55"" QLED, wide"', {"tv": '55" QLED, wide'}),
        ('"""new"""', {'"new"': ""}),
        ("size=S|M", {"size": "S|M"}),
        ('"note=trà，đá；ít"', {"note": "trà，đá；ít"}),
        ('"16:9"=yes, "a=b"="c, d"', {"16:9": "yes", "a=b": "c, d"}),
        ('"a=b"=', {"a=b": ""}),
        ('"say ""x:y"""：loud', {'say "x:y"': "loud"}),
        ("Color=red, COLOR=red", {"Color": "red"}),
        ("", {}),
        (" , ;", {}),
        ('say="hi"', {"say": '"hi"'}),
        ('"note=""x", 5"=long', {"note": '"x', '5"': "long"}),
    ],
)
def test_labels_are_read_as_people_write_them(typed: str, labels: dict[str, str]) -> None:
    assert LabelsField().clean(typed) == labels
    assert LabelsField().clean(written(labels)) == labels
    assert dict(pairs(written(labels), IN_FILES)) == labels


@pytest.mark.parametrize(
    ("typed", "behind"),
    [('gift, "16:9=yes', "16:9=yes"), ('"milk, oat', "milk"), ('"a=b"="c, d', "c"), ('note="red, blue"', "red"), ('""" x', '"" x')],
)
def test_a_quotation_mark_that_is_never_closed_is_told_of(typed: str, behind: str) -> None:
    with pytest.raises(ValidationError, match=f"The quotation mark before “{behind}” is never closed. Close it") as refused:
        LabelsField().clean(typed)
    assert refused.value.code == "unclosed"


@pytest.mark.parametrize("typed", ["=red", ":red", "color=red, color=blue", "color, COLOR=red", "a\0b", "x" * 25_001])
def test_labels_that_say_nothing_or_two_things_are_asked_for_again(typed: str) -> None:
    with pytest.raises(ValidationError):
        LabelsField().clean(typed)
