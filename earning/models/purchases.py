"""Sale documents, as lists and pages show them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


@models.CharField.register_lookup
class Begins(Exact):
    """`document_key__begins="nu-"`, which keeps using an index under row-level security, as LIKE does not."""

    lookup_name = "begins"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return f"^@ {rhs}"


class Purchase(models.Model):
    """A sale document, what came back of it, and its points. Amounts are minor units of `currency`.

    `exchange` {currency, rate, total, lines} is what a purchase in another currency than the programme's counts.

    `kept` is the value of what the customer still has, `points` what that earned; `other_points` by the code of other wallets, and
    `wallets` how they count, where a page has asked for it. `matched_by` is the kind of reference on the document by which its customer
    was found (None: another way, or nobody was). `lines` are those of the document; `returns` lists what came back:
    return_id, document_number, returned_at, pos_id, amount, exchanged (what that counts, for another currency) and lines {line,
    quantity, amount}.
    """

    wallets = None

    class State(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        PARTLY_RETURNED = "partly_returned", _("Partly returned")
        RETURNED = "returned", _("Returned")
        VOIDED = "voided", _("Voided")

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
    other_points = models.JSONField(db_default=models.Value({}, models.JSONField()))
    matched_by = models.CharField(max_length=16, null=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    standing = models.CharField(max_length=16, null=True)
    payment_method = models.CharField(_("payment method"), max_length=40)
    prices_include_tax = models.BooleanField()
    labels = models.JSONField(_("labels"))
    lines = models.JSONField(_("lines"))
    returns = models.JSONField(_("returns"))
    exchange = models.JSONField(_("exchange"), null=True)
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

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it is left."""
        return self.state in {Purchase.State.RETURNED, Purchase.State.VOIDED}
