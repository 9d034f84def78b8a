"""Corrections that need a second person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Correction(models.Model):
    """Points (signed) that somebody wants to give or take. Why they do stands in the event alone: it is about a person.

    `holder_name` is the customer's, where a page has asked for it.
    """

    class State(models.TextChoices):
        WAITS = "waits", _("Waits for a second person")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    holder_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(_("customer"))
    wallet = models.CharField(_("wallet"), max_length=40)
    points = models.BigIntegerField(_("points"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    proposed_by = models.CharField(_("proposed by"), max_length=100)
    proposed_at = models.DateTimeField(_("proposed"))
    decided_by = models.CharField(_("decided by"), max_length=100)
    decided_at = models.DateTimeField(_("decided"), null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Correction]] = models.Manager()

    class Meta:
        verbose_name = _("correction of points")
        verbose_name_plural = _("corrections of points")
        indexes = [models.Index(fields=["tenant_id", "state", "proposed_at"], name="earning_correction_waits")]

    def __str__(self) -> str:
        return self.holder_name or str(self.id)
