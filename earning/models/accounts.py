"""Points accounts with their lots, movements and holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """What a customer has in one wallet; the id derives from both.

    `balance` = the sum of what remains of its lots − `owed` = `earned` − `clawed_back` − `spent` − `expired` − `cancelled` +
    `adjusted` + `transferred` (the last two are signed). Lots that ended count until that is noted. `active_until` is the end of
    lots without an end of their own. `holder_name` is the customer's, where a page has asked for it.
    """

    holder_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(_("customer"))
    wallet = models.CharField(_("wallet"), max_length=40)
    balance = models.BigIntegerField(_("balance"))
    earned = models.BigIntegerField(_("earned"))
    clawed_back = models.BigIntegerField(_("clawed back"))
    spent = models.BigIntegerField(_("spent"), db_default=0)
    expired = models.BigIntegerField(_("expired"), db_default=0)
    cancelled = models.BigIntegerField(_("cancelled"), db_default=0)
    adjusted = models.BigIntegerField(_("adjusted"), db_default=0)
    transferred = models.BigIntegerField(_("transferred"), db_default=0)
    owed = models.BigIntegerField(_("owed"), db_default=0)
    blocked = models.BooleanField(_("blocked"), db_default=False)
    active_until = models.DateTimeField(null=True)
    movements = models.IntegerField(_("movements"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        indexes = [
            models.Index(fields=["tenant_id", "active_until"], name="earning_account_ends", condition=~models.Q(active_until=None)),
            models.Index(fields=["tenant_id", "customer_id"], name="earning_account_customer"),
            models.Index(fields=["tenant_id", "position", "id"], name="earning_account_last"),
        ]

    def __str__(self) -> str:
        return self.holder_name or str(self.id)


class Lot(models.Model):
    """Points that came in together, and what remains of them, with what is held.

    They end at `expires_at`, or, when they are `rolling`, at the `active_until` of their account. `origin_id` is the lot that they
    came out of, by a transfer or when they were given back.
    """

    class Source(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        DEED = "deed", _("Custom event")
        MANUAL = "manual", _("Correction")
        IMPORT = "import", _("Import")
        TRANSFER = "transfer", _("Transfer")
        RESTORED = "restored", _("Given back")
        POOLED = "pooled", _("Between accounts of one person")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    account_id = models.UUIDField()
    source = models.CharField(_("source"), max_length=16, choices=Source.choices, db_default="purchase")
    purchase_id = models.UUIDField(null=True)
    origin_id = models.UUIDField(null=True)
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("remaining"))
    earned_at = models.DateTimeField(_("earned"))
    active_from = models.DateTimeField(_("active from"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    rolling = models.BooleanField(db_default=False)
    activated = models.BooleanField(db_default=True)
    announced_end = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Lot]] = models.Manager()

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        indexes = [
            models.Index(fields=["tenant_id", "account_id", "earned_at"], name="earning_lot_of"),
            models.Index(
                fields=["tenant_id", "expires_at"],
                name="earning_lot_ends",
                condition=models.Q(remaining__gt=0, expires_at__isnull=False),
            ),
            models.Index(fields=["tenant_id", "active_from"], name="earning_lot_waits", condition=models.Q(activated=False)),
        ]


class Movement(models.Model):
    """One line of a statement: `points` came or went (signed), `balance` was left. `contributions` says by which rules.

    `amount` is what it was about, also where the balance stays the same. `shares` [{lot_id, points}] says what came to and went
    from which lots (signed), `lapsed` what of points clawed back had ended before. `operation_id` is the same for all movements
    of one order.
    """

    class Kind(models.TextChoices):
        EARNED = "earned", _("Earned")
        CLAWED_BACK = "clawed_back", _("Clawed back")
        SPENT = "spent", _("Spent")
        HELD = "held", _("Kept aside")
        RELEASED = "released", _("Free again")
        RESTORED = "restored", _("Given back")
        EXPIRED = "expired", _("Expired")
        RESET = "reset", _("Ended with a level")
        DEBT_PAID = "debt_paid", _("Debt paid")
        GRANTED = "granted", _("Granted")
        DEDUCTED = "deducted", _("Deducted")
        CANCELLED = "cancelled", _("Cancelled")
        SENT = "sent", _("Passed on")
        RECEIVED = "received", _("Received")
        POOLED = "pooled", _("Between accounts of one person")
        PROLONGED = "prolonged", _("Live on")

    position = models.BigIntegerField(primary_key=True)
    tenant_id = models.IntegerField()
    account_id = models.UUIDField()
    operation_id = models.UUIDField(null=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    points = models.BigIntegerField(_("points"))
    amount = models.BigIntegerField(_("amount"), db_default=0)
    lapsed = models.BigIntegerField(db_default=0)
    owed = models.BigIntegerField(db_default=0)
    balance = models.BigIntegerField(_("balance"))
    lot_id = models.UUIDField(null=True)
    purchase_id = models.UUIDField(null=True)
    return_id = models.UUIDField(null=True)
    reference_id = models.UUIDField(null=True)
    shares = models.JSONField(db_default=models.Value([], models.JSONField()))
    contributions = models.JSONField()
    active_until = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(_("date"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects: ClassVar[models.Manager[Movement]] = models.Manager()

    class Meta:
        verbose_name = _("movement of points")
        verbose_name_plural = _("movements of points")
        indexes = [
            models.Index(fields=["tenant_id", "account_id", "position"], name="earning_movement_of"),
            models.Index(fields=["tenant_id", "position"], condition=models.Q(kind="sent"), name="earning_movement_sent"),
            models.Index(
                fields=["tenant_id", "effective_at"],
                include=["account_id", "kind", "points", "lapsed", "owed", "recorded_at", "operation_id"],
                name="earning_movement_booked",
            ),
        ]


class Transfers(models.Manager["Transfer"]):
    """Only what was passed on; said as it stands in the index, so that it serves whichever way a statement is prepared."""

    def get_queryset(self) -> models.QuerySet[Transfer]:
        sent = models.Func(models.F("kind"), template="%(expressions)s = 'sent'", output_field=models.BooleanField())
        return super().get_queryset().filter(sent)


class Transfer(Movement):
    """A movement by which points were passed on to another account (`reference_id`)."""

    objects: ClassVar[models.Manager[Transfer]] = Transfers()

    class Meta:
        proxy = True
        verbose_name = _("transfer of points")
        verbose_name_plural = _("transfers of points")

    def __str__(self) -> str:
        return str(_("Transfer"))


class Hold(models.Model):
    """Points that are kept aside until `ends_at`, or until they were used or released at `closed_at`. `shares` [{lot_id, points}]."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    account_id = models.UUIDField()
    points = models.BigIntegerField(_("points"))
    shares = models.JSONField()
    reference_id = models.UUIDField(null=True)
    held_at = models.DateTimeField(_("date"))
    ends_at = models.DateTimeField(_("until"))
    closed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(_("recorded"))
    closed_recorded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Hold]] = models.Manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [models.Index(fields=["tenant_id", "account_id", "ends_at"], name="earning_hold_of")]
