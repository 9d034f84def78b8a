"""The outbox: what is to be said to people, and whether it was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message to a customer, or to an address that is nobody's yet; `sealed` is its text as ciphertext, `to_sealed` that address
    (of fleeting ones until they left).
    The id derives from the fact that it tells of.

    It is tried when `due_at` has come, unless it is of no use any more then. While it is being sent, `due_at` is when it would be
    taken up by another worker.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Not sent any more")

    holder_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(_("customer"), null=True)
    to_sealed = models.BinaryField(null=True)
    address_digest = models.BinaryField(null=True, max_length=32)
    kind = models.CharField(_("kind"), max_length=20)
    language = models.CharField(_("language"), max_length=5)
    sealed = models.BinaryField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    tries = models.SmallIntegerField(_("tries"))
    failure = models.CharField(_("failure"), max_length=40)
    written_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("next try"))
    useful_until = models.DateTimeField(_("of use until"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects: ClassVar[models.Manager[Message]] = models.Manager()

    class Meta:
        db_table = "outbox_message"
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(fields=["tenant_id", "written_at", "id"], name="outbox_message_written"),
            models.Index(fields=["tenant_id", "due_at", "id"], name="outbox_message_due", condition=models.Q(state="waiting")),
            models.Index(fields=["tenant_id", "customer_id"], name="outbox_message_customer"),
            models.Index(
                fields=["tenant_id", "address_digest"], name="outbox_message_address", condition=models.Q(customer_id__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.holder_name or str(self.id)
