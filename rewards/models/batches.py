"""Batches of codes, to be listed, and to say which codes can be had."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CodeBatch(models.Model):
    """A batch of codes: `codes` of them are there once it is filled. How its reward is `called`, how many of its codes are `issued` and
    `used`, and the `run` that makes them are put there by a page that shows it, with
    `who` did it, and whether it `links` to the work.
    """

    called = ""
    issued = used = 0
    run: Any = None
    who: ClassVar[dict[str, Any]] = {}
    links = False

    class State(models.TextChoices):
        MAKING = "making", pgettext_lazy("codes", "Being made")
        OPEN = "open", pgettext_lazy("codes", "To be had")
        WITHDRAWN = "withdrawn", pgettext_lazy("codes", "Withdrawn")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    reward_id = models.UUIDField()
    source = models.CharField(max_length=16)
    prefix = models.CharField(max_length=8)
    wanted = models.IntegerField(null=True)
    codes = models.IntegerField(null=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=100)
    exported_at = models.DateTimeField(null=True)
    exported_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CodeBatch]] = models.Manager()

    class Meta:
        db_table = "rewards_code_batch"
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")
        indexes = [models.Index(fields=["tenant_id", "reward_id", "begun_at"], name="rewards_batch_reward")]

    @property
    def left(self) -> int:
        """How many of its codes are to be had still."""
        return (self.codes or 0) - self.issued if self.state == self.State.OPEN and self.source != "shared" else 0

    def __str__(self) -> str:
        return self.called or str(self.id)
