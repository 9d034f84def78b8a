"""What other systems can be told of purchases, points and levels."""

from earning.webhooks import levels, points, purchases

__all__ = ["levels", "points", "purchases"]
