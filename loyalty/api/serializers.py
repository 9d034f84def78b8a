"""Serializers that refuse what they do not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer):
    """As DRF's, but an unknown field is an error at its place. Numbers may be typed with full-width digits."""

    default_error_messages = {"unknown": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name for name, f in self.fields.items() if not f.read_only}
            if unknown := sorted(set(map(str, data)) - writable):
                message = self.error_messages["unknown"]
                raise serializers.ValidationError({name: [ErrorDetail(str(message), code="unknown")] for name in unknown})
        return super().to_internal_value(data)
