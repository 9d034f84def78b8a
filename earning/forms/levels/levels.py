"""Forms of one level: what it is called, asks for and brings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ChangeLevelSet
from earning.domain.levels.grants import MOST_FEE_DAYS, MOST_FEE_MONTHS, Fee
from earning.domain.levels.measures import Measure
from earning.domain.levels.terms import LONGEST_NAME, LONGEST_TEXT, MOST_DAYS, Benefits, Level, LevelText
from earning.domain.lines import LONGEST
from earning.domain.wallets import LANGUAGES
from earning.forms.fields import NumberField, as_typed
from earning.forms.levels.places import place_of_level
from earning.forms.levels.warned import WarnedForm
from earning.level_wording import measure_sentence
from earning.permissions import EDIT_LEVELS
from loyalty.domain.errors import DomainError
from loyalty.files.forms import PhotoField, photo_name, shown_photo
from loyalty.house.fields import AmountField

PERCENT = 100
TEXTS = ("name", "description", "promise")
CALLED = {"vi": _("Name in Vietnamese"), "en": _("Name in English"), "pl": _("Name in Polish")}
DESCRIBED = {"vi": _("Description in Vietnamese"), "en": _("Description in English"), "pl": _("Description in Polish")}
PROMISED = {"vi": _("Also promised, in Vietnamese"), "en": _("Also promised, in English"), "pl": _("Also promised, in Polish")}


class ColorInput(forms.TextInput):
    """The browser's own choice of a colour."""

    input_type = "color"


class LevelForm(WarnedForm):
    """What the pages that add and edit a level share."""

    permission = EDIT_LEVELS

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("For rules and programs, such as gold. Small letters and digits."))
    multiplier = NumberField(label=_("Points count so many times"), initial="1", required=False)
    discount = NumberField(label=_("Discount in percent"), initial="0", required=False)
    free_delivery = forms.BooleanField(label=_("Free delivery"), required=False)
    birthday_gift = forms.BooleanField(label=_("Gift on the birthday"), required=False)
    minimum_days = forms.IntegerField(
        label=_("Kept for so many days at least"), min_value=0, max_value=MOST_DAYS, initial=0, required=False
    )
    fee_sku = forms.CharField(
        label=_("SKU of the fee"),
        max_length=LONGEST["sku"],
        required=False,
        help_text=_("Who buys a fee line with this SKU has the level for the months or days below; buying it again extends it."),
    )
    fee_months = forms.IntegerField(label=_("For so many months"), min_value=0, max_value=MOST_FEE_MONTHS, required=False)
    fee_days = forms.IntegerField(label=_("Or for so many days"), min_value=0, max_value=MOST_FEE_DAYS, required=False)
    color = forms.CharField(label=_("Color"), widget=ColorInput(attrs={"class": "h-10 w-20"}), initial="#6b7280")
    photo = PhotoField()
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        thresholds = [f"threshold_{n}" for n in range(1, len(self.card.terms.measures) + 1)]
        for name, measure in zip(thresholds, self.card.terms.measures, strict=True):
            self.add_field(name, self._threshold_field(measure))
        for language in LANGUAGES:
            self.add_field(f"name_{language}", forms.CharField(label=CALLED[language], max_length=LONGEST_NAME))
            for part, labels in (("description", DESCRIBED), ("promise", PROMISED)):
                self.add_field(f"{part}_{language}", _text_field(labels[language]))
        self.sections = [  # type: ignore[misc]
            (_("Level"), [*(f"name_{language}" for language in LANGUAGES), "code", "color", "photo"]),
            (_("What it asks for"), [*thresholds, "minimum_days"]),
            (_("What it costs"), ["fee_sku", "fee_months", "fee_days"]),
            (_("What it brings"), ["multiplier", "discount", "free_delivery", "birthday_gift"]),
            (_("More about it"), [f"{part}_{language}" for part in TEXTS[1:] for language in LANGUAGES]),
        ]

    @cached_property
    def card(self) -> queries.LevelSetCard:
        """The set that the level belongs to."""
        return queries.level_set(self.set_id)

    @property
    def set_id(self) -> UUID:
        """Of the set that the page is about."""
        raise NotImplementedError

    def level(self) -> Level:
        """The level that was entered."""
        told = self.cleaned_data
        return Level(
            code=told["code"].strip(),
            thresholds=tuple(told[f"threshold_{n}"] for n in range(1, len(self.card.terms.measures) + 1)),
            texts=tuple(LevelText(language=lang, **{part: told[f"{part}_{lang}"].strip() for part in TEXTS}) for lang in LANGUAGES),
            benefits=Benefits(
                multiplier=told["multiplier"] or Decimal(1),
                discount=_basis_points(told["discount"] or Decimal(0)),
                free_delivery=told["free_delivery"],
                birthday_gift=told["birthday_gift"],
            ),
            minimum_days=told["minimum_days"] or 0,
            color=told["color"].lower(),
            fee=Fee(sku=told["fee_sku"].strip(), months=told["fee_months"] or 0, days=told["fee_days"] or 0),
            photo=photo_name(self.tenant.id, told["photo"]),
        )

    def change(self, instead_of: str = "") -> ChangeLevelSet:
        """The set with this level in it."""
        terms = self.card.terms.with_level(self.level(), instead_of)
        return ChangeLevelSet(set_id=self.set_id, terms=terms, seen_version=self.cleaned_data["seen_version"])

    def refuse(self, refusal: DomainError) -> None:
        """Each part of the level has a field of its own."""
        refusal.field = place_of_level(refusal.field or "")
        super().refuse(refusal)

    def _threshold_field(self, measure: Measure) -> forms.Field:
        told: dict[str, Any] = {
            "label": measure_sentence(measure),
            "required": False,
            "help_text": _("Leave it empty where this is not asked for."),
        }
        if measure.kind != "amount":
            return forms.IntegerField(min_value=0, **told)
        return AmountField(currency=self.card.terms.currency, zero=True, **told)


def _text_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _basis_points(percent: Decimal) -> int:
    """Hundredths of a percent; one too exact is one that no level can have."""
    scaled = percent * PERCENT
    return int(scaled) if scaled == scaled.to_integral_value() else -1


class AddLevelForm(LevelForm):
    """Add a level to a set."""

    title = _("Add level")
    icon = "add"
    submit = _("Add level")
    done = _("The level %(code)s is added.")

    @property
    def set_id(self) -> UUID:
        return self.subject.id  # type: ignore[no-any-return]

    def initial_values(self) -> dict[str, Any]:
        return {"seen_version": self.card.version}

    def command(self) -> ChangeLevelSet:
        return self.change()


class EditLevelForm(LevelForm):
    """Change a level of a set."""

    title = _("Edit")
    icon = "edit"
    done = _("The level %(code)s is changed.")

    @property
    def set_id(self) -> UUID:
        return self.subject.set_id  # type: ignore[no-any-return]

    def initial_values(self) -> dict[str, Any]:
        level = self.card.terms.level(self.subject.code)
        if level is None:
            return {}
        benefits = level.benefits
        told: dict[str, Any] = {
            "code": level.code,
            "multiplier": as_typed(benefits.multiplier),
            "discount": as_typed(Decimal(benefits.discount) / PERCENT),
            "free_delivery": benefits.free_delivery,
            "birthday_gift": benefits.birthday_gift,
            "minimum_days": level.minimum_days,
            "color": level.color,
            "photo": shown_photo(level.photo),
            "fee_sku": level.fee.sku,
            "fee_months": level.fee.months or None,
            "fee_days": level.fee.days or None,
            "seen_version": self.card.version,
        }
        told |= {f"threshold_{n}": threshold for n, threshold in enumerate(level.thresholds, 1)}
        return told | {f"{part}_{text.language}": getattr(text, part) for text in level.texts for part in TEXTS}

    def level(self) -> Level:
        """The special rewards have a page of their own."""
        before = self.card.terms.level(self.subject.code)
        return replace(super().level(), rewards=before.rewards if before else ())

    def command(self) -> ChangeLevelSet:
        return self.change(instead_of=self.subject.code)


class RemoveLevelForm(WarnedForm):
    """Take a level out of its set."""

    title = _("Remove")
    icon = "delete"
    permission = EDIT_LEVELS
    submit = _("Remove")
    dangerous = True
    explanation = _("Who has this level gets the one that they have earned with their next purchase.")
    done = _("The level %(subject)s is removed.")

    def command(self) -> ChangeLevelSet:
        card = queries.level_set(self.subject.set_id)
        return ChangeLevelSet(set_id=card.set_id, terms=card.terms.without(self.subject.code), seen_version=card.version)
