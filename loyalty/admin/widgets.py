"""Widgets of the administration's own, drawn by templates of the house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


class HouseWidget(forms.Widget):
    """Mixed in before a widget whose `template_name` lies with the project's templates."""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - a template's output


class GroupedCheckboxes(HouseWidget, forms.CheckboxSelectMultiple):
    """Many choices under the titles of their groups, in columns where there is room."""

    template_name = "admin_kit/grouped_checkboxes.html"
