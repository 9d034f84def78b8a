"""Each order to its one decision."""

from earning.handlers import rules
from earning.handlers.purchases import decide_purchase, decide_return

__all__ = ["decide_purchase", "decide_return", "rules"]
