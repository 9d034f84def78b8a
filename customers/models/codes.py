"""Guards of codes that are sent to phones and emails."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Challenge(models.Model):
    """Guard: a code that was sent to a phone or an email, what for, in which `lane`, and how often it was compared. Written by
    `customers.challenges`.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    purpose = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    customer_id = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32)
    key_version = models.SmallIntegerField()
    to_sealed = models.BinaryField()
    code_digest = models.BinaryField(max_length=32)
    link_digest = models.BinaryField(max_length=32, null=True)
    lane = models.CharField(max_length=10, default="open", db_default="open")
    tries = models.SmallIntegerField()
    sent = models.SmallIntegerField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Challenge]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "digest"], name="customers_challenge_of"),
            models.Index(fields=["tenant_id", "customer_id"], name="customers_challenge_customer"),
            models.Index(fields=["tenant_id", "expires_at"], name="customers_challenge_end"),
        ]


class MemberCodeRead(models.Model):
    """Guard: who has read what a customer showed at the till, and what it paid for: the command `order_id`, where, for how many `points`
    (None: for nothing yet). `digest` is keyed. Written by `customers.member_codes`.
    """

    pk = models.CompositePrimaryKey("tenant_id", "digest")
    tenant_id = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    reader = models.CharField(max_length=100)
    read_at = models.DateTimeField()
    order_id = models.UUIDField(null=True)
    action = models.CharField(max_length=10, default="", db_default="")
    pos_id = models.UUIDField(null=True)
    points = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "customers_member_code"
        indexes = [models.Index(fields=["tenant_id", "read_at"], name="customers_member_code_end")]


class CodeBudget(models.Model):
    """Guard: how many codes were sent, or compared, in the span that began at `since`; `key` is a keyed digest of what they have in
    common. Of second facts, `since` is when one was said last.
    """

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant_id = models.IntegerField()
    key = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    used = models.IntegerField()

    class Meta:
        db_table = "customers_code_budget"
