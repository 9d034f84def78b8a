"""Read models of earning. Each table is written by one projection, in the transaction of the command."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purchase(models.Model):
    """A sale document, what came back of it, and its points. Amounts are minor units of `currency`.

    `kept` is the value of what the customer still has, `points` what that earned. `lines` are those of the document;
    `returns` lists what came back: return_id, document_number, returned_at, pos_id, amount and lines {line, quantity, amount}.
    """

    class State(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        PARTLY_RETURNED = "partly_returned", _("Partly returned")
        RETURNED = "returned", _("Returned")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(_("customer"), null=True)
    merchant_id = models.UUIDField(_("merchant"))
    pos_id = models.UUIDField(_("point of sale"), null=True)
    document_scope = models.CharField(max_length=10)
    document_number = models.CharField(_("document"), max_length=100)
    document_key = models.CharField(max_length=100)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    kept = models.BigIntegerField(_("kept"))
    points = models.BigIntegerField(_("points"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    standing = models.CharField(max_length=16, null=True)
    payment_method = models.CharField(_("payment method"), max_length=40)
    prices_include_tax = models.BooleanField()
    labels = models.JSONField(_("labels"))
    lines = models.JSONField(_("lines"))
    returns = models.JSONField(_("returns"))
    purchased_at = models.DateTimeField(_("purchased"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.CharField(_("recorded by"), max_length=100)
    channel = models.CharField(_("channel"), max_length=16)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Purchase]] = models.Manager()

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        indexes = [
            models.Index(fields=["tenant_id", "purchased_at", "id"], name="earning_purchase_when"),
            models.Index(fields=["tenant_id", "customer_id", "purchased_at", "id"], name="earning_purchase_whose"),
            models.Index(fields=["tenant_id", "pos_id", "purchased_at", "id"], name="earning_purchase_where"),
            models.Index(fields=["tenant_id", "merchant_id", "purchased_at", "id"], name="earning_purchase_seller"),
            models.Index(fields=["tenant_id", "document_key"], name="earning_purchase_document"),
        ]

    def __str__(self) -> str:
        return self.document_number


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


class Rule(models.Model):
    """An earning rule as it stands now. `terms` are those of the current version; `effective_at` is when its state began."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", pgettext_lazy("rule", "Active")
        PAUSED = "paused", pgettext_lazy("rule", "Paused")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    wallet = models.CharField(_("wallet"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    terms = models.JSONField(_("terms"))
    version = models.IntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    effective_at = models.DateTimeField(_("in this state since"), null=True)
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Rule]] = models.Manager()

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        indexes = [models.Index(fields=["tenant_id", "state", "name"], name="earning_rule_state")]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """One version of a rule: its terms for ever, and the `periods` [{start, end}] in which it was in force."""

    position = models.BigIntegerField(primary_key=True)
    tenant_id = models.IntegerField()
    rule_id = models.UUIDField()
    version = models.IntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    terms = models.JSONField(_("terms"))
    periods = models.JSONField(_("in force"))
    changed_by = models.CharField(_("changed by"), max_length=100)
    changed_at = models.DateTimeField(_("changed"))

    objects: ClassVar[models.Manager[RuleVersion]] = models.Manager()

    class Meta:
        db_table = "earning_rule_version"
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of a rule")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "rule_id", "version"], name="earning_rule_version_once")]
