"""The forms that add and change a reward, and say what it promises while they are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.admin.changes import Said
from loyalty.admin.rows import LACKING
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS
from loyalty.house.kept import keep_untouched
from rewards import queries
from rewards.called import Called
from rewards.commands import BenefitOfKind, ChangeReward, CreateReward, Custom, RewardAnswer, RewardContent, RewardTerms, RewardText
from rewards.domain.kinds import kind_of
from rewards.domain.reward import LONGEST_NAME
from rewards.forms.rewards.kinds import ASKED, KIND_FIELDS, KindFields
from rewards.forms.rewards.layout import RewardLayout
from rewards.forms.rewards.several import PRIZES
from rewards.forms.rewards.terms import MONEY, TermFields, term_field
from rewards.forms.rewards.texts import TextFields, text_field
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS
from rewards.wording import beside, gives_sentence, price_text

GIVES = {
    "basis_points": "percent", "least": "least_points", "skus": "free_skus", "quantity": "free_quantity", "place": "event_place",
    "begins_at": "event_begins", "ends_at": "event_ends", "sku": "gift_sku",
}  # fmt: skip
"""The field of the form for one of a benefit, where it is called otherwise."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reward in the reader's words: what it gives ("" as long as that is not known), its price, what else is so, and its texts."""

    gives: str
    price: str
    beside: list[Said]
    texts: tuple[RewardText, ...]


class RewardForm(RewardLayout, TextFields, TermFields, KindFields):
    """What the pages that add and change a reward share."""

    permission = EDIT_REWARDS
    template = "rewards/admin/reward_form.html"
    live = "rewards/admin/reward_spoken.html"

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("Customers read it too, unless there are texts for them."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent_wallet = (args[0].get("wallet") or "") if args and args[0] else ""
        super().__init__(*args, **kwargs)
        before = self.before
        self.offer(self.around, before.terms if before else None)
        for name in MONEY:
            self._use_currency(self.fields[name])
        for name in ("price_points", "least_points", "most_points"):
            self.fields[name].places = self.places  # type: ignore[attr-defined]
        self.fields["per_point"].label = f"{self.fields['per_point'].label} ({self.tenant.currency})"
        redressed = ("wallet", "levels", "segments", "merchants", "points_of_sale", "active_weekdays", "visible_weekdays")
        texts = self.text_fields(len(before.photos) if before else 0)
        for name, field in {**{name: self.fields[name] for name in redressed}, **texts}.items():
            self.add_field(name, field)
        self.set_up_rows(self.around, self.places)

    @cached_property
    def around(self) -> Called:
        """What can be named."""
        return Called(self.tenant)

    @property
    def before(self) -> RewardContent | None:
        """The content that is changed."""
        return None

    @property
    def places(self) -> int:
        """The decimals of the wallet that is chosen."""
        usual = self.before.terms.price.wallet if self.before else "points"
        return self.around.decimals.get(self.sent_wallet or usual, 0)

    @property
    def scale(self) -> int:
        """Of what a whole point pays, in whole units, to what the smallest unit of the wallet pays, in minor ones: as a power of ten."""
        return EXPONENTS[self.tenant.currency] - self.places

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        keep_untouched(self)
        kind = told.get("kind", "custom")
        self._let_go(kind)
        for name in ASKED[kind].needed:
            if not told.get(name) and name not in self.errors:
                self.add_error(name, LACKING)
        self.rows = {terms: self.taken(name) for terms, name in (("prices_for_some", "prices"), ("early_access", "early"))}
        told["prizes"] = self.taken("prizes") if kind == "lucky_draw" else ()
        if kind == "lucky_draw" and not told["prizes"] and not self._wrong_prizes():
            self.add_error(PRIZES.rows.field(0, "code"), LACKING)
        return told

    def content(self) -> RewardContent:
        """What was entered."""
        told = self.cleaned_data
        pictures = self.pictures(self.tenant.id, told)
        return RewardContent(name=told["name"], terms=self._terms(told), texts=self.texts(told), **pictures)

    def spoken(self) -> Spoken:
        """What the reward says as far as it was entered, for the top of the form."""
        content, known = self.before, True
        if self.is_bound and self.errors is not None:
            content = RewardContent(name="", terms=self._terms(self.cleaned_data), texts=self.texts(self.cleaned_data))
            known = self._gives(self.cleaned_data) is not None
        if content is None:
            return Spoken("", "", [], ())
        gives = gives_sentence(content.terms, self.around) if known else ""
        return Spoken(gives, price_text(content.terms, self.around), beside(content, self.around), content.texts)

    def refuse(self, refusal: DomainError) -> None:
        """At the field that the page has for what the command names."""
        head, _dot, rest = (refusal.field or "").partition(".")
        if head == "texts" and rest:
            refusal.field = text_field(f"texts.{rest}", self.texts(self.cleaned_data))
        elif head == "terms":
            refusal.field = self._field_of(rest)
        elif head == "photos":
            refusal.field = "photo_1"
        super().refuse(refusal)

    def _field_of(self, field: str) -> str:
        head, _dot, rest = field.partition(".")
        if head == "gives":
            if rest.startswith("prizes"):
                return self.row_field(rest)
            return "most_points" if rest == "most" and self.cleaned_data["kind"] == "cashback" else GIVES.get(rest, rest)
        if head == "limits":
            place = rest.partition(".")[0]
            return f"limit_{self._terms(self.cleaned_data).limits[int(place)].period}" if place else "limit_ever"
        return term_field(self.row_field(field))

    def _gives(self, told: Mapping[str, Any]) -> BenefitOfKind | None:
        kind = told.get("kind")
        benefit = self.benefit(kind, told, self.scale) if kind else None
        return BenefitOfKind.of(benefit) if benefit is not None else None

    def _terms(self, told: Mapping[str, Any]) -> RewardTerms:
        """The terms as far as they were entered."""
        entered: dict[str, Any] = self.entered(told) | self.rows
        return RewardTerms(gives=self._gives(told) or BenefitOfKind.of(Custom()), **entered)

    def _let_go(self, kind: str) -> None:
        """What another kind asks for is not looked at."""
        for name in KIND_FIELDS:
            if name not in ASKED[kind].fields:
                self.errors.pop(name, None)
        for name in self._wrong_prizes() if kind != "lucky_draw" else ():
            self.errors.pop(name)

    def _wrong_prizes(self) -> list[str]:
        return [name for name in self.errors if name.startswith(f"{PRIZES.rows.name}_")]

    def _use_currency(self, field: Any) -> None:
        field.use(self.tenant.currency)
        field.label = f"{field.label} ({self.tenant.currency})"


class AddRewardForm(RewardForm):
    """Draft a reward."""

    title = _("Add reward")
    icon = "add"
    submit = _("Add reward")
    explanation = _("A new reward is a draft: nobody can have it until you activate it.")
    done = _("%(name)s is added as a draft. Activate it when customers should have it.")

    def command(self) -> CreateReward:
        return CreateReward(content=self.content())

    def next_url(self, result: RewardAnswer) -> str:
        return reverse("admin:rewards_reward_change", args=[result.reward_id])


class ChangeRewardForm(RewardForm):
    """Give a reward a new version."""

    title = _("Edit")
    icon = "edit"
    explanation = _("What customers have already keeps its terms. The version before stays in the history.")
    done = _("%(name)s is changed.")

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def offered(cls, subject: Reward) -> bool:
        return subject.standing != "ended"

    @cached_property
    def card(self) -> queries.RewardCard:
        """The reward as it stands."""
        return queries.reward(self.subject.id)

    @property
    def before(self) -> RewardContent:
        return self.card.content

    def initial_values(self) -> dict[str, Any]:
        content = self.card.content
        benefit = self.benefit_shown(kind_of(content.terms.benefit), content.terms.benefit, self.scale)
        shown = self.terms_shown(content.terms) | benefit | self.rows_shown(content.terms) | self.text_shown(content)
        return shown | {"name": content.name, "seen_version": self.card.version}

    def command(self) -> ChangeReward:
        return ChangeReward(reward_id=self.subject.id, content=self.content(), seen_version=self.cleaned_data["seen_version"])
