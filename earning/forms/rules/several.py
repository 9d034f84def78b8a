"""The rows of a rule's form: periods, hours, limits and conditions, as many as there are and an empty one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from earning.commands import Condition, RuleScope
from earning.forms.rules import conditions
from earning.forms.rules.spans import SEVERAL, Several
from loyalty.admin.clauses import Block
from loyalty.admin.forms import CommandForm
from loyalty.admin.rows import Rows
from loyalty.house.kept import untouched

MADE = Callable[[Mapping[str, Any]], Any]


class SeveralFields(CommandForm):
    """Rows for what a rule may have several of."""

    join = forms.ChoiceField(label=_("It counts when"), choices=conditions.JOIN_CHOICES, initial="all", required=False)

    @property
    def places(self) -> int:
        """The decimals of the wallet that limits count in."""
        raise NotImplementedError

    def may_ask(self, field: str) -> bool:
        """Whether a condition of the rule can ask for a field."""
        raise NotImplementedError

    def set_up_rows(self, scope: RuleScope) -> None:
        """Put the rows on the form: those that were sent, or those of `scope`."""
        self.sent: dict[str, int] = {}
        self.rows_taken: dict[str, list[int]] = {}
        for one in SEVERAL:
            self._put(one.rows, one.fields)
        self._put(conditions.ROWS, partial(conditions.fields, self.may_ask))
        if scope.condition is not None and conditions.rows_of(scope.condition, self.tenant.currency)[0] == "kept":
            self.fields["join"].choices = [conditions.KEPT, *conditions.JOIN_CHOICES]  # type: ignore[attr-defined]
            self.add_field("join", self.fields["join"])

    def rows_shown(self, scope: RuleScope) -> dict[str, Any]:
        """The rows' values for a scope."""
        join, held = conditions.rows_of(scope.condition, self.tenant.currency)
        found: dict[str, Any] = {conditions.ROWS.field(row, name): v for row, one in enumerate(held) for name, v in one.items()}
        for several in SEVERAL:
            found |= several.shown(several.taken(scope), self.places)
        return found | {"join": join}

    def several(self, before: RuleScope) -> dict[str, Any]:
        """What the rows stand for, by name; rows that came back as they were shown stand for what was there `before`."""
        found = {one.rows.name: self._taken(one, before) for one in SEVERAL}
        return found | {"condition": self._condition(before)}

    def block(self, name: str) -> Block:
        """Rows for the page."""
        one = next((one for one in SEVERAL if one.rows.name == name), None)
        if one is None:
            return Block(conditions.ROWS, _("Conditions"), _("Add a condition"), self._bound(conditions.ROWS))
        return Block(one.rows, one.title, one.more, self._bound(one.rows))

    def _put(self, rows: Rows, fields: Callable[[], dict[str, forms.Field]]) -> None:
        self.sent[rows.name] = sent = rows.sent(self.data if self.is_bound else self.initial)
        for row in range(rows.shown(min(sent, rows.most))):
            for name, field in fields().items():
                self.add_field(rows.field(row, name), field)

    def _names(self, rows: Rows) -> list[str]:
        return [name.removeprefix(f"{rows.name}_0_") for name in self.fields if name.startswith(f"{rows.name}_0_")]

    def _bound(self, rows: Rows) -> list[list[forms.BoundField]]:
        shown = range(rows.shown(min(self.sent[rows.name], rows.most)))
        return [[self[rows.field(row, name)] for name in self._names(rows)] for row in shown]

    def _untouched(self, rows: Rows) -> bool:
        """Whether as many rows came back as were shown, each as it was."""
        held = rows.sent(self.initial)
        fields = [self[rows.field(row, name)] for row in range(held) for name in self._names(rows)]
        return self.is_bound and self.sent[rows.name] == held and all(map(untouched, fields))

    def _taken(self, one: Several, before: RuleScope) -> tuple[Any, ...]:
        if not self.is_bound or self._untouched(one.rows):
            return one.taken(before)
        return tuple(self._made(one.rows, lambda held: one.made(held, self.places)))

    def _condition(self, before: RuleScope) -> Condition | None:
        if not self.is_bound or (self._untouched(conditions.ROWS) and untouched(self["join"])):
            return before.condition
        leaves = self._made(conditions.ROWS, lambda held: conditions.leaf_of(held, self.tenant.currency))
        return conditions.condition_of(self.cleaned_data.get("join") or "all", leaves, before.condition)

    def _made(self, rows: Rows, made: MADE) -> list[Any]:
        """The values of all rows that are right; what is wrong is said at its field."""
        if self.sent[rows.name] > rows.most:
            self.add_error(None, _("There are more rows than one rule can have."))
        found: list[Any] = []
        taken = self.rows_taken[rows.name] = list[int]()
        for row, held in rows.filled(self.cleaned_data, self.sent[rows.name], self._names(rows)):
            taken.append(row)
            if any(rows.field(row, name) in self.errors for name in held):
                continue
            try:
                found.append(made(held))
            except ValidationError as wrong:
                for name, messages in wrong.message_dict.items():
                    self.add_error(rows.field(row, name), messages)
        return found
