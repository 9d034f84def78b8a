"""The guard of what links to customers: a browser or account leads to the one who has it, and to nobody while several do.

Whoever changes whom it leads to holds the advisory locks of its digests until the end of the transaction, so that of two customers
who come by one browser at once the second sees the first.
"""

from __future__ import annotations

from uuid import UUID

from customers.domain.identifiers import LinkingKind
from loyalty.bus import Unit
from loyalty.lookup import lookup_digest, lookup_digests, lookup_version

LEADS = "('active', 'contested')"
LINKS = "('browser_id', 'page_scoped_id')"
LOCK = "select pg_advisory_xact_lock(hashtextextended(d, %s)) from (select unnest(%s::text[]) d order by 1) locked"
LOCK_ALL = f"""select pg_advisory_xact_lock(hashtextextended(d, tenant_id)) from (
    select encode(digest, 'hex') d, tenant_id from customers_identifier
    where tenant_id = %s and customer_id = %s and kind in {LINKS} order by 1) locked"""
LINK = """insert into customers_identifier (tenant_id, kind, digest, key_version, customer_id, state, valid_from)
    values (%s, %s, %s, %s, %s, 'contested', %s)"""
UNLINK = f"""update customers_identifier set state = 'released', valid_to = %s
    where tenant_id = %s and kind = %s and digest = any (%s) and customer_id = %s and state in {LEADS}"""
CONTEST = """update customers_identifier set state = 'contested'
    where tenant_id = %s and kind = %s and digest = any (%s) and state = 'active' and customer_id <> %s"""
LEAD = f"""update customers_identifier i set state = 'active'
    where tenant_id = %s and kind = %s and digest = any (%s) and state = 'contested' and not exists (
        select from customers_identifier other where other.tenant_id = i.tenant_id and other.kind = i.kind
        and other.digest = any (%s) and other.state in {LEADS} and other.customer_id <> i.customer_id)"""
GIVE_UP = f"""with mine as (
        update customers_identifier set state = 'released' where tenant_id = %s and customer_id = %s and kind in {LINKS}
        returning tenant_id, kind, digest, customer_id)
    update customers_identifier i set state = 'active' from mine
    where i.tenant_id = mine.tenant_id and i.kind = mine.kind and i.digest = mine.digest and i.customer_id <> mine.customer_id
        and i.state = 'contested' and not exists (
            select from customers_identifier other where other.tenant_id = i.tenant_id and other.kind = i.kind
            and other.digest = i.digest and other.state in {LEADS} and other.customer_id not in (i.customer_id, mine.customer_id))"""
"""What a customer who is erased leaves to the one other whom it leads to."""


def link(unit: Unit, customer_id: UUID, kind: LinkingKind, value: str) -> None:
    """Let `value` lead to the customer; to nobody when it leads to somebody else."""
    digests, tenant_id = _locked(unit, kind, value), unit.tenant_id
    unit.execute(CONTEST, (tenant_id, kind, digests, customer_id))
    current = lookup_digest(kind, value, tenant_id=tenant_id)
    unit.execute(LINK, (tenant_id, kind, current, lookup_version(), customer_id, unit.now))
    unit.execute(LEAD, (tenant_id, kind, digests, digests))


def unlink(unit: Unit, customer_id: UUID, kind: LinkingKind, value: str) -> None:
    """Let it lead to the customer no longer; one who is left alone with it has it again."""
    digests = _locked(unit, kind, value)
    unit.execute(UNLINK, (unit.now, unit.tenant_id, kind, digests, customer_id))
    unit.execute(LEAD, (unit.tenant_id, kind, digests, digests))


def _locked(unit: Unit, kind: LinkingKind, value: str) -> list[bytes]:
    """The digests of `value`, under every key in use."""
    digests = lookup_digests(kind, value, unit.tenant_id)
    unit.execute(LOCK, (unit.tenant_id, [digest.hex() for digest in digests]))
    return digests
