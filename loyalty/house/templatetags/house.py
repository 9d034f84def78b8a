"""Tags and filters of the house style: `{% load house %}`.

Money, points and dates are written in the reader's language, dates in the zone of the page's `tenant`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from loyalty.files.photos import address_of
from loyalty.house import formats
from loyalty.house.color import DEFAULT_ACCENT
from loyalty.house.markdown import rendered
from loyalty.house.points import called

register = template.Library()
THEMES = {"light", "dark"}
TONES = 6
TIMES: dict[str, Callable[[Any, ZoneInfo, str], str]] = {
    "full": formats.day_and_clock,
    "day": formats.day,
    "clock": formats.clock,
    "month": formats.month,
    "until": formats.until,
}


def language() -> str:
    return get_language() or formats.FALLBACK


def zone_of(context: Mapping[str, Any]) -> ZoneInfo:
    """The zone of the page's tenant; a page without one uses Django's current zone."""
    zone = getattr(context.get("tenant"), "zone", None)
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(timezone.get_current_timezone_name())


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "search" %}`: hidden from screen readers unless it has a `label`. `size` is empty or "large"."""
    naming = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    sized = format_html(' data-size="{}"', size) if size else ""
    return format_html('<svg class="icon"{} {}><use href="{}#{}"></use></svg>', sized, naming, static("house/icons.svg"), name)


@register.filter
def money(minor: int | None, currency: str) -> str:
    """`{{ total|money:tenant.currency }}`; nothing is a dash."""
    return "—" if minor is None else formats.money(minor, currency, language())


@register.simple_tag(takes_context=True)
def points(context: Mapping[str, Any], amount: int | None) -> str:
    """`{% points balance %}`: the figure with its word, as the programme calls its points."""
    return "—" if amount is None else called(context).phrase(amount, language())


@register.filter
def photo_address(name: str) -> str:
    """`{{ level.photo|photo_address }}`: where a photo is shown."""
    return address_of(name)


@register.filter
def markdown(text: str) -> SafeString:
    """`{{ reward.conditions|markdown }}`: what staff wrote in Markdown, cleaned."""
    return rendered(text)


@register.filter
def figure(value: int | None) -> str:
    """`{{ count|figure }}`: a plain number, grouped."""
    return "—" if value is None else formats.number(value, language())


@register.filter
def phone_number(e164: str | None) -> str:
    """`{{ customer.phone|phone_number }}`: as people write it."""
    return formats.phone(e164) if e164 else "—"


def _sign(value: int, signed: bool) -> SafeString:
    if not signed or not value:
        return SafeString("")
    return format_html(' data-sign="{}"', "plus" if value > 0 else "minus")


@register.simple_tag
def amount(minor: int | None, currency: str, size: str = "", signed: bool = False) -> SafeString:
    """`{% amount purchase.total tenant.currency size="large" signed=True %}`. `size` is empty, "large" or "figure"."""
    if minor is None:
        return SafeString('<span class="amount">—</span>')
    parts = formats.money_parts(minor, currency, language(), signed=signed)
    return _figure(parts.before, parts.number, parts.after, size, _sign(minor, signed))


@register.simple_tag
def exchange_rate(rate: Decimal, currency: str, into: str) -> str:
    """`{% exchange_rate bought.exchange.rate bought.currency bought.exchange.currency %}`: what one unit is worth."""
    return formats.exchange_rate(rate, currency, into, language())


@register.simple_tag(takes_context=True)
def points_amount(context: Mapping[str, Any], value: int | None, size: str = "", signed: bool = False) -> SafeString:
    """`{% points_amount balance size="figure" %}`: like `amount`, for points of the programme."""
    if value is None:
        return SafeString('<span class="amount">—</span>')
    them = called(context)
    text = them.figure(value, language(), signed=signed)
    word = them.phrase(value, language(), signed=signed).replace(text, "").strip()
    return _figure("", text, word, size, _sign(value, signed))


def _figure(before: str, number: str, after: str, size: str, sign: SafeString) -> SafeString:
    sized = format_html(' data-size="{}"', size) if size else ""
    lead = format_html('<span class="amount-unit">{}</span>', before) if before else ""
    tail = format_html('\u00a0<span class="amount-unit">{}</span>', after) if after else ""
    return format_html('<span class="amount"{}{}>{}{}{}</span>', sized, sign, lead, number, tail)


@register.simple_tag(takes_context=True)
def local_time(context: Mapping[str, Any], moment: Any, style: str = "full") -> SafeString:
    """`{% local_time purchase.purchased_at "day" %}`: a datetime, or a date for "day" and "month", as `<time>`.

    `style` is "full", "day", "clock", "month", "until" (what ends at midnight is shown with its last day) or "ago".
    """
    if moment is None:
        return SafeString("—")
    zone, spoken = zone_of(context), language()
    shown = formats.ago(moment, timezone.now(), spoken) if style == "ago" else TIMES[style](moment, zone, spoken)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), shown)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """`{% avatar customer.name size="large" %}`: initials on a tone that stays with the name; for the eye only."""
    tone = sum(name.encode()) % TONES
    sized = format_html(' data-size="{}"', size) if size else ""
    return format_html('<span class="avatar" data-tone="{}"{} aria-hidden="true">{}</span>', tone, sized, formats.initials(name))


@register.simple_tag
def own_language_names() -> list[tuple[str, str]]:
    """The languages of the pages, each as it writes its own name: Polish without a capital. Django's names are decomposed."""
    return [(code, unicodedata.normalize("NFC", get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]


@register.simple_tag(takes_context=True)
def theme_attribute(context: Mapping[str, Any]) -> SafeString:
    """The reader's choice of light or dark, kept in the cookie `theme`; nothing when they follow their system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_tag(takes_context=True)
def accent_stylesheet(context: Mapping[str, Any]) -> SafeString:
    """A link to the tenant's accent color, where it has one of its own."""
    accent = getattr(context.get("tenant"), "accent", "") or DEFAULT_ACCENT
    if accent.lower() == DEFAULT_ACCENT:
        return SafeString("")
    try:
        address = reverse("house:accent", args=[accent.lstrip("#").lower()])
    except NoReverseMatch:
        return SafeString("")
    return format_html('<link rel="stylesheet" href="{}">', address)


@register.simple_tag
def field_control(field: BoundField, autofocus: bool = False) -> SafeString:
    """The widget of a bound field, tied to its help and error for screen readers."""
    described = [f"{field.auto_id}_help"] if field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described) or None, "aria-invalid": "true" if field.errors else None}
    if field_kind(field) == "box":
        attributes["class"] = " ".join(filter(None, ["input", field.field.widget.attrs.get("class")]))
    if autofocus:
        attributes["autofocus"] = True
    return field.as_widget(attrs={name: value for name, value in attributes.items() if value is not None})


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: "hidden", "check" (one box beside its label), "choices" (a group) or "box"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "box"


@register.simple_block_tag
def card(content: str, title: str = "", kind: str = "", flush: bool = False, level: int = 2) -> SafeString:
    """`{% card title=_("Balance") %}…{% endcard %}`. `kind`: "accent" or "plain"; `flush`: a table or list up to the edge."""
    head = format_html('<div class="card-head"><h{0} class="card-title">{1}</h{0}></div>', level, title) if title else ""
    kinded = format_html(' data-kind="{}"', kind) if kind else ""
    return format_html('<section class="card"{}{}>{}{}</section>', kinded, SafeString(" data-flush" if flush else ""), head, content)


@register.simple_block_tag
def sheet(content: str, id: str, title: str, open_now: bool = False) -> SafeString:  # noqa: A002 - it is the attribute's name
    """`{% sheet id="undo" title=_("Undo this purchase?") %}…{% endsheet %}`, opened by a button with `data-opens="undo"`."""
    return format_html(
        '<dialog class="sheet" id="{0}" aria-labelledby="{0}-title"{1}><div class="sheet-head"><h2 id="{0}-title">{2}</h2>'
        '<button type="button" class="button" data-kind="quiet" data-icon-only data-closes aria-label="{3}">{4}</button></div>'
        '<div class="sheet-body">{5}</div></dialog>',
        id,
        SafeString(" data-open-now" if open_now else ""),
        title,
        _("Close"),
        icon("x"),
        content,
    )


@register.simple_block_tag
def banner(content: str, kind: str = "notice", title: str = "") -> SafeString:
    """`{% banner kind="caution" title=_("…") %}…{% endbanner %}`. `kind`: notice, positive, caution or negative."""
    drawing = {"positive": "circle-check", "caution": "alert-triangle", "negative": "circle-alert"}.get(kind, "info")
    head = format_html('<p class="banner-title">{}</p>', title) if title else ""
    role = SafeString(' role="alert"' if kind == "negative" else "")
    return format_html(
        '<div class="banner" data-kind="{}"{}>{}<div class="banner-body">{}{}</div></div>', kind, role, icon(drawing), head, content
    )
