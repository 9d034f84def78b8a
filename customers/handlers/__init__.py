"""Each order to its one decision."""

from customers.handlers import links, register, segments

__all__ = ["links", "register", "segments"]
