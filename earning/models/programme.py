"""What holds for all purchases of a programme, and what documents said of customers whom nobody knew."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Programme(models.Model):
    """By which references purchases are matched, the first one first. No row: as `earning.domain.references.KINDS`."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    matching = ArrayField(models.CharField(max_length=12))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Programme]] = models.Manager()


class Reference(models.Model):
    """Write side: what the document of a purchase said of its customer, where that found nobody. Deleted when it is matched.

    `digest` is the keyed digest of the normal form, made with the key of version `key_version`; `sealed` its ciphertext.
    """

    pk = models.CompositePrimaryKey("tenant_id", "purchase_id", "kind")
    tenant_id = models.IntegerField()
    purchase_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32)
    key_version = models.SmallIntegerField()
    sealed = models.BinaryField()
    kept_until = models.DateTimeField()

    objects: ClassVar[models.Manager[Reference]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "kind", "digest"], name="earning_reference_to"),
            models.Index(fields=["tenant_id", "kept_until"], name="earning_reference_until"),
        ]


class ExchangeRate(models.Model):
    """Purchases in `currency` made from `since` on count `rate` units of `into_currency` for one unit, until a later row holds."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    currency = models.CharField(_("currency"), max_length=3)
    into_currency = models.CharField(max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=12)
    since = models.DateTimeField(_("in effect from"))
    set_by = models.CharField(_("set by"), max_length=100)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[ExchangeRate]] = models.Manager()

    class Meta:
        db_table = "earning_exchange_rate"
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        indexes = [models.Index(fields=["tenant_id", "currency", "since", "position"], name="earning_exchange_rate_since")]

    def __str__(self) -> str:
        return self.currency
