"""The rules of a tenant, as handlers and queries read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from earning.domain.levels.benefit_rules import rules_of_levels
from earning.domain.levels.book import LevelSetVersion
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import InForce, PlannedEnd, RuleVersion
from earning.domain.rule_warnings import Standing
from earning.domain.scope import RuleScope
from earning.domain.terms import TermsOfKind
from earning.levelbook import LEVEL_VERSIONS
from loyalty.bus import Read, Unit

STATE = Read("""select coalesce(max(position), 0), (coalesce(sum(position), 0)
        + (select coalesce(sum(position), 0) from earning_level_set)
        + (select coalesce(sum(position), 0) from earning_wallet))::bigint from earning_rule""")
"""The position of the last event of a rule, and a number that every such event raises, and every event of a level set or a wallet:
where it is the same, so are the rules, what levels multiply, and the decimals of wallets.
"""
VERSIONS = """select coalesce((select json_agg(json_build_object('rule_id', rule_id, 'version', version, 'terms', terms, 'scope', scope,
        'periods', periods, 'ends', ends, 'wallet', wallet, 'decimals', decimals) order by born, version)
    from (select v.*, r.ends, r.wallet, coalesce(w.decimals, 0) as decimals,
            min(v.position) over (partition by rule_id) as born
        from earning_rule_version v
        join earning_rule r on r.tenant_id = v.tenant_id and r.id = v.rule_id
        left join earning_wallet w on w.tenant_id = r.tenant_id and w.code = r.wallet
        where v.tenant_id = (select current_setting('loyalty.tenant')::int)) v where periods <> '[]'), '[]')::text,
    m.position, m.state
    from (select coalesce(max(position), 0) as position, (coalesce(sum(position), 0) + (select coalesce(sum(position), 0)
            from earning_level_set where tenant_id = (select current_setting('loyalty.tenant')::int))
        + (select coalesce(sum(position), 0) from earning_wallet
            where tenant_id = (select current_setting('loyalty.tenant')::int)))::bigint as state
        from earning_rule where tenant_id = (select current_setting('loyalty.tenant')::int)) m"""
"""Every version of every rule that was ever in force, the oldest rule first; what `STATE` is then."""
STANDING = """select coalesce(json_agg(json_build_object('rule_id', r.id, 'name', r.name, 'terms', r.terms, 'scope', r.scope,
        'wallet', r.wallet, 'starts', case when r.state = 'active' then r.active_from end, 'ends', r.ends_at)
        order by v.position), '[]')::text
    from earning_rule r join earning_rule_version v on v.tenant_id = r.tenant_id and v.rule_id = r.id and v.version = 1
    where (r.state = 'active' and coalesce(r.ends_at > now(), true)) or r.id = %s"""
"""Every rule that is or will be in force, and one more, the oldest first."""
MOST_TENANTS = 1000
Asked = Callable[[str], Sequence[tuple[Any, ...]]]
"""Puts a statement to the database, in the transaction that is open."""
_known: dict[int, tuple[int, RuleSet]] = {}


class _Stored(msgspec.Struct):
    """A version as its table has it."""

    rule_id: UUID
    version: int
    terms: TermsOfKind
    scope: RuleScope
    periods: tuple[InForce, ...]
    ends: tuple[PlannedEnd, ...]
    wallet: str
    decimals: int


class _Beside(msgspec.Struct):
    """A rule as its table has it."""

    rule_id: UUID
    name: str
    terms: TermsOfKind
    scope: RuleScope
    starts: datetime | None
    ends: datetime | None
    wallet: str


DECODER = msgspec.json.Decoder(list[_Stored])


def rules_of(tenant_id: int, state: int, ask: Asked) -> RuleSet:
    """The tenant's rules, remembered by this process while their `state` is the same; otherwise read in two more round trips."""
    known = _known.get(tenant_id)
    if known is not None and known[0] == state:
        return known[1]
    if len(_known) >= MOST_TENANTS:
        _known.clear()
    rules, state = read_rules(ask)
    _known[tenant_id] = state, rules
    return rules


def wallets_known(tenant_id: int) -> frozenset[str]:
    """The wallets that the tenant's rules give points of, as far as this process remembers them."""
    known = _known.get(tenant_id)
    return frozenset() if known is None else known[1].wallets


def deeds_known(tenant_id: int) -> frozenset[str]:
    """The types of custom events that the tenant's rules give points for, as far as this process remembers them."""
    known = _known.get(tenant_id)
    return frozenset() if known is None else known[1].deeds.types


def read_rules(ask: Asked) -> tuple[RuleSet, int]:
    """The rules of the tenant that is set, with their state."""
    versions, position, state = versions_of(ask)
    return RuleSet(versions, position), state


def versions_of(ask: Asked) -> tuple[list[RuleVersion], int, int]:
    """Every version that was ever in force, the oldest rule first; how far the log went, and the `state` of the rules."""
    versions, position, state = ask(VERSIONS)[0]
    levels = msgspec.json.decode(ask(LEVEL_VERSIONS)[0][0], type=list[LevelSetVersion])
    return [*map(_version, DECODER.decode(versions)), *rules_of_levels(levels)], position, state


def _version(stored: _Stored) -> RuleVersion:
    return RuleVersion(
        rule_id=stored.rule_id,
        version=stored.version,
        terms=stored.terms.terms,
        scope=stored.scope,
        periods=stored.periods,
        ends=stored.ends,
        wallet=stored.wallet,
        decimals=stored.decimals,
    )


def asking(unit: Unit) -> Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]:
    """Puts a question to the database in the transaction of a command; it guards nothing."""
    return lambda sql, params: unit.execute_all([(sql, tuple(params))])[0]


def standing_beside(rule_id: UUID, ask: Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]) -> list[Standing]:
    """The rules that are or will be in force, and the rule itself where it is known; the oldest first."""
    return [
        Standing(
            rule_id=one.rule_id,
            name=one.name,
            terms=one.terms.terms,
            scope=one.scope,
            wallet=one.wallet,
            starts=one.starts,
            ends=one.ends,
        )
        for one in msgspec.json.decode(ask(STANDING, [rule_id])[0][0], type=list[_Beside])
    ]
