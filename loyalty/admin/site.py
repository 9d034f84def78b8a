"""The administration's site."""

from __future__ import annotations

from unfold.sites import UnfoldAdminSite


class LoyaltyAdminSite(UnfoldAdminSite):
    """Unfold's site."""
