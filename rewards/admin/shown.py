"""How pages of rewards show photos, numbers and what changed."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from loyalty.admin.changes import NONE, shown
from loyalty.admin.facts import actor_title
from loyalty.files.photos import address_of
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id
from rewards import queries
from rewards.called import Called
from rewards.domain.terms import RewardContent
from rewards.models import Reward
from rewards.queries import RewardNumbers
from rewards.wording import beside, differences, gives_sentence

Table = dict[str, Any]
"""What `admin_kit/table.html` shows."""


def content_of(row: Reward) -> RewardContent:
    """The content of a row, read once."""
    if "told" not in row.__dict__:
        row.told = msgspec.convert(row.content, RewardContent)  # type: ignore[attr-defined]
    content: RewardContent = row.told  # type: ignore[attr-defined]
    return content


def around(row: Reward) -> Called:
    """What codes and ids of a row are called, asked once."""
    if "around" not in row.__dict__:
        row.around = Called(tenant_of_id(row.tenant_id))  # type: ignore[attr-defined]
    called: Called = row.around  # type: ignore[attr-defined]
    return called


def numbers_of(row: Reward) -> RewardNumbers:
    """Its numbers; a list asks for those of all its rows together."""
    if "numbers" not in row.__dict__:
        put_numbers([row])
    numbers: RewardNumbers = row.numbers  # type: ignore[attr-defined]
    return numbers


def put_numbers(rows: list[Reward]) -> None:
    """Put on rows what became of them, and one place to ask for names."""
    found = queries.reward_numbers({row.id: content_of(row).terms for row in rows}, timezone.now())
    for row in rows:
        row.numbers = found[row.id]  # type: ignore[attr-defined]
        row.around = around(rows[0])  # type: ignore[attr-defined]


def number(value: int | None) -> str:
    """A number, “–” for none."""
    return NONE if value is None else formats.number(value, language())


def money(row: Reward, minor: int | None) -> str:
    """An amount in the programme's currency, “–” for none."""
    return NONE if minor is None else formats.money(minor, around(row).tenant.currency, language())


def moment(row: Reward, at: Any) -> str:
    """A date and time in the programme's zone, “–” for none."""
    return formats.day_and_clock(at, around(row).tenant.zone, language()) if at else NONE


def sentence(row: Reward) -> str:
    """What it gives."""
    return gives_sentence(content_of(row).terms, around(row))


def beside_photo(row: Reward) -> str:
    """The name beside its photo, or its icon."""
    content = content_of(row)
    words = _named(row)
    if not (name := next(iter(content.photos), content.icon)):
        return words
    photo = format_html('<img src="{}" alt="" class="kit-photo-small" loading="lazy">', address_of(name))
    return format_html('<span class="kit-beside-photo">{}<span>{}</span></span>', photo, words)


def _named(row: Reward) -> str:
    """The name above what lists say of it beside."""
    said = [str(title) for title, holds in ((_("Featured"), row.featured), (_("Seen without signing in"), row.public)) if holds]
    below = " · ".join(filter(None, [row.category, *said]))
    return format_html('<span class="kit-two">{}<span class="kit-below">{}</span></span>', row.name, below) if below else row.name


def pictures(row: Reward) -> str:
    """All photos."""
    content = content_of(row)
    found = [name for name in (*content.photos, content.icon) if name]
    if not found:
        return NONE
    told = [format_html('<img src="{}" alt="" class="kit-photo-shown" loading="lazy">', address_of(name)) for name in found]
    return format_html('<span class="kit-photos">{}</span>', told[0] if len(told) == 1 else format_html("{}" * len(told), *told))


def in_numbers(row: Reward) -> Table:
    """What became of it."""
    held, terms = numbers_of(row), content_of(row).terms
    counted = [pgettext("coupons", "Issued"), _("Used"), _("Cancelled"), _("Left of the stock")]
    headers = [_("Coupons"), *counted, _("Cost to the company"), _("Taken off purchases")]
    told = [_("so far"), *map(number, (held.issued, held.used, held.cancelled, held.left)), money(row, held.cost), money(row, held.worth)]
    if terms.daily_budget is not None:
        headers.append(_("Spent of today's budget"))
        told.append(_("%(spent)s of %(budget)s") % {"spent": money(row, held.spent), "budget": money(row, terms.daily_budget)})
    return {"headers": headers, "figures": [*range(1, len(headers))], "rows": [told]}


def asked(row: Reward) -> Table | None:
    """What else is so: who may have it, when, where and how often; None where nothing is."""
    found = beside(content_of(row), around(row))
    return {"headers": [_("What"), _("How it is")], "rows": [[one.title, one.words] for one in found]} if found else None


def versions(row: Reward) -> Table:
    """The versions, the newest first, each with what changed."""
    found = queries.reward_versions(row.id)
    known = actors(one.changed_by for one in found)
    before = {one.version: one.content for one in found}
    return {
        "headers": [_("Version"), _("What changed"), _("Changed by"), _("Changed")],
        "rows": [
            [
                number(one.version),
                shown(differences(before[one.version - 1], one.content, around(row))) if one.version > 1 else _("Drafted"),
                known.get(one.changed_by) or actor_title(one.changed_by),
                moment(row, one.changed_at),
            ]
            for one in found
        ],
    }
