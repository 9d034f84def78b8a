"""What pointed to people who were erased: digests under a key of their own, so that no file brings anybody back.

Nothing else can be told by them: they are not the digests by which customers are found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from customers.domain.identifiers import IdentifierKind
from loyalty.bus import Read, Unit
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, Refusals
from loyalty.lookup import barring_digests

Told = Mapping[IdentifierKind, str]
"""What somebody gave, in normal forms."""
BARRED = "select digest from customers_barred where digest = any (%s::bytea[])"
BAR = """insert into customers_barred (tenant_id, digest, barred_at) select %s, digest, %s from unnest(%s::bytea[]) digest
    on conflict do nothing"""
OF_THESE = """select distinct w.n from unnest(%s::int[], %s::bytea[]) w (n, digest)
    join customers_barred b on b.tenant_id = %s and b.digest = w.digest"""


def bar(unit: Unit, held: Collection[tuple[IdentifierKind, str]]) -> None:
    """Let no file bring back who holds, or held, these identifiers (kind and normal form)."""
    digests = [barring_digests(kind, text, unit.tenant_id)[0] for kind, text in held]
    unit.execute(BAR, (unit.tenant_id, unit.now, digests))


def reads_of_barred(told: Told, circumstances: Circumstances) -> Iterator[Read]:
    """What `refuse_barred` needs: nothing but for files."""
    if circumstances.channel == "import":
        for _kind, digest in _digests(told, circumstances.tenant_id):
            yield Read(BARRED, digest)


def refuse_barred(told: Told, unit: Unit) -> None:
    """Raises Conflict `customers.was_erased` for whom a file would bring back."""
    if unit.circumstances.channel != "import":
        return
    refusals = Refusals()
    for kind in dict.fromkeys(k for k, digest in _digests(told, unit.tenant_id) if unit.rows(BARRED, digest)):
        with refusals:
            raise Conflict("customers.was_erased", field=kind)
    refusals.raise_all()


def barred_query(references: Sequence[tuple[IdentifierKind, str]], tenant_id: int) -> tuple[str, tuple[object, ...]]:
    """A question with one row for each of `references` (normal forms) that is barred: its place."""
    pairs = [(n, digest) for n, (kind, text) in enumerate(references) for digest in barring_digests(kind, text, tenant_id)]
    return OF_THESE, ([n for n, _ in pairs], [digest for _, digest in pairs], tenant_id)


def _digests(told: Told, tenant_id: int) -> Iterator[tuple[IdentifierKind, bytes]]:
    for kind, text in told.items():
        for digest in barring_digests(kind, text, tenant_id):
            yield kind, digest
