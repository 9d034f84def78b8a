"""The forms of custom event types in the administration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from earning.commands import (
    ActivateCustomEventType,
    ChangeCustomEventType,
    CreateCustomEventType,
    CustomEventTypeAnswer,
    DeactivateCustomEventType,
)
from earning.domain.attributes import json_of
from earning.domain.event_fields import LONGEST_TYPE
from earning.domain.event_schema import LONGEST_SCHEMA
from earning.forms.attribute_rows import AttributeFields
from earning.forms.rules.texts import TEXT_FIELDS, TextFields, text_field
from earning.models import CustomEventType
from earning.permissions import EDIT_RULES
from earning.queries import type_of_row
from loyalty.admin.forms import CommandForm
from loyalty.api import strict_json
from loyalty.domain.errors import DomainError

STARS = {"type": "integer", "minimum": 1, "maximum": 5}
EXAMPLE = {"type": "object", "properties": {"stars": STARS}, "required": ["stars"], "additionalProperties": False}
NO_JSON = _("This is not JSON: check quotes, commas and braces.")
INDENTED = 5
"""So much longer than the log keeps it a schema may be typed, with spaces."""


def indented(schema: Mapping[str, Any]) -> str:
    """A schema on several lines, as people read it."""
    return msgspec.json.format(json_of(schema, as_written=True).encode(), indent=2).decode()


class CustomEventTypeForm(AttributeFields, TextFields):
    """What the pages that add and edit a type share."""

    permission = EDIT_RULES

    def refuse(self, refusal: DomainError) -> None:
        refusal.field = text_field(refusal.field or "") or None
        super().refuse(refusal)


class AddCustomEventTypeForm(CustomEventTypeForm):
    """Make a type known."""

    title = _("Add a custom event")
    submit = _("Add")
    icon = "add"
    explanation = _("Something that customers do beside buying. Programs report it by its code, as soon as it is added.")
    done = _("The custom event “%(called_en)s” is added.")
    sections = [(_("Custom event"), ["code", *TEXT_FIELDS])]

    code = forms.CharField(
        label=_("Code"), max_length=LONGEST_TYPE, help_text=_("Programs report it by this, such as app_review. It stays as it is.")
    )

    def held(self) -> Mapping[str, Any]:
        return EXAMPLE

    def initial_values(self) -> dict[str, Any]:
        return self.rows_shown()

    def command(self) -> CreateCustomEventType:
        told = self.cleaned_data
        return CreateCustomEventType(code=told["code"], texts=self.texts(told), schema=self.schema())

    def next_url(self, result: CustomEventTypeAnswer) -> str:
        return reverse("admin:earning_customeventtype_change", args=[result.type_id])


class EditCustomEventTypeForm(CustomEventTypeForm):
    """Call a type otherwise, and ask for other attributes."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Other attributes are asked for from now on. What was reported stays as it was.")
    done = _("The custom event “%(called_en)s” is saved.")
    sections = [(_("Custom event"), [*TEXT_FIELDS])]

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def held(self) -> Mapping[str, Any]:
        return type_of_row(self.subject).schema

    def initial_values(self) -> dict[str, Any]:
        card = type_of_row(self.subject)
        return self.texts_shown(card.texts) | self.rows_shown() | {"seen_version": card.version}

    def command(self) -> ChangeCustomEventType:
        told = self.cleaned_data
        seen = told["seen_version"]
        return ChangeCustomEventType(code=self.subject.code, texts=self.texts(told), schema=self.schema(), seen_version=seen)


class SchemaForm(CommandForm):
    """Ask for other attributes by a schema, for what rows cannot say."""

    title = _("Attributes (JSON Schema)")
    permission = EDIT_RULES
    icon = "data_object"
    explanation = _("Other attributes are asked for from now on. What was reported stays as it was.")
    done = _("The custom event “%(subject)s” is saved.")

    schema = forms.CharField(
        label=_("Attributes (JSON Schema)"),
        max_length=LONGEST_SCHEMA * INDENTED,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "font-mono"}),
        help_text=_("What a program says of the event: names, types, what is required, and within which bounds."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def initial_values(self) -> dict[str, Any]:
        card = type_of_row(self.subject)
        return {"schema": indented(card.schema), "seen_version": card.version}

    def clean_schema(self) -> Any:
        try:
            return strict_json.loads(self.cleaned_data["schema"].encode())
        except strict_json.NotAccepted:
            raise ValidationError(NO_JSON) from None

    def refuse(self, refusal: DomainError) -> None:
        """A refusal within the schema is said with the place."""
        field = refusal.field or ""
        if field.startswith("schema."):
            self.add_error("schema", f"{field.removeprefix('schema.')}: {self.said(refusal)}")
            return
        super().refuse(refusal)

    def command(self) -> ChangeCustomEventType:
        told, texts = self.cleaned_data, type_of_row(self.subject).texts
        return ChangeCustomEventType(code=self.subject.code, texts=texts, schema=told["schema"], seen_version=told["seen_version"])


class ActivateCustomEventTypeForm(CommandForm):
    """Let a type be reported."""

    title = _("Activate")
    submit = _("Activate")
    permission = EDIT_RULES
    icon = "check_circle"
    explanation = _("Programs can report it again.")
    done = _("The custom event “%(subject)s” is active.")

    @classmethod
    def offered(cls, subject: CustomEventType) -> bool:
        return not subject.active

    def command(self) -> ActivateCustomEventType:
        return ActivateCustomEventType(code=self.subject.code)


class DeactivateCustomEventTypeForm(CommandForm):
    """Let a type be reported no longer."""

    title = _("Deactivate")
    submit = _("Deactivate")
    permission = EDIT_RULES
    icon = "block"
    dangerous = True
    explanation = _("Programs can report it no longer. What was reported stays, and segments go on counting it.")
    done = _("The custom event “%(subject)s” is deactivated.")

    @classmethod
    def offered(cls, subject: CustomEventType) -> bool:
        return subject.active

    def command(self) -> DeactivateCustomEventType:
        return DeactivateCustomEventType(code=self.subject.code)
