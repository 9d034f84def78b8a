"""Work that is left of an erasure."""

from __future__ import annotations

from django.db import models


class WordsLeft(models.Model):
    """Guard: the storage of search may still hold words of who was erased last, `erased_at`. Gone when they left it. Written by
    `customers.forgotten_words`.
    """

    tenant_id = models.IntegerField(primary_key=True)
    erased_at = models.DateTimeField()

    class Meta:
        db_table = "customers_words_left"
