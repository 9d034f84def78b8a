"""`/app/card/`: the digital loyalty card, and the code that redeems points at the till. What the till reads changes every minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from django.http import HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from customers import queries
from customers.member_codes import member_code
from customers.views.access import Shell, own_page
from earning import queries as earning
from loyalty.domain.turning import STEP
from loyalty.shell import hang
from loyalty.tenancy import reading

DRAWN_AGAIN = STEP / 2
"""So often the card is drawn, so that what it shows is good for a minute at least."""
QUIET = 4
"""Modules of white around a QR code, as its standard wants them."""


@require_safe
@own_page
def card(shell: Shell) -> HttpResponse:
    """Name, code, level, and the QR code for the till."""
    with reading(shell.tenant.id):
        return shell.page("card", levels=earning.said_levels(shell.customer_id), **_shown(shell))


@require_safe
@own_page
def card_code(shell: Shell) -> HttpResponse:
    """The QR code alone, which takes the place of the one before."""
    with reading(shell.tenant.id):
        return shell.part("card_code", **_shown(shell))


@require_safe
@own_page
def redeem_card(shell: Shell) -> HttpResponse:
    """The QR code by which the customer agrees that a seller spends their points."""
    with reading(shell.tenant.id):
        return shell.page("redeem_card", balance=earning.account(shell.customer_id).available, **_shown(shell, agrees=True))


@require_safe
@own_page
def redeem_card_code(shell: Shell) -> HttpResponse:
    """That QR code alone, which takes the place of the one before."""
    with reading(shell.tenant.id):
        return shell.part("card_code", **_shown(shell, agrees=True))


def _shown(shell: Shell, *, agrees: bool = False) -> dict[str, Any]:
    digits = member_code(queries.customer(shell.customer_id).code, shell.tenant.id, timezone.now(), agrees=agrees)
    return {"drawing": drawing(digits), "seconds": DRAWN_AGAIN // timedelta(seconds=1)}


def drawing(digits: str) -> SafeString:
    """A QR code of digits as SVG, black on white whatever the page is: scanners read nothing else for certain."""
    made = segno.make(digits, error="m", micro=False)
    return mark_safe(made.svg_inline(border=QUIET, omitsize=True, light="#fff", svgclass="app-qr", lineclass=None))  # noqa: S308 - of digits


hang(_("Card"), "app-card", icon="qr-code", order=15)
