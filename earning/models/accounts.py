"""Points accounts with their lots and movements."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """What a customer has in one wallet; the id derives from both.

    `balance` = `earned` − `clawed_back` = the sum of what remains of its lots. `holder_name` is the customer's, where a page
    has asked for it.
    """

    holder_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(_("customer"))
    wallet = models.CharField(_("wallet"), max_length=40)
    balance = models.BigIntegerField(_("balance"))
    earned = models.BigIntegerField(_("earned"))
    clawed_back = models.BigIntegerField(_("clawed back"))
    movements = models.IntegerField(_("movements"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")

    def __str__(self) -> str:
        return self.holder_name or str(self.id)


class Lot(models.Model):
    """Points that one purchase brought, and what remains of them."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    account_id = models.UUIDField()
    purchase_id = models.UUIDField()
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("remaining"))
    earned_at = models.DateTimeField(_("earned"))
    active_from = models.DateTimeField(_("active from"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)

    objects: ClassVar[models.Manager[Lot]] = models.Manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        indexes = [models.Index(fields=["tenant_id", "account_id", "earned_at"], name="earning_lot_of")]


class Movement(models.Model):
    """One line of a statement: `points` came or went (signed), `balance` was left. `contributions` says by which rules."""

    class Kind(models.TextChoices):
        EARNED = "earned", _("Earned")
        CLAWED_BACK = "clawed_back", _("Clawed back")

    position = models.BigIntegerField(primary_key=True)
    tenant_id = models.IntegerField()
    account_id = models.UUIDField()
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    points = models.BigIntegerField(_("points"))
    balance = models.BigIntegerField(_("balance"))
    lot_id = models.UUIDField()
    purchase_id = models.UUIDField()
    return_id = models.UUIDField(null=True)
    contributions = models.JSONField()
    effective_at = models.DateTimeField(_("date"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects: ClassVar[models.Manager[Movement]] = models.Manager()

    class Meta:
        verbose_name = _("movement of points")
        verbose_name_plural = _("movements of points")
        indexes = [models.Index(fields=["tenant_id", "account_id", "position"], name="earning_movement_of")]
