"""Versions of rules, made ready once for many purchases."""

from __future__ import annotations

from earning.domain.carrying import Carrier, carry_id
from earning.domain.kinds import PointsPerAmount, PurchaseTerms
from earning.domain.rule_versions import RuleVersion


class Candidate:
    """A version of a rule, made ready. Its points are given in the smallest unit of its wallet, `scale` to one."""

    __slots__ = ("carrier", "fits", "group", "picker", "scale", "scope", "stage", "terms", "version", "wallet")

    def __init__(self, version: RuleVersion, terms: PurchaseTerms) -> None:
        self.version, self.terms, self.scope = version, terms, version.scope
        self.wallet, self.scale = version.wallet, 10**version.decimals
        self.stage = terms.stage
        self.group = version.scope.one_group
        self.picker = terms.picker()
        self.fits = version.scope.test()
        self.carrier = carrier(version)
        """Where it carries what is left over."""


def carrier(version: RuleVersion) -> Carrier | None:
    """The version of a rule, where it carries what is left over."""
    match version.terms:
        case PointsPerAmount(carry=True) as terms:
            key = carry_id(version.rule_id, terms)
            return Carrier(version.rule_id, version.version, key, terms, version.wallet, 10**version.decimals)
    return None
