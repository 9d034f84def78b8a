"""The look of the administration: Unfold with the house's type, and the tenant's accent as its primary color."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

ACCENT = "#0f6b5c"
MIXED = {"50": ("white", 6), "100": ("white", 12), "200": ("white", 25), "300": ("white", 45), "400": ("white", 70), "500": ("white", 88)}
DARKENED = {"700": 85, "800": 70, "900": 55, "950": 35}


def primary(request: HttpRequest) -> dict[str, str]:
    """The eleven steps of the tenant's accent that the theme uses."""
    accent = getattr(getattr(request, "tenant", None), "accent", "") or ACCENT
    lighter = {step: f"color-mix(in oklab, {accent} {share}%, {other})" for step, (other, share) in MIXED.items()}
    darker = {step: f"color-mix(in oklab, {accent} {share}%, black)" for step, share in DARKENED.items()}
    return lighter | {"600": accent} | darker


def site_title(request: HttpRequest) -> str:
    """The programme's name."""
    tenant = getattr(request, "tenant", None)
    return tenant.name if tenant else str(_("Loyalty"))


def mode(request: HttpRequest) -> list[str] | None:
    """A badge that tells a demo from the real thing."""
    from django.conf import settings

    return [str(_("Demo")), "warning"] if settings.LOYALTY_MODE == "demo" else None


def sections(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar, as the contexts registered it."""
    from loyalty.admin.navigation import sidebar

    return sidebar(request)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "loyalty.admin.theme.site_title",
    "SITE_HEADER": "loyalty.admin.theme.site_title",
    "SITE_URL": "/till/",
    "SITE_SYMBOL": "loyalty",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("house/mark.svg")}],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "loyalty.admin.theme.mode",
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("house/fonts.css"), lambda request: static("admin_kit/admin.css")],
    "SCRIPTS": [lambda request: static("admin_kit/admin.js")],
    "COLORS": {"primary": primary},
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": sections},
}
