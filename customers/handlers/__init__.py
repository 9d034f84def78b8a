"""Each order to its one decision."""

from customers.handlers import register, segments

__all__ = ["register", "segments"]
