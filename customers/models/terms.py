"""What customers agree to by joining."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Terms(models.Model):
    """A version of the terms: its `texts` (Markdown) by language."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    number = models.IntegerField()
    texts = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=100)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Terms]] = models.Manager()

    class Meta:
        db_table = "customers_terms"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "number"], name="customers_terms_number")]
        verbose_name = _("version of the terms")
        verbose_name_plural = _("terms of the programme")

    def __str__(self) -> str:
        return f"terms-{self.number}"
