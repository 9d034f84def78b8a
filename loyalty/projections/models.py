"""How far each projection has come, and what stops it. Operational: no tenant's data, no personal data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Checkpoint(models.Model):
    """The last position of the log that one chunk of one projection has taken in."""

    projection = models.CharField(_("projection"), max_length=80)
    chunk = models.PositiveSmallIntegerField(_("chunk"))
    position = models.BigIntegerField(_("position"), default=0)
    moved_at = models.DateTimeField(_("moved at"), auto_now=True)

    objects: ClassVar[models.Manager[Checkpoint]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["projection", "chunk"], name="checkpoint_of_chunk")]
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return f"{self.projection}/{self.chunk}"


class Blocked(models.Model):
    """A key of a projection that a poison event stopped: its later events wait until an operator resumes it."""

    projection = models.CharField(_("projection"), max_length=80)
    tenant_id = models.IntegerField(_("tenant"))
    key = models.CharField(_("key"), max_length=200)
    position = models.BigIntegerField(_("position of the poison event"))
    event_name = models.CharField(_("event"), max_length=120)
    error = models.CharField(_("kind of failure"), max_length=200)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects: ClassVar[models.Manager[Blocked]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "projection", "key"], name="blocked_once")]
        verbose_name = _("blocked stream")
        verbose_name_plural = _("blocked streams")

    def __str__(self) -> str:
        return f"{self.projection}: {self.key} at {self.position}"
