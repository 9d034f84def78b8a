"""Who is told, with which secrets, what they were told, and what they answered. Plain tables: nothing is decided by them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from loyalty.domain.identity import new_id

WAITS = models.Q(state="waiting")
LEAVES = WAITS & models.Q(sending=True)


class Endpoint(models.Model):
    """Where events of some types go. Nothing older than `after_position` of the log is told; of types that were added later, nothing
    older than the position in `since`.

    `failures` counts tries in a row that brought nothing, since `failing_since`; until `resting_until` the whole endpoint is left alone.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")

    class Pause(models.TextChoices):
        """Why it is paused; nothing while it is active."""

        BY_HAND = "by_hand", _("by hand")
        GONE = "gone", _("it answered that it is gone (410)")
        FAILING = "failing", _("it could not be reached for three days")

    by_name = ""
    waiting = failed = 0

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    types = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    paused_because = models.CharField(_("why it is paused"), max_length=10, choices=Pause.choices, blank=True)
    created_by = models.CharField(_("added by"), max_length=60)
    created_at = models.DateTimeField(_("added"))
    changed_at = models.DateTimeField(_("changed"))
    after_position = models.BigIntegerField()
    since = models.JSONField(default=dict)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    resting_until = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(_("last taken"), null=True)

    objects: ClassVar[models.Manager[Endpoint]] = models.Manager()

    class Meta:
        db_table = "webhooks_endpoint"
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")

    def __str__(self) -> str:
        return self.description or Truncator(self.url).chars(40)


class Secret(models.Model):
    """What an endpoint's deliveries are signed with, as ciphertext, until `ends_at`."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    endpoint_id = models.UUIDField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Secret]] = models.Manager()

    class Meta:
        db_table = "webhooks_secret"
        indexes = [models.Index(fields=["tenant_id", "endpoint_id"], name="webhooks_secret_of")]


class Delivery(models.Model):
    """One event on its way to one endpoint; the id is the `webhook-id`, the same however often it is sent.

    Those of a `lane`, a customer's or of one stream without a customer, leave one after the other in the order of `position` in the log.
    It is tried when `due_at` has come. While it is `sending`, `due_at` is when it would be taken up by another worker.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Given up")
        REMOVED = "removed", _("Endpoint removed")

    endpoint_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    endpoint_id = models.UUIDField(_("endpoint"))
    type = models.CharField(_("event"), max_length=60)
    event_id = models.UUIDField()
    customer_id = models.UUIDField(_("customer"), null=True)
    lane = models.UUIDField()
    position = models.BigIntegerField()
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    failure = models.CharField(_("why it failed"), max_length=20, blank=True)
    status = models.SmallIntegerField(_("answer"), null=True)
    tries = models.SmallIntegerField(_("tries"))
    sending = models.BooleanField(default=False)
    written_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("next try"))
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        db_table = "webhooks_delivery"
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(fields=["tenant_id", "written_at", "id"], name="webhooks_delivery_written"),
            models.Index(fields=["tenant_id", "endpoint_id", "written_at", "id"], name="webhooks_delivery_of"),
            models.Index(fields=["tenant_id", "customer_id", "written_at"], name="webhooks_delivery_customer"),
            models.Index(fields=["tenant_id", "endpoint_id", "due_at", "position", "id"], name="webhooks_delivery_due", condition=WAITS),
            models.Index(fields=["tenant_id", "endpoint_id", "lane", "position", "id"], name="webhooks_delivery_lane", condition=WAITS),
            models.Index(fields=["tenant_id", "endpoint_id", "due_at"], name="webhooks_delivery_sending", condition=LEAVES),
            models.Index(fields=["tenant_id", "endpoint_id"], name="webhooks_delivery_failed", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        return self.type


class Attempt(models.Model):
    """One try of a delivery: the status that came back, or why nothing did, and the beginning of what was answered."""

    id = models.UUIDField(primary_key=True, default=new_id)
    tenant_id = models.IntegerField()
    delivery_id = models.UUIDField()
    began_at = models.DateTimeField()
    milliseconds = models.IntegerField()
    status = models.SmallIntegerField(null=True)
    failure = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=1000, blank=True)

    objects: ClassVar[models.Manager[Attempt]] = models.Manager()

    class Meta:
        db_table = "webhooks_attempt"
        indexes = [models.Index(fields=["tenant_id", "delivery_id", "began_at"], name="webhooks_attempt_of")]
