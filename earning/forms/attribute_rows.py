"""Attributes of a custom event as rows of a form: the schemas that most shops need, without writing JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from earning.domain.attributes import NAME
from earning.forms.fields import NumberField, as_typed
from loyalty.admin.forms import CommandForm
from loyalty.admin.groups import FieldGroup
from loyalty.admin.rows import Rows
from loyalty.domain.errors import DomainError

KINDS = {
    "string": pgettext_lazy("attribute", "Text"),
    "integer": _("Whole number"),
    "number": _("Number"),
    "boolean": _("Yes or no"),
    "date": _("Day"),
    "date-time": _("Date and time"),
}
FORMATS = ("date", "date-time")
BOUNDS = {"string": ("minLength", "maxLength"), "integer": ("minimum", "maximum"), "number": ("minimum", "maximum")}
"""What “at least” and “at most” say of a kind."""
FIELD_OF = {"minLength": "at_least", "minimum": "at_least", "maxLength": "at_most", "maximum": "at_most", "enum": "choices"}
BETWEEN = re.compile(r"[;\n\r]+")
ROWS = Rows(name="attributes", told=("name",), most=20, first=2)
NAMED_WRONG = _("An attribute is called by a letter, then letters, digits, hyphens and underscores: at most 60, such as stars.")
TWICE = _("Two attributes have this name. Choose another one.")
NO_BOUNDS = _("This kind has no bounds. Leave it empty.")
NO_CHOICES = _("Only texts and numbers can be limited to some values.")
NO_NUMBER = _("Enter a number without separators of thousands, such as 1000 or 2.5.")
Row = Mapping[str, Any]


def row_fields() -> dict[str, forms.Field]:
    """The fields of an attribute."""
    plain = forms.TextInput(attrs={"autocomplete": "off"})
    return {
        "name": forms.CharField(label=_("Attribute"), required=False, widget=plain),
        "kind": forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()), required=False),
        "at_least": NumberField(label=_("At least"), required=False),
        "at_most": NumberField(label=_("At most"), required=False),
        "choices": forms.CharField(label=_("Only these values"), required=False, widget=plain),
        "needed": forms.BooleanField(label=_("Required"), required=False),
    }


def schema_of(rows: Iterable[Row], *, others: bool) -> dict[str, Any]:
    """The schema that rows say; `others`: attributes that no row names are taken, too. Raises ValidationError by field of a row."""
    filled = list(rows)
    schema: dict[str, Any] = {"type": "object", "properties": {row["name"].strip(): part_of(row) for row in filled}}
    if needed := [row["name"].strip() for row in filled if row["needed"]]:
        schema["required"] = needed
    return schema if others else schema | {"additionalProperties": False}


def part_of(row: Row) -> dict[str, Any]:
    """What a schema says of one attribute. Raises ValidationError by field."""
    kind = row["kind"]
    part: dict[str, Any] = {"type": "string", "format": kind} if kind in FORMATS else {"type": kind}
    for name, place in (("at_least", 0), ("at_most", 1)):
        if row[name] is not None:
            if kind not in BOUNDS:
                raise ValidationError({name: NO_BOUNDS})
            part[BOUNDS[kind][place]] = _plain(row[name])
    if chosen := [one.strip() for one in BETWEEN.split(row["choices"] or "") if one.strip()]:
        if kind not in BOUNDS:
            raise ValidationError({"choices": NO_CHOICES})
        part["enum"] = chosen if kind == "string" else [_number(one) for one in chosen]
    return part


def _number(typed: str) -> int | Decimal:
    try:
        return _plain(NumberField().clean(typed))
    except ValidationError:
        raise ValidationError({"choices": NO_NUMBER}) from None


def _plain(exact: Decimal) -> int | Decimal:
    return int(exact) if exact == exact.to_integral_value() else exact


def rows_of(schema: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows that say a schema; None for one that no rows can say."""
    parts = schema.get("properties", {})
    if not {*schema} <= {"type", "properties", "required", "additionalProperties"} or len(parts) > ROWS.most:
        return None
    if not all(_is_flat(part) for part in parts.values()):
        return None
    return [_row(name, part, name in schema.get("required", ())) for name, part in parts.items()]


def _is_flat(part: Mapping[str, Any]) -> bool:
    kind = part["type"]
    bounded = {*BOUNDS.get(kind, ()), "enum"} if "format" not in part else {"format"}
    positive = all(part[name] >= 0 for name in BOUNDS.get(kind, ()) if name in part)
    listed = all(_can_be_listed(one, kind) for one in part.get("enum", ()))
    return kind in KINDS and {*part} <= {"type", *bounded} and positive and listed


def _can_be_listed(value: Any, kind: str) -> bool:
    """Whether somebody can type it among others."""
    if kind == "string":
        return isinstance(value, str) and value.strip() == value != "" and not BETWEEN.search(value)
    return kind in BOUNDS and isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0


def _row(name: str, part: Mapping[str, Any], needed: bool) -> dict[str, Any]:
    least, most = BOUNDS.get(part["type"], ("minLength", "maxLength"))
    return {
        "name": name,
        "kind": part.get("format", part["type"]),
        "at_least": _shown(part.get(least)),
        "at_most": _shown(part.get(most)),
        "choices": "; ".join(one if isinstance(one, str) else _shown(one) for one in part.get("enum", ())),
        "needed": needed,
    }


def _shown(number: Any) -> str:
    return "" if number is None else as_typed(Decimal(number))


class AttributeFields(CommandForm):
    """Rows of attributes on a form. `held` is the schema that they show at first."""

    template = "earning/admin/custom_event_form.html"
    others = forms.BooleanField(
        label=_("Other attributes are taken, too"), required=False, help_text=_("Without it an attribute that no line names is refused.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_rows = rows_of(self.held()) is not None
        self.sent = ROWS.sent(self.data if self.is_bound else self.initial)
        self.shown = range(ROWS.shown(min(self.sent, ROWS.most)) if self.by_rows else 0)
        for row in self.shown:
            for name, field in row_fields().items():
                self.add_field(ROWS.field(row, name), field)
        if not self.by_rows:
            del self.fields["others"]

    def held(self) -> Mapping[str, Any]:
        """The schema until now."""
        raise NotImplementedError

    def rows_shown(self) -> dict[str, Any]:
        """What the rows hold at first."""
        held = self.held()
        shown = {ROWS.field(n, name): value for n, row in enumerate(rows_of(held) or ()) for name, value in row.items()}
        return shown | {"others": held.get("additionalProperties") is not False}

    def attribute_rows(self) -> list[FieldGroup]:
        """The fields of each row, for the template."""
        return [FieldGroup("", [self[ROWS.field(row, name)] for name in row_fields()]) for row in self.shown]

    @property
    def most_attributes(self) -> int:
        return ROWS.most

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for row, held in self._filled():
            name = (held["name"] or "").strip()
            wrong = None if NAME.match(name) else NAMED_WRONG
            wrong = TWICE if name in seen else wrong
            seen.add(name)
            try:
                if wrong is None and not any(ROWS.field(row, field) in self.errors for field in held):
                    part_of(held)
            except ValidationError as refused:
                for field, messages in refused.message_dict.items():
                    self.add_error(ROWS.field(row, field), messages)
            if wrong is not None:
                self.add_error(ROWS.field(row, "name"), wrong)
        return told

    def schema(self) -> Mapping[str, Any]:
        """What the rows say; the schema until now where no rows can."""
        if not self.by_rows:
            return self.held()
        return schema_of((held for _row, held in self._filled()), others=self.cleaned_data["others"])

    def refuse(self, refusal: DomainError) -> None:
        """What is refused of the schema is said at the row's field."""
        parts = (refusal.field or "").split(".")
        if parts[0] == "schema" and self.by_rows:
            rows = {(held["name"] or "").strip(): row for row, held in self._filled()}
            row = rows.get(parts[2], 0) if len(parts) > 2 else 0
            refusal.field = ROWS.field(row, FIELD_OF.get(parts[-1], "name"))
        super().refuse(refusal)

    def _filled(self) -> list[tuple[int, dict[str, Any]]]:
        return list(ROWS.filled(self.cleaned_data, len(self.shown), [*row_fields()]))
