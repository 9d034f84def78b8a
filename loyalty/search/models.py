"""Search documents in Postgres: what answers when Elasticsearch does not. Written by `postgres.py` only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Generation(models.Model):
    """One making of one tenant's index: the live one answers, the next one is being filled, the retired one is being cleared."""

    class State(models.TextChoices):
        LIVE = "live", _("live")
        NEXT = "next", _("next")
        RETIRED = "retired", _("retired")

    pk = models.CompositePrimaryKey("tenant_id", "name", "number")
    tenant_id = models.IntegerField(_("tenant"))
    name = models.TextField(_("index"))
    number = models.IntegerField(_("number"))
    shape = models.TextField(_("shape"))
    state = models.TextField(_("state"), choices=State.choices)

    objects: ClassVar[models.Manager[Generation]] = models.Manager()

    class Meta:
        db_table = "search_generation"
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "name"], condition=models.Q(state="live"), name="search_one_live"),
            models.UniqueConstraint(fields=["tenant_id", "name"], condition=models.Q(state="next"), name="search_one_next"),
        ]
        verbose_name = _("making of a search index")
        verbose_name_plural = _("makings of search indexes")

    def __str__(self) -> str:
        return f"{self.name} {self.number}: {self.state}"


class Document(models.Model):
    """One document: its words and exact values as tokens that begin with the generation, and the keys that lists are sorted by."""

    pk = models.CompositePrimaryKey("tenant_id", "generation", "id")
    tenant_id = models.IntegerField(_("tenant"))
    generation = models.IntegerField(_("generation"))
    id = models.UUIDField(_("document"))
    version = models.BigIntegerField(_("version"))
    tombstone = models.BooleanField(_("tombstone"))
    tokens = SearchVectorField(_("tokens"))
    keys = ArrayField(models.TextField(null=True, db_collation="C"), verbose_name=_("keys"))
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)

    objects: ClassVar[models.Manager[Document]] = models.Manager()

    class Meta:
        db_table = "search_document"
        indexes = [
            GinIndex(fields=["tokens"], name="search_document_tokens", fastupdate=False),
            models.Index(fields=["tenant_id", "generation", "version"], name="search_document_version"),
        ]
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")

    def __str__(self) -> str:
        return f"{self.id} at {self.version}"


class Word(models.Model):
    """A different word of a generation, by its length: where misspelt words are looked up. None is shorter than 3 letters."""

    pk = models.CompositePrimaryKey("tenant_id", "generation", "length", "word")
    tenant_id = models.IntegerField(_("tenant"))
    generation = models.IntegerField(_("generation"))
    length = models.SmallIntegerField(_("length"))
    word = models.TextField(_("word"), db_collation="C")

    objects: ClassVar[models.Manager[Word]] = models.Manager()

    class Meta:
        db_table = "search_word"
        verbose_name = _("word of search documents")
        verbose_name_plural = _("words of search documents")

    def __str__(self) -> str:
        return self.word
