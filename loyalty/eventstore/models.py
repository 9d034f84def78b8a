"""Reading the log through the ORM: the admin's history. Nobody writes here; the tables belong to `sql/`."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExactJSONField(models.JSONField):
    """A `json` column, which psycopg has parsed already."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value


class ReadOnly(models.Model):
    """A row that the store wrote."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("facts are appended by loyalty.eventstore.store, never saved")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("facts are never deleted")


class Event(ReadOnly):
    """One fact. `payload` and `metadata` as stored; personal fields are ciphertext here."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    tenant_id = models.IntegerField(_("tenant"))
    stream_id = models.UUIDField(_("stream"))
    version = models.IntegerField(_("version"))
    event_id = models.UUIDField(_("event id"))
    name = models.TextField(_("name"))
    schema_version = models.SmallIntegerField(_("schema version"))
    recorded_at = models.DateTimeField(_("recorded at"))
    payload = ExactJSONField(_("payload"))
    metadata = ExactJSONField(_("metadata"))

    objects: ClassVar[models.Manager[Event]] = models.Manager()

    class Meta:
        managed = False
        db_table = 'event"."event'
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.name} ({self.stream_id}, {self.version})"


class Anchor(ReadOnly):
    """What the log was at a moment."""

    id = models.BigIntegerField(_("number"), primary_key=True)
    after_position = models.BigIntegerField(_("after position"))
    last_position = models.BigIntegerField(_("last position"))
    events = models.BigIntegerField(_("events"))
    hash = models.BinaryField(_("hash"))
    made_at = models.DateTimeField(_("made at"))

    objects: ClassVar[models.Manager[Anchor]] = models.Manager()

    class Meta:
        managed = False
        db_table = 'event"."anchor'
        verbose_name = _("anchor")
        verbose_name_plural = _("anchors")

    def __str__(self) -> str:
        return f"{self.after_position}–{self.last_position}"
