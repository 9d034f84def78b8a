"""The forms that add and edit a rule, as a sentence: when it counts, then what it gives, but within which limits."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from earning import queries
from earning.commands import ChangeRule, CreateRule, RuleAnswer, RuleScope, RuleText, Terms
from earning.domain.facts import is_field, is_field_of_events
from earning.domain.rules import LONGEST_NAME
from earning.domain.scope import EVERYTHING
from earning.domain.wallets import POINTS, Unit
from earning.forms.fields import FROM_NOW, MomentField
from earning.forms.rules.kinds import KindFields
from earning.forms.rules.layout import SentenceLayout
from earning.forms.rules.scope import ScopeFields
from earning.forms.rules.spoken import ASKED, SHOWN_AT, Spoken
from earning.forms.rules.texts import TextFields, text_field
from earning.kinds import KINDS
from earning.kinds.scopes import asked, beside
from earning.kinds.words import language
from earning.models import Rule
from earning.permissions import EDIT_RULES
from earning.units import several
from earning.wording import sentence_of, warning_sentence, whenever
from loyalty.admin.clauses import Clause
from loyalty.domain.errors import DomainError
from loyalty.files.forms import PhotoField, photo_name, shown_photo
from loyalty.house.kept import keep_untouched, untouched


class RuleForm(SentenceLayout, TextFields, ScopeFields, KindFields):
    """What the pages that add and edit a rule share."""

    permission = EDIT_RULES
    template = "earning/admin/rule_form.html"
    live = "earning/admin/rule_spoken.html"

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("For you and your colleagues; it also explains points."))

    photo = PhotoField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"per", "minimum", "maximum"} & self.fields.keys():
            self.fields[name].use(self.tenant.currency)  # type: ignore[attr-defined]
            self.fields[name].label = f"{self.fields[name].label} ({self.tenant.currency})"
        self.offer(self.before())
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.MultipleChoiceField):
                self.add_field(name, field)
        self.set_up_rows(self.before())

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        keep_untouched(self)
        self.made = self.several(self.before())
        return told

    def content(self) -> dict[str, Any]:
        """Names, photo, terms and scope that were entered."""
        texts = self.texts(self.cleaned_data) if not self.texts_untouched() else self.before_texts()
        photo = photo_name(self.tenant.id, self.cleaned_data["photo"])
        return {
            "name": self.cleaned_data["name"],
            "terms": self.entered_terms(),
            "scope": self.entered_scope(),
            "texts": texts,
            "photo": photo,
        }

    def entered_scope(self) -> RuleScope:
        """The scope as far as it was entered."""
        return self.scope(self.cleaned_data, self.tenant.time_zone, **self.made)

    def entered_terms(self) -> Terms:
        """The terms that were entered; what was not touched, or is not asked for, stays as it was."""
        made, before = self.terms(self.cleaned_data, self.tenant.currency), self.before_terms()
        if before is None:
            terms: Terms = KINDS[self.kind].terms(**made)
            return terms
        return replace(before, **{name: v for name, v in made.items() if name not in self.fields or not untouched(self[name])})

    def spoken(self) -> Spoken:
        """What the rule says as far as it was entered, for the top of the form."""
        terms, scope = self.before_terms(), self.before()
        if self.is_bound:
            wrong = self.errors.keys()
            scope = self.entered_scope()
            terms = self.entered_terms() if not wrong & set(self.then) else None
        when = [said for _name, said in asked(scope, self.tenant.currency)]
        if self.is_bound and any(name.startswith(ASKED) for name in self.errors):
            when.append(gettext("The condition is not complete yet."))
        return Spoken(
            " ".join(when) or whenever(self.kind),
            sentence_of(terms, self.unit) if terms else "",
            " ".join(beside(scope, self.unit)),
            self._warned(terms, scope) if terms and self.is_bound and not self.errors.keys() - {"name"} else (),
        )

    def _warned(self, terms: Terms, scope: RuleScope) -> tuple[str, ...]:
        try:
            found = queries.warnings_of_draft(self.rule_id, self.cleaned_data.get("name", ""), terms, scope, self.of_wallet)
        except DomainError:
            return ()
        return tuple(warning_sentence(one) for one in found)

    @property
    def unit(self) -> Unit:
        """What the rule gives."""
        return queries.wallets_here().unit(self.of_wallet)

    @property
    def places(self) -> int:
        return self.unit.decimals

    def may_ask(self, field: str) -> bool:
        return is_field_of_events(field) if self.kind == "custom_event" else is_field(field)

    @property
    def rule_id(self) -> UUID | None:
        """The rule that is changed; None: a new one."""
        return None

    @property
    def of_wallet(self) -> str:
        """The wallet that the rule gives points of."""
        return POINTS

    def before(self) -> RuleScope:
        """The scope that is changed."""
        return EVERYTHING

    def before_terms(self) -> Terms | None:
        """The terms that are changed."""
        return None

    def before_texts(self) -> tuple[RuleText, ...]:
        """What the rule was called."""
        return ()

    def refuse(self, refusal: DomainError) -> None:
        """Terms and scope of a rule stand side by side on the form."""
        field = (refusal.field or "").removeprefix("terms.").removeprefix("scope.")
        refusal.field = text_field(field) if field.startswith("texts") else self._shown_at(field)
        super().refuse(refusal)

    def _shown_at(self, field: str) -> str:
        """The field of the form that shows a refusal of a part of terms or scope: `limits.1.most` is `limits_1_most`."""
        whole, _dot, inner = field.partition(".")
        if whole not in SHOWN_AT:
            return "_".join(takewhile(lambda part: not part.isdecimal(), field.split(".")))
        name, first = SHOWN_AT[whole]
        if not first:
            return name
        places = re.findall(r"parts\.(\d+)" if whole == "condition" else r"^(\d+)", inner, re.ASCII)
        rows = self.rows_taken.get(name, [])
        place = int(places[-1]) if places else 0
        return f"{name}_{rows[place] if place < len(rows) else 0}_{first}"


class AddRuleForm(RuleForm):
    """Draft a rule."""

    icon = "add"
    submit = _("Add earning rule")
    explanation = _("A new rule is a draft: it gives nothing until you activate it.")
    done = _("%(name)s is added as a draft. Activate it when it should begin.")

    wallet = forms.ChoiceField(
        label=_("Wallet"), required=False, help_text=_("Of which it gives points, or multiplies them. It cannot be changed later.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wallets = {card.code: f"{several(queries.unit_of(card), language())} ({card.code})" for card in queries.wallets()}
        self.fields["wallet"].choices = list(wallets.items())  # type: ignore[attr-defined]
        self.add_field("wallet", self.fields["wallet"])

    def gives(self) -> list[str]:
        """Where there is but one wallet, nobody is asked."""
        only_one = len(self.fields["wallet"].choices) == 1  # type: ignore[attr-defined]
        return super().gives() if only_one else ["wallet", *super().gives()]

    @property
    def of_wallet(self) -> str:
        return self.cleaned_data.get("wallet") or POINTS if self.is_bound else POINTS

    def initial_values(self) -> dict[str, Any]:
        return {"zone": self.tenant.time_zone, "wallet": POINTS}

    def command(self) -> CreateRule:
        return CreateRule(**self.content(), wallet=self.of_wallet)

    def next_url(self, result: RuleAnswer) -> str:
        return reverse("admin:earning_rule_change", args=[result.rule_id])


class EditRuleForm(RuleForm):
    """Give a rule a new version."""

    title = _("Edit")
    icon = "edit"
    explanation = _("Purchases that were recorded keep the points they brought. The version before stays in the history.")
    done = _("%(name)s is changed.")

    effective_at = MomentField(label=_("In effect from"), help_text=FROM_NOW, widget=forms.DateTimeInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject.standing not in {Rule.State.ACTIVE, Rule.State.SCHEDULED}:
            del self.fields["effective_at"]

    @classmethod
    def offered(cls, subject: Rule) -> bool:
        return subject.kind == cls.kind and subject.standing != Rule.State.ENDED

    def last(self) -> list[Clause]:
        return [Clause(_("Begin"), [self["effective_at"]], [])] if "effective_at" in self.fields else []

    def initial_values(self) -> dict[str, Any]:
        self.card = queries.rule(self.subject.id)
        shown = self.scope_shown(self.card.scope) | self.rows_shown(self.card.scope) | self.shown(self.card.terms)
        shown |= self.texts_shown(self.card.texts)
        return {"name": self.card.name, "seen_version": self.card.version, "photo": shown_photo(self.card.photo)} | shown

    @property
    def rule_id(self) -> UUID | None:
        return self.card.rule_id

    @property
    def of_wallet(self) -> str:
        return self.card.wallet

    def before(self) -> RuleScope:
        return self.card.scope

    def before_terms(self) -> Terms:
        return self.card.terms

    def before_texts(self) -> tuple[RuleText, ...]:
        return self.card.texts

    def command(self) -> ChangeRule:
        told = self.cleaned_data
        return ChangeRule(
            rule_id=self.subject.id, effective_at=told.get("effective_at"), seen_version=told["seen_version"], **self.content()
        )
