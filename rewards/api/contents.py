"""The content of a reward as a body has it: where it is wrong, and whether what it names is there."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from earning.queries import level_sets
from loyalty.domain.errors import DomainError
from rewards.api.shapes import content_in
from rewards.called import Called
from rewards.domain.kinds import kind_of
from rewards.domain.terms import RewardContent, RewardTerms

PARTS = ("name", "terms", "texts", "photos", "icon")
GIVES = "terms.gives."
UNKNOWN = {
    "levels": "rewards.level_unknown",
    "segments": "rewards.segment_unknown",
    "merchants": "rewards.merchant_unknown",
    "points_of_sale": "rewards.place_unknown",
}


def known_content_in(body: Any, called: Called, before: RewardContent | None = None) -> RewardContent:
    """Content as commands take it. What the version `before` names may be named again. Needs an open `reading`.

    Raises DomainError as `content_in` does, and `rewards.level_unknown`, `rewards.segment_unknown`, `rewards.merchant_unknown`,
    `rewards.place_unknown` for what is named and not there.
    """
    content = content_in(body, called.tenant.id)
    earlier = {(kind, name) for kind, _, name in _named(before.terms)} if before else set()
    there: dict[str, Container[Any]] = {
        "levels": {level.code for card in level_sets() for level in card.terms.levels},
        "segments": called.segments,
        "merchants": called.merchants,
        "points_of_sale": called.places,
    }
    for kind, field, name in _named(content.terms):
        if name not in there[kind] and (kind, name) not in earlier:
            raise DomainError(UNKNOWN[kind], field=f"terms.{field}", named=str(name))
    return content


def _named(terms: RewardTerms) -> Iterator[tuple[str, str, Any]]:
    """What terms name: of which kind, where, and how."""
    for kind in UNKNOWN:
        yield from ((kind, f"{kind}.{place}", name) for place, name in enumerate(getattr(terms, kind)))
    for place, price in enumerate(terms.prices_for_some):
        if price.level:
            yield "levels", f"prices_for_some.{place}.level", price.level
        if price.segment:
            yield "segments", f"prices_for_some.{place}.segment", price.segment
    for place, early in enumerate(terms.early_access):
        yield "levels", f"early_access.{place}.level", early.level


def in_body(refusal: DomainError, content: RewardContent | None = None) -> DomainError:
    """The same refusal where the body has what it is about: within `content`, and what a reward gives under its kind."""
    for one in refusal.all:
        where = one.field or ""
        if content is not None and where.startswith(GIVES):
            where = f"{GIVES}{kind_of(content.terms.benefit)}.{where.removeprefix(GIVES)}"
        if where.partition(".")[0] in PARTS:
            one.field = f"content.{where}"
    return refusal
