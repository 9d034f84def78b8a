"""Custom events, and which types of them there are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class CustomEventType(models.Model):
    """A type of custom events as it stands. `texts` are its names by language, `schema` the JSON Schema of its attributes, as text."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    code = models.CharField(_("code"), max_length=40)
    texts = models.JSONField(_("names"))
    schema = models.TextField(_("schema of attributes"))
    version = models.IntegerField(_("version"))
    active = models.BooleanField(_("active"))
    changed_at = models.DateTimeField(_("last changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CustomEventType]] = models.Manager()

    class Meta:
        db_table = "earning_custom_event_type"
        verbose_name = _("custom event type")
        verbose_name_plural = _("custom event types")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="earning_custom_event_type_code")]

    def __str__(self) -> str:
        return called(self.texts, self.code, get_language() or "")


class CustomEvent(models.Model):
    """That a customer did something. What else is known of it stands in the log alone, sealed."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    type = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CustomEvent]] = models.Manager()

    class Meta:
        db_table = "earning_custom_event"
        indexes = [
            models.Index(fields=["tenant_id", "customer_id", "occurred_at", "id"], name="earning_custom_event_whose"),
            models.Index(fields=["tenant_id", "customer_id", "type", "occurred_at"], name="earning_custom_event_of_type"),
        ]


def called(texts: list[dict[str, Any]], code: str, language: str) -> str:
    """The name in a language; the code where there is none."""
    return next((str(text["name"]) for text in texts if text["language"] == language), code)
