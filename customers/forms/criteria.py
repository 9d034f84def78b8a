"""Criteria of a segment as groups of rows: joined by “or” within a group, by “and” across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.audiences import Reach, reach
from customers.commands import Criteria, Criterion, Group
from customers.domain.criteria import MOST_CRITERIA, MOST_GROUPS, checked
from customers.domain.text import LONGEST_LABEL
from customers.forms.criterion_rows import VALUES_OF, criterion_of, shown_row
from customers.models import Consent
from customers.queries import CustomerCard, cards
from customers.wording import (
    ARTICLE_NAMES,
    CLOSED_PLACE,
    KIND_NAMES,
    criteria_sentences,
    custom_event_choices,
    level_choices,
    said_about,
    said_customers,
    wallet_choices,
)
from loyalty.admin.forms import CommandForm
from loyalty.admin.groups import FieldGroup
from loyalty.admin.rows import Rows
from loyalty.domain.errors import DomainError
from pos.queries import all_places

GROUPS = 4
"""So many are on the page at least."""
JOINS = [("", _("one of these is met")), ("negated", _("none of these is met"))]
FIRST, FURTHER = _("Asked of customers"), _("And also")
LONGEST_LIST = 50_000
NOT_COUNTED = Reach(None)
NOTHING = Criteria(groups=())


def rows_of(group: int) -> Rows:
    """The rows of a group, counted from 0."""
    return Rows(name=f"group{group}", told=("kind",), most=MOST_CRITERIA)


@dataclass(frozen=True, slots=True)
class Block:
    """A group on the page."""

    title: Any
    rows: Rows
    join: forms.BoundField
    fields: list[FieldGroup]
    used: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the form asks as far as it is filled, whom that means, and some of them; without sentences nothing is asked yet."""

    sentences: list[str]
    reach: Reach = NOT_COUNTED
    some: tuple[CustomerCard, ...] = ()

    @property
    def reached(self) -> str:
        """“12 customers”, “about 1,200 customers”."""
        said = said_about if self.reach.estimated else said_customers
        return said(self.reach.customers or 0)


def with_held(choices: list[tuple[str, Any]], held: Sequence[str], called: Any = "") -> list[tuple[str, Any]]:
    """The choices, and what is asked until now although it can be chosen no longer: saving does not drop it."""
    known = dict(choices)
    return [*choices, *((value, called or value) for value in dict.fromkeys(held) if value not in known)]


class CriteriaFields(CommandForm):
    """Groups of rows on a form. `asked_before` is what they show at first."""

    template = "customers/admin/criteria_form.html"
    live = "customers/admin/criteria_spoken.html"
    above: tuple[str, ...] = ()
    """Fields that stand above the criteria."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent: dict[int, int] = {}
        self.shown = range(self._groups())
        for group in self.shown:
            self.add_field(f"group{group}_join", forms.ChoiceField(label=_("It is met when"), choices=JOINS, required=False))
            rows = rows_of(group)
            self.sent[group] = min(rows.sent(self.data if self.is_bound else self.initial), rows.most)
            for row in range(rows.shown(self.sent[group])):
                for name, field in self._row().items():
                    self.add_field(rows.field(row, name), field)

    def _groups(self) -> int:
        """How many groups the page has: one more than is asked until now, or as many as came back."""
        before = self.asked_before()
        held = len(before.groups) + 1 if before else 0
        sent = [group + 1 for group in range(MOST_GROUPS) if self.is_bound and f"group{group}_0_kind" in self.data]
        return min(max(GROUPS, held, *sent), MOST_GROUPS)

    def asked_before(self) -> Criteria | None:
        """What is asked until now."""
        return None

    def initial_values(self) -> dict[str, Any]:
        before, found = self.asked_before(), dict[str, Any]()
        for group, asked in enumerate(before.groups if before else ()):
            found[f"group{group}_join"] = "negated" if asked.negated else ""
            for row, one in enumerate(asked.any):
                found |= {rows_of(group).field(row, name): value for name, value in shown_row(one, self.tenant).items()}
        return found

    @property
    def above_fields(self) -> list[forms.BoundField]:
        """For the template."""
        return [self[name] for name in self.above]

    @property
    def blocks(self) -> list[Block]:
        """The groups, for the template."""
        return [self._block(group) for group in self.shown]

    @property
    def spoken(self) -> Spoken:
        """What is asked so far, for those who write it. Rows that are not right yet are left out."""
        criteria = self._right_rows() if self.is_bound else self.asked_before() or NOTHING
        if not criteria.groups:
            return Spoken([])
        found = reach(criteria, datetime.now(UTC))
        return Spoken(criteria_sentences(criteria), found, tuple(cards(list(found.some))))

    def _right_rows(self) -> Criteria:
        self.is_valid()
        return self._joined({group: [one for row in self._filled(group) if (one := self._right(*row))] for group in self.shown})

    def criteria(self) -> Criteria:
        """The criteria of the rows; what is wrong is said at its field. Needs an open `reading`."""
        return self._joined({group: [one for row in self._filled(group) if (one := self._made(group, *row))] for group in self.shown})

    def _joined(self, made: Mapping[int, list[Criterion]]) -> Criteria:
        joins = {group: self.cleaned_data.get(f"group{group}_join") for group in made}
        return Criteria(groups=tuple(Group(any=tuple(ones), negated=joins[group] == "negated") for group, ones in made.items() if ones))

    def refuse(self, refusal: DomainError) -> None:
        """At the field of the row that holds what is refused."""
        parts = (refusal.field or "").split(".")
        if parts[:2] != ["criteria", "groups"] or len(parts) < 6:
            super().refuse(refusal)
            return
        used = [group for group in self.shown if self._filled(group)]
        group = used[int(parts[2])]
        row, held = self._filled(group)[int(parts[4])]
        name = rows_of(group).field(row, VALUES_OF.get(held["kind"], "values") if parts[5] == "values" else parts[5])
        self.add_error(name if name in self.fields else None, self.said(refusal))

    def _row(self) -> dict[str, forms.Field]:
        choices = self._choices
        plain = forms.TextInput(attrs={"autocomplete": "off"})
        digits = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"})
        several = forms.SelectMultiple(attrs={"size": 4})
        return {
            "kind": forms.ChoiceField(label=_("Criterion"), choices=choices["kind"], required=False),
            "places": forms.MultipleChoiceField(label=_("Points of sale"), choices=choices["places"], required=False, widget=several),
            "what": forms.ChoiceField(label=_("Goods by"), choices=choices["what"], required=False),
            "name": forms.CharField(label=_("Label"), max_length=LONGEST_LABEL, required=False, widget=plain),
            "values": forms.CharField(label=_("Values"), required=False, widget=plain, help_text=_("Several have ; between them.")),
            "levels": forms.MultipleChoiceField(label=_("Levels"), choices=choices["levels"], required=False, widget=several),
            "purposes": forms.MultipleChoiceField(label=_("Purposes"), choices=Consent.Purpose.choices, required=False, widget=several),
            "events": forms.MultipleChoiceField(label=_("Custom events"), choices=choices["events"], required=False, widget=several),
            "wallet": forms.ChoiceField(label=_("Wallet"), choices=choices["wallet"], required=False),
            "customers": forms.CharField(
                label=_("Customers"),
                max_length=LONGEST_LIST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("Customer codes, phones, emails, cards or external ids, one in a line or with commas between them."),
            ),
            "at_least": forms.CharField(label=_("At least"), max_length=30, required=False, widget=digits),
            "at_most": forms.CharField(label=_("At most"), max_length=30, required=False, widget=digits),
            "days": forms.IntegerField(label=_("Within days"), required=False, widget=digits),
            "first": forms.DateField(label=_("From"), required=False, widget=forms.DateInput),
            "last": forms.DateField(label=_("Until"), required=False, widget=forms.DateInput),
        }

    @cached_property
    def _choices(self) -> dict[str, list[tuple[str, Any]]]:
        places = [(str(place.pos_id), f"{place.merchant_name} · {place.pos_name}") for place in all_places()]
        held = [*before.each()] if (before := self.asked_before()) else []
        return {
            "kind": [("", "–"), *KIND_NAMES.items()],
            "places": with_held(places, [str(place) for one in held for place in one.places], CLOSED_PLACE),
            "what": [*ARTICLE_NAMES.items()],
            "levels": with_held(level_choices(datetime.now(UTC)), [code for one in held if one.kind == "level" for code in one.values]),
            "events": with_held(
                custom_event_choices(), [code.casefold() for one in held if one.kind == "custom_event" for code in one.values]
            ),
            "wallet": wallet_choices(),
        }

    def _block(self, group: int) -> Block:
        rows, join = rows_of(group), self[f"group{group}_join"]
        fields = [FieldGroup("", [self[rows.field(row, name)] for name in self._row()]) for row in range(rows.shown(self.sent[group]))]
        wrong = any(field.errors for row in fields for field in row.fields)
        return Block(FURTHER if group else FIRST, rows, join, fields, wrong or group == 0 or self.sent[group] > 0)

    def _filled(self, group: int) -> list[tuple[int, dict[str, Any]]]:
        return list(rows_of(group).filled(self.cleaned_data, self.sent[group], [*self._row()]))

    def _made(self, group: int, row: int, held: dict[str, Any]) -> Criterion | None:
        rows = rows_of(group)
        if any(rows.field(row, name) in self.errors for name in held):
            return None
        try:
            return criterion_of(held, self.tenant)
        except ValidationError as wrong:
            for name, messages in wrong.message_dict.items():
                self.add_error(rows.field(row, name), messages)
            return None

    def _right(self, row: int, held: dict[str, Any]) -> Criterion | None:
        """The criterion of a row, if it is one."""
        try:
            return checked(Criteria(groups=(Group(any=(criterion_of(held, self.tenant),)),))).groups[0].any[0]
        except (ValidationError, DomainError):
            return None
