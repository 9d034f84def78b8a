"""Merging and unmerging: both customers are locked with all that is theirs, and so are their accounts until the end of the transaction."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from customers import challenges, passwords, proof, tokens
from customers.alerts import reached, tell
from customers.claims import holder_of
from customers.commands import MergeByCode, MergeCustomers, Merged, UnmergeCustomer
from customers.domain.consents import Consents, consents_id
from customers.domain.customer import Customer
from customers.domain.memberships import Memberships, memberships_id
from customers.domain.merging import Belongings, by_age, merge, unmerge
from customers.merged_since import since_merged
from customers.queries.doors import doors
from customers.queries.merging import UNDER
from customers.standing import has_more_than, is_dormant
from customers.whole import absorbed_by, whole
from earning.commands import JoinAccounts, PartAccounts
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict, DomainError, called

IN_TURN = "select pg_advisory_xact_lock(hashtextextended('customers.merging/' || %s, 0))"
"""Merges of a tenant are one after the other: who else has to be locked turns out on the way, in no order that all could keep."""


def no_streams(command: MergeCustomers | MergeByCode | UnmergeCustomer, circumstances: Circumstances) -> Iterable[StreamRef]:
    """They are opened once it is this merge's turn."""
    return ()


@handles(MergeCustomers, streams=no_streams)
def merge_customers(command: MergeCustomers, unit: Unit) -> Merged:
    if command.customer_id == command.other_id:
        raise DomainError("customers.merged_with_itself", field="other_id")
    _in_turn(unit, command.customer_id, command.other_id)
    for customer_id in (command.customer_id, command.other_id):
        unit.load(Customer, customer_id).refuse_absent()
    return _merged(unit, command.customer_id, command.other_id, command.reason)


@handles(MergeByCode, streams=no_streams)
def merge_by_code(command: MergeByCode, unit: Unit) -> Merged:
    _in_turn(unit, command.customer_id)
    own = unit.load(Customer, command.customer_id)
    own.refuse_inactive()
    own.refuse_asked()
    proof.demand(unit, _sides(unit, own.id), command.session_id)
    kind, value = challenges.spend(unit, command.challenge_id, "merge", command.customer_id, command.code)
    if ("phone", own.identifiers.get("phone")) not in own.proven:
        raise DomainError("customers.phone_not_proven")
    other_id = holder_of(unit, kind, value)
    if other_id is None or other_id == own.id:
        raise DomainError("customers.nobody_to_merge", field="code")
    settled = doors()
    away = is_dormant(unit, other_id, settled)
    unit.open([ref for ref in _streams(other_id, unit.tenant_id) if not unit.has(ref.id)])
    first = unit.load(Customer, other_id).prove(kind, value, unit.now)
    other = whole(unit, other_id)
    if other.is_asked or away or (first and has_more_than(unit, other.id, settled.fact_above)):
        raise DomainError("customers.other_fact_needed", field="code")
    with called(other_id="code"):
        return _merged(unit, own.id, other_id, None)


@handles(UnmergeCustomer, streams=no_streams)
def unmerge_customer(command: UnmergeCustomer, unit: Unit) -> Merged:
    _in_turn(unit, command.customer_id)
    younger = unit.load(Customer, command.customer_id)
    younger.refuse_absent()
    if (merged := younger.merged) is None:
        raise Conflict("customers.not_merged")
    survivor = _belongings(unit, merged.survivor_id)
    if survivor[0].merged is not None:
        raise Conflict("customers.unmerge_survivor_first")
    parting = tuple(row[0] for row in unit.execute(UNDER, (younger.id, unit.tenant_id)))
    staying = tuple(one for one in _sides(unit, survivor[0].id) if one not in parting)
    unmerge(survivor, _belongings(unit, younger.id), command.reason, unit.now)
    passwords.forget_since(unit, (survivor[0].id, *parting), merged.merged_at)
    tokens.revoke_since(unit, (*staying, *parting), merged.merged_at)
    unit.dispatch(
        PartAccounts(
            customer_id=survivor[0].id,
            sides=staying,
            parted_id=younger.id,
            parting=parting,
            merged_at=merged.merged_at,
            since=since_merged(younger.id, staying, parting),
        )
    )
    return Merged(survivor[0].id, younger.id, new=True)


def _in_turn(unit: Unit, *customers: UUID) -> None:
    """Wait until no other merge is on its way, then lock these."""
    if unit.locks:
        unit.execute(IN_TURN, [str(unit.tenant_id)])
    unit.open([ref for customer_id in customers for ref in _streams(customer_id, unit.tenant_id)])


def _merged(unit: Unit, one_id: UUID, other_id: UUID, reason: str | None) -> Merged:
    """Who stands for each of them is merged: of two orders at once, the second finds it done."""
    one, other = whole(unit, one_id), whole(unit, other_id)
    if one.id == other.id:
        return Merged(one.id, other_id if other_id != one.id else one_id, new=False)
    older, younger = by_age(one, other)
    sides, joining = _sides(unit, older.id), _sides(unit, younger.id)
    told = [(one, found) for one, found in ((older, sides), (younger, joining)) if one.proven]
    passwords.hand_on(unit, younger.id, joining)
    merge(_belongings(unit, older.id), _belongings(unit, younger.id), reason, unit.now)
    unit.dispatch(JoinAccounts(customer_id=older.id, sides=sides, joined_id=younger.id, joining=joining))
    for one, found in told:
        tell(unit, "merged", one.id, one.profile.language, reached(found))
    return Merged(older.id, younger.id, new=True)


def _sides(unit: Unit, customer_id: UUID) -> tuple[UUID, ...]:
    return customer_id, *absorbed_by(unit, customer_id)


def _belongings(unit: Unit, customer_id: UUID) -> Belongings:
    streams = _streams(customer_id, unit.tenant_id)
    if missing := [ref for ref in streams if not unit.has(ref.id)]:
        unit.open(missing)
    person, agreed, segments = (ref.id for ref in streams)
    return unit.load(Customer, person), unit.load(Consents, agreed), unit.load(Memberships, segments)


def _streams(customer_id: UUID, tenant_id: int) -> list[StreamRef]:
    return [
        StreamRef(Customer, customer_id),
        StreamRef(Consents, consents_id(tenant_id, customer_id)),
        StreamRef(Memberships, memberships_id(tenant_id, customer_id)),
    ]
