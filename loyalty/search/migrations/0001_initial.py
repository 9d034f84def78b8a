"""Search documents in Postgres, fenced by tenant, and the functions that write and read them, each from its file."""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls

SQL = Path(__file__).parent.parent / "sql"
DROPS = {
    "write.sql": "drop function search_write; drop function search_store; drop function search_begin; drop function search_lock;",
    "page.sql": "drop function search_page;",
    "expunge.sql": "drop function search_expunge; drop function search_unused_words;",
}


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL("create extension if not exists fuzzystrmatch", migrations.RunSQL.noop),
        migrations.RunSQL("create sequence search_generation_number as int", "drop sequence search_generation_number"),
        migrations.CreateModel(
            name="Generation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("tenant_id", "name", "number", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", models.IntegerField(verbose_name="tenant")),
                ("name", models.TextField(verbose_name="index")),
                ("number", models.IntegerField(verbose_name="number")),
                ("shape", models.TextField(verbose_name="shape")),
                (
                    "state",
                    models.TextField(choices=[("live", "live"), ("next", "next"), ("retired", "retired")], verbose_name="state"),
                ),
            ],
            options={
                "verbose_name": "making of a search index",
                "verbose_name_plural": "makings of search indexes",
                "db_table": "search_generation",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "live")), fields=("tenant_id", "name"), name="search_one_live"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "next")), fields=("tenant_id", "name"), name="search_one_next"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("tenant_id", "generation", "id", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", models.IntegerField(verbose_name="tenant")),
                ("generation", models.IntegerField(verbose_name="generation")),
                ("id", models.UUIDField(verbose_name="document")),
                ("version", models.BigIntegerField(verbose_name="version")),
                ("tombstone", models.BooleanField(verbose_name="tombstone")),
                ("tokens", django.contrib.postgres.search.SearchVectorField(verbose_name="tokens")),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(db_collation="C", null=True), size=None, verbose_name="keys"
                    ),
                ),
                ("latitude", models.FloatField(null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(null=True, verbose_name="longitude")),
            ],
            options={
                "verbose_name": "search document",
                "verbose_name_plural": "search documents",
                "db_table": "search_document",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["tokens"], name="search_document_tokens")
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "generation", "length", "word", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.IntegerField(verbose_name="tenant")),
                ("generation", models.IntegerField(verbose_name="generation")),
                ("length", models.SmallIntegerField(verbose_name="length")),
                ("word", models.TextField(db_collation="C", verbose_name="word")),
            ],
            options={
                "verbose_name": "word of search documents",
                "verbose_name_plural": "words of search documents",
                "db_table": "search_word",
            },
        ),
        enable_rls("search_generation", "search_document", "search_word"),
        *(migrations.RunSQL((SQL / name).read_text(), drop) for name, drop in DROPS.items()),
    ]
