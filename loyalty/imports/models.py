"""Files and rows on their way in. Both are sealed, because they name people, and deleted as soon as they were taken in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from loyalty.domain.identity import new_id


class Upload(models.Model):
    """A file that somebody sent, until it was read. `size` is in bytes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    tenant_id = models.IntegerField()
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Upload]] = models.Manager()


class UploadPart(models.Model):
    """One part of a file, sealed; all but the last have the same length."""

    pk = models.CompositePrimaryKey("tenant_id", "upload_id", "number")
    tenant_id = models.IntegerField()
    upload_id = models.UUIDField()
    number = models.IntegerField()
    body = models.BinaryField()

    objects: ClassVar[models.Manager[UploadPart]] = models.Manager()


class StagedBlock(models.Model):
    """Rows of a file that belong together, sealed. `unit` is what is taken in whole (a document), `owner` whose it is.

    `taken_by` is the process that takes them in at this moment.
    """

    pk = models.CompositePrimaryKey("tenant_id", "run_id", "block")
    tenant_id = models.IntegerField()
    run_id = models.UUIDField()
    block = models.IntegerField()
    unit = models.TextField(db_collation="C")
    owner = models.TextField(db_collation="C")
    rows = models.IntegerField()
    taken_by = models.UUIDField(null=True)
    body = models.BinaryField()

    objects: ClassVar[models.Manager[StagedBlock]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "run_id", "owner", "block"], name="imports_stagedblock_owner"),
            models.Index(fields=["tenant_id", "run_id", "unit"], name="imports_stagedblock_unit"),
        ]
