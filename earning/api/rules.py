"""`/api/v1/rules`: earning rules, and putting them in and out of force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from earning import queries
from earning.api.rule_bodies import RuleWords, scope_in, terms_of, texts_in
from earning.api.scopes import Scope
from earning.api.shapes import Moment, moment
from earning.commands import (
    ActivateRule,
    ChangeRule,
    CreateRule,
    EndRule,
    PauseRule,
    RuleAnswer,
)
from earning.domain.rule_texts import called
from earning.domain.rule_warnings import RuleWarning, WarningCode
from earning.domain.terms import kind_of
from earning.kinds import KINDS, Shape
from earning.permissions import EDIT_RULES, SEE_RULES
from earning.queries.here import tenant_here
from earning.wording import scope_sentence, sentence_of, warning_sentence
from loyalty.api.views import CommandView, QueryView
from loyalty.files.api import PhotoAddress
from loyalty.files.photos import address_of, named_by
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id

StateText = Literal["draft", "scheduled", "active", "paused", "ended"]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as it stands. `name` is for staff, `title` and `description` are what customers are told in the caller's language (`texts` in
    all of them). `sentence` and `scope_sentence` say in the caller's language what it does, and for which purchases it is;
    `effective_at` is since when it is in its state, `active_from` when it comes or came into force, `ends_at` when it ends for good.
    """

    id: UUID
    name: str
    title: str
    description: str
    texts: list[RuleWords]
    photo: PhotoAddress
    wallet: str
    kind: str
    terms: Shape
    sentence: str
    scope: Scope
    scope_sentence: str
    version: int
    state: StateText
    effective_at: datetime | None
    active_from: datetime | None
    ends_at: datetime | None
    changed_at: datetime


class Warned(msgspec.Struct, frozen=True):
    """What looks wrong about a rule, though it may be meant; `rule_id` is the other rule that it is about (null: only itself)."""

    code: WarningCode
    message: str
    rule_id: UUID | None


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule stands now, from when on this version of it holds (null: it is neither active nor scheduled), and what looks wrong
    about it.
    """

    rule_id: UUID
    version: int
    state: str
    effective_at: datetime | None
    warnings: list[Warned]


class WarningsView(QueryView):
    """Say what looks wrong about an earning rule: it can never count, or counts beside another one."""

    permission = SEE_RULES
    answer = list[Warned]

    def ask(self, query: None, **path: Any) -> list[Warned]:
        return warned(queries.warnings(path["rule_id"]))


class CreateRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """A rule: what it gives (`terms`, of one `kind`), and for which purchases. `texts` are in all languages, or in none.

    It gives points of `wallet`, or multiplies those that are given there per amount; another wallet is another rule. It gives nothing
    until it is activated.
    """

    name: str
    terms: Shape
    wallet: str = "points"
    scope: Scope = Scope()
    texts: list[RuleWords] = []
    photo: PhotoAddress = ""


class ChangeRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; what is left out stays as it is. `scope`, `terms` and `texts` are whole: what such a one leaves out is no longer asked.

    What says the same as before makes no new version. `seen_version` refuses when somebody else changed it meanwhile.
    """

    name: str | msgspec.UnsetType = msgspec.UNSET
    terms: Shape | msgspec.UnsetType = msgspec.UNSET
    scope: Scope | msgspec.UnsetType = msgspec.UNSET
    texts: list[RuleWords] | msgspec.UnsetType = msgspec.UNSET
    photo: PhotoAddress | msgspec.UnsetType = msgspec.UNSET
    effective_at: Moment | None = None
    seen_version: int | None = None


class ActivateRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """From when on; now, when it is left out. With a time to come the rule is scheduled, or gets another start."""

    effective_at: Moment | None = None


class EndRuleBody(msgspec.Struct, forbid_unknown_fields=True):
    """When the rule ends for good; now, when it is left out. With `never`, and no `ends_at`, a planned end is taken back."""

    ends_at: Moment | None = None
    never: bool = False


class RuleView(QueryView):
    """Show one earning rule."""

    permission = SEE_RULES
    answer = Rule

    def ask(self, query: None, **path: Any) -> Rule:
        return shown(queries.rule(path["rule_id"]))


class SavingView(CommandView):
    """A write to a rule, answered with where it stands and what looks wrong about it."""

    permission = EDIT_RULES
    answer = Saved
    dry_runs = True

    def present(self, result: RuleAnswer) -> Saved:
        told = warned(result.warnings)
        same = {name: getattr(result, name) for name in ("rule_id", "version", "state", "effective_at")}
        return Saved(**same, warnings=told)


class CreateRuleView(SavingView):
    """Draft an earning rule."""

    body = CreateRuleBody
    status = 201

    def command(self, body: CreateRuleBody, **path: Any) -> CreateRule:
        with reading(self.tenant.id):
            terms = terms_of(body.terms, self.tenant.currency)
        return CreateRule(
            name=body.name.strip(),
            terms=terms,
            scope=scope_in(body.scope, self.tenant.time_zone),
            wallet=body.wallet,
            texts=texts_in(body.texts),
            photo=named_by(self.tenant.id, body.photo),
        )


class ChangeRuleView(SavingView):
    """Give an earning rule a new version; an active one changes for purchases made from `effective_at` on."""

    method = "patch"
    body = ChangeRuleBody

    def command(self, body: ChangeRuleBody, **path: Any) -> ChangeRule:
        with reading(self.tenant.id):
            card = queries.rule(path["rule_id"])
            terms = card.terms if body.terms is msgspec.UNSET else terms_of(body.terms, self.tenant.currency)
        return ChangeRule(
            rule_id=card.rule_id,
            name=card.name if body.name is msgspec.UNSET else body.name.strip(),
            terms=terms,
            scope=card.scope if body.scope is msgspec.UNSET else scope_in(body.scope, self.tenant.time_zone),
            texts=None if body.texts is msgspec.UNSET else texts_in(body.texts),
            photo=None if body.photo is msgspec.UNSET else named_by(self.tenant.id, body.photo),
            effective_at=body.effective_at and moment(body.effective_at, "effective_at"),
            # What was left out was read here: nobody may have changed it since.
            seen_version=card.version if body.seen_version is None else body.seen_version,
        )


class AtATime(SavingView):
    """What can be asked without a body: it happens now."""

    def _read(self, raw: bytes) -> Any:
        return super()._read(raw or b"{}")


class ActivateRuleView(AtATime):
    """Put an earning rule in force for purchases made from `effective_at` on, or schedule it."""

    body = ActivateRuleBody

    def command(self, body: ActivateRuleBody, **path: Any) -> ActivateRule:
        return ActivateRule(rule_id=path["rule_id"], effective_at=body.effective_at and moment(body.effective_at, "effective_at"))


class PauseRuleView(SavingView):
    """Take an active earning rule out of force from now on, or a scheduled one out of the schedule."""

    def command(self, body: None, **path: Any) -> PauseRule:
        return PauseRule(rule_id=path["rule_id"])


class EndRuleView(AtATime):
    """End an earning rule for good, now or at a time to come."""

    body = EndRuleBody

    def command(self, body: EndRuleBody, **path: Any) -> EndRule:
        return EndRule(rule_id=path["rule_id"], ends_at=body.ends_at and moment(body.ends_at, "ends_at"), never=body.never)


def warned(found: Iterable[RuleWarning]) -> list[Warned]:
    """What looks wrong, as the API shows it."""
    return [Warned(one.code, warning_sentence(one), one.other_id) for one in found]


def shown(card: queries.RuleCard) -> Rule:
    """A rule as the API shows it."""
    same = ("name", "wallet", "kind", "version", "state", "effective_at", "active_from", "ends_at", "changed_at")
    told = called(card.name, card.texts, get_language() or "")
    said = content(card, card.wallet) | {"id": card.rule_id, "title": told.name, "description": told.description}
    return Rule(**said, **{name: getattr(card, name) for name in same})


def content(card: queries.RuleCard | queries.VersionCard, wallet: str) -> dict[str, Any]:
    """Terms, scope, texts and photo of a rule that gives points of `wallet`, as the API shows them."""
    unit = queries.wallets_here().unit(wallet)
    return {
        "photo": address_of(card.photo),
        "terms": msgspec.convert(card.terms, KINDS[kind_of(card.terms)].shape, from_attributes=True),
        "texts": [RuleWords(text.language, text.name, text.description) for text in card.texts],  # type: ignore[arg-type]
        "sentence": sentence_of(card.terms, unit),
        "scope": msgspec.convert(msgspec.to_builtins(card.scope), Scope),
        "scope_sentence": scope_sentence(card.scope, tenant_of_id(tenant_here()).currency, unit),
    }
