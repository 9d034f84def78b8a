"""The forms of custom event types in the administration."""

from __future__ import annotations

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
from earning.domain.custom_event_type import LONGEST_CODE
from earning.domain.event_schema import LONGEST_SCHEMA
from earning.forms.rules.texts import TEXT_FIELDS, TextFields, text_field
from earning.models import CustomEventType
from earning.permissions import EDIT_RULES
from earning.queries import type_of_row
from loyalty.admin.forms import CommandForm
from loyalty.api import strict_json
from loyalty.domain.errors import DomainError

STARS = {"type": "integer", "minimum": 1, "maximum": 5}
EXAMPLE = json_of({"type": "object", "properties": {"stars": STARS}, "required": ["stars"], "additionalProperties": False}, as_written=True)
NO_JSON = _("This is not JSON: check quotes, commas and braces.")
INDENTED = 5
"""So much longer than the log keeps it a schema may be typed, with spaces."""


def indented(written: str) -> str:
    """A schema on several lines, as people read it."""
    return msgspec.json.format(written.encode(), indent=2).decode()


class CustomEventTypeForm(TextFields, CommandForm):
    """What the pages that add and edit a type share."""

    permission = EDIT_RULES

    schema = forms.CharField(
        label=_("Attributes (JSON Schema)"),
        max_length=LONGEST_SCHEMA * INDENTED,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "font-mono"}),
        help_text=_("What a program says of the event: names, types, what is required, and within which bounds."),
    )

    def clean_schema(self) -> Any:
        try:
            return strict_json.loads(self.cleaned_data["schema"].encode())
        except strict_json.NotAccepted:
            raise ValidationError(NO_JSON) from None

    def refuse(self, refusal: DomainError) -> None:
        """A refusal within the schema is said at its field, with the place."""
        field = refusal.field or ""
        if field.startswith("schema."):
            self.add_error("schema", f"{field.removeprefix('schema.')}: {self.said(refusal)}")
            return
        refusal.field = text_field(field)
        super().refuse(refusal)


class AddCustomEventTypeForm(CustomEventTypeForm):
    """Make a type known."""

    title = _("Add a custom event")
    submit = _("Add")
    icon = "add"
    explanation = _("Something that customers do beside buying. Programs report it by its code, as soon as it is added.")
    done = _("The custom event “%(called_en)s” is added.")
    sections = [(_("Custom event"), ["code", *TEXT_FIELDS]), (_("Attributes"), ["schema"])]

    code = forms.CharField(
        label=_("Code"), max_length=LONGEST_CODE, help_text=_("Programs report it by this, such as app_review. It stays as it is.")
    )

    def initial_values(self) -> dict[str, Any]:
        return {"schema": indented(EXAMPLE)}

    def command(self) -> CreateCustomEventType:
        told = self.cleaned_data
        return CreateCustomEventType(code=told["code"], texts=self.texts(told), schema=told["schema"])

    def next_url(self, result: CustomEventTypeAnswer) -> str:
        return reverse("admin:earning_customeventtype_change", args=[result.type_id])


class EditCustomEventTypeForm(CustomEventTypeForm):
    """Call a type otherwise, and ask for other attributes."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Other attributes are asked for from now on. What was reported stays as it was.")
    done = _("The custom event “%(called_en)s” is saved.")
    sections = [(_("Custom event"), [*TEXT_FIELDS]), (_("Attributes"), ["schema"])]

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def initial_values(self) -> dict[str, Any]:
        card = type_of_row(self.subject)
        written = indented(json_of(card.schema, as_written=True))
        return self.texts_shown(card.texts) | {"schema": written, "seen_version": card.version}

    def command(self) -> ChangeCustomEventType:
        told = self.cleaned_data
        seen = told["seen_version"]
        return ChangeCustomEventType(code=self.subject.code, texts=self.texts(told), schema=told["schema"], seen_version=seen)


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
