"""Codes of a batch, made some thousands at a time. Taken up again, it goes on where it was: a number that has its code keeps it."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from loyalty.bus import dispatch
from loyalty.domain.errors import Conflict
from loyalty.domain.identity import derived_id
from loyalty.jobs.models import name_counts, name_kinds
from loyalty.jobs.work import Cancelled, Work
from loyalty.lookup import lookup_version
from loyalty.tenancy import reading
from rewards.codes import new_code
from rewards.commands import FillBatch
from rewards.domain.batch import code_id, ids_of
from rewards.models import CodeBatch
from rewards.stock import digest_under, put_codes

KIND, FROM_FILE, MADE = "rewards.make_codes", "rewards.upload_codes", "codes_made"
AT_ONCE = 2_000
"""Codes of one transaction."""
THERE = "select number from rewards_code where tenant_id = %s and id between %s and %s"
IN_ORDER = """select number, id, digest, key_version, sealed from rewards_code
    where tenant_id = %s and id between %s and %s order by id limit %s"""
name_kinds({KIND: _("Codes for a reward")})
name_counts({MADE: _("codes made")})


def make_codes(work: Work, batch: str) -> None:
    """Make what is missing of a batch, and say that it is there. Raises Cancelled when somebody asked to stop, or withdrew it."""
    batch_id = UUID(batch)
    with reading(work.tenant_id):
        row = CodeBatch.objects.get(tenant_id=work.tenant_id, id=batch_id)
    wanted = row.wanted or 0
    work.expect(wanted)
    for start in range(work.done, wanted, AT_ONCE):
        end = min(start + AT_ONCE, wanted)
        with reading(work.tenant_id):
            if CodeBatch.objects.filter(tenant_id=work.tenant_id, id=batch_id, state="withdrawn").exists():
                raise Cancelled
            made = _make(row, start, end)
        work.count(MADE, made)
        work.finish(end - start, lambda: None)
    try:
        fill(work, batch_id)
    except Conflict as gone:
        if gone.code != "rewards.batch_withdrawn":
            raise
        raise Cancelled from gone


def fill(work: Work, batch_id: UUID) -> None:
    """Let the codes of a batch be had, now that all are there."""
    codes, digest, version = digest_of(work.tenant_id, batch_id)
    dispatch(
        FillBatch(batch_id=batch_id, codes=codes, digest=digest, key_version=version),
        tenant_id=work.tenant_id,
        actor=work.actor,
        channel="process",
        command_id=derived_id("rewards.batch_filled", batch_id),
    )


def digest_of(tenant_id: int, batch_id: UUID) -> tuple[int, str, int]:
    """How many codes of a batch are there, the hash of their keyed digests in their order, and the version of the key of these."""
    version, whole, codes, last = lookup_version(), sha256(), 0, -1
    while True:
        with reading(tenant_id), connection.cursor() as cursor:
            cursor.execute(IN_ORDER, [tenant_id, *ids_of(batch_id, last + 1), AT_ONCE])
            rows = cursor.fetchall()
        for number, key, digest, its_version, sealed in rows:
            whole.update(digest if its_version == version else digest_under(version, tenant_id, key, sealed))
            last, codes = number, codes + 1
        if len(rows) < AT_ONCE:
            return codes, whole.hexdigest(), version


def _make(batch: CodeBatch, start: int, end: int) -> int:
    """The codes from number `start` to before `end`, but for those that are there; answers with how many were made."""
    with connection.cursor() as cursor:
        cursor.execute(THERE, [batch.tenant_id, code_id(batch.id, start), code_id(batch.id, end - 1)])
        missing = {*range(start, end)} - {number for (number,) in cursor.fetchall()}
    made = len(missing)
    while missing:
        codes = [(number, new_code(batch.prefix)) for number in sorted(missing)]
        missing -= put_codes(batch.tenant_id, batch.reward_id, batch.id, codes)
    return made
