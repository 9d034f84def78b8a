"""What a reward may have several of: prices for some, earlier access, prizes; a row of fields each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty.admin.clauses import Block
from loyalty.admin.forms import CommandForm
from loyalty.admin.rows import LACKING, NOTHING_CHOSEN, Rows
from loyalty.domain.errors import DomainError
from loyalty.house.typed import CountField
from loyalty.messages.refusals import message
from rewards.called import Called
from rewards.domain.kinds import LuckyDraw, Prize
from rewards.domain.kinds.lucky_draw import MOST_PRIZES
from rewards.domain.terms import EarlyAccess, PriceForSome, RewardTerms

MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Several:
    """Rows of fields, the value `made` of what one holds (it is told the decimals of the wallet), and back.

    `made` raises ValidationError for the fields that are missing or wrong.
    """

    rows: Rows
    title: Any
    more: Any
    fields: Callable[[Called, int], dict[str, forms.Field]]
    made: Callable[[Mapping[str, Any]], Any]
    held: Callable[[Any], dict[str, Any]]
    taken: Callable[[RewardTerms], Sequence[Any]]


def _whom(around: Called) -> list[Any]:
    levels = [(f"level:{code}", name) for code, name in around.levels.items()]
    segments = [(f"segment:{code}", name) for code, name in around.segments.items()]
    groups = ((_("Levels"), levels), (_("Segments"), segments))
    return [("", NOTHING_CHOSEN), *((title, choices) for title, choices in groups if choices)]


def _needed(held: Mapping[str, Any], *names: str) -> None:
    if lacking := {name: LACKING for name in names if held[name] in {None, ""}}:
        raise ValidationError(lacking)


def _price(held: Mapping[str, Any]) -> PriceForSome:
    _needed(held, "whom", "points")
    kind, _colon, code = held["whom"].partition(":")
    return PriceForSome(points=held["points"], **{kind: code})


def _early(held: Mapping[str, Any]) -> EarlyAccess:
    _needed(held, "level", "hours")
    return EarlyAccess(level=held["level"], hours=held["hours"])


def _prize(held: Mapping[str, Any]) -> Prize:
    _needed(held, "code")
    return Prize(code=held["code"].strip(), weight=1 if held["weight"] is None else held["weight"], stock=held["stock"])


PRICES = Several(
    Rows(name="prices", told=("whom", "points"), most=MOST_ROWS),
    _("Price for some"),
    _("Add a price"),
    lambda around, places: {
        "whom": forms.ChoiceField(label=_("For whom"), choices=_whom(around), required=False),
        "points": CountField(label=_("Price in points"), places=places),
    },
    _price,
    lambda one: {"whom": f"level:{one.level}" if one.level else f"segment:{one.segment}", "points": one.points},
    lambda terms: terms.prices_for_some,
)
EARLY = Several(
    Rows(name="early", told=("level", "hours"), most=MOST_ROWS),
    _("Earlier for some"),
    _("Add a level"),
    lambda around, _places: {
        "level": forms.ChoiceField(label=_("Level"), choices=[("", NOTHING_CHOSEN), *around.levels.items()], required=False),
        "hours": CountField(label=_("Hours earlier")),
    },
    _early,
    lambda one: {"level": one.level, "hours": one.hours},
    lambda terms: terms.early_access,
)
PRIZES = Several(
    Rows(name="prizes", told=("code",), most=MOST_PRIZES, first=2),
    _("Prizes"),
    _("Add a prize"),
    lambda _around, _places: {
        "code": forms.CharField(label=_("Prize"), required=False, max_length=40),
        "weight": CountField(label=_("Weight"), help_text=_("How often it is drawn, beside the others. Empty: 1.")),
        "stock": CountField(label=_("How many there are")),
    },
    _prize,
    lambda one: {"code": one.code, "weight": one.weight, "stock": one.stock},
    lambda terms: terms.benefit.prizes if isinstance(terms.benefit, LuckyDraw) else (),
)
SEVERAL = {one.rows.name: one for one in (PRICES, EARLY, PRIZES)}
ROWS_OF = {"prices_for_some": "prices", "early_access": "early", "prizes": "prizes"}
"""The rows for the fields of the terms."""


class RowFields(CommandForm):
    """Rows on a form, as many as there are and some empty ones."""

    def set_up_rows(self, around: Called, places: int) -> None:
        """Put them on the form."""
        self.sent: dict[str, int] = {}
        self.at: dict[str, list[int]] = {}
        for name, one in SEVERAL.items():
            self.sent[name] = sent = one.rows.sent(self.data if self.is_bound else self.initial)
            for row in range(one.rows.shown(min(sent, one.rows.most))):
                for part, field in one.fields(around, places).items():
                    self._keep_choice(one.rows.field(row, part), field)
                    self.add_field(one.rows.field(row, part), field)

    def rows_shown(self, terms: RewardTerms) -> dict[str, Any]:
        """The rows' values."""
        return {
            one.rows.field(row, part): value
            for one in SEVERAL.values()
            for row, held in enumerate(map(one.held, one.taken(terms)))
            for part, value in held.items()
        }

    def taken(self, name: str) -> tuple[Any, ...]:
        """What rows stand for; what is wrong is said at its field."""
        one, found = SEVERAL[name], []
        if self.sent[name] > one.rows.most:
            self.add_error(None, message(DomainError("rewards.too_many_listed", most=one.rows.most)))
        self.at[name] = []
        for row, held in one.rows.filled(self.cleaned_data, self.sent[name], self._parts(one)):
            if not any(one.rows.field(row, part) in self.errors for part in held):
                try:
                    found.append(one.made(held))
                    self.at[name].append(row)
                except ValidationError as wrong:
                    for part, messages in wrong.message_dict.items():
                        self.add_error(one.rows.field(row, part), messages)
        return tuple(found)

    def block(self, name: str) -> Block:
        """Rows for the page."""
        one = SEVERAL[name]
        shown = range(one.rows.shown(min(self.sent[name], one.rows.most)))
        fields = [[self[one.rows.field(row, part)] for part in self._parts(one)] for row in shown]
        return Block(one.rows, one.title, one.more, fields)

    def row_field(self, field: str) -> str:
        """The field of the form for one of the command: `prices_for_some.0.points` is `prices_1_points`, where row 0 is empty."""
        terms, _dot, rest = field.partition(".")
        if (name := ROWS_OF.get(terms)) is None:
            return field
        place, _dot, part = rest.partition(".")
        if not place:
            return SEVERAL[name].rows.field(0, self._parts(SEVERAL[name])[0])
        part = "whom" if name == "prices" and part in {"level", "segment"} else part
        return SEVERAL[name].rows.field(self.at[name][int(place)], part)

    def _parts(self, one: Several) -> list[str]:
        return [name.removeprefix(f"{one.rows.name}_0_") for name in self.fields if name.startswith(f"{one.rows.name}_0_")]

    def _keep_choice(self, name: str, field: Any) -> None:
        """What was chosen before stays, where it is offered no more."""
        before = self.initial.get(name)
        if isinstance(field, forms.ChoiceField) and before and not field.valid_value(before):
            field.choices = [*cast(Any, field.choices), (before, before.partition(":")[2] or before)]
