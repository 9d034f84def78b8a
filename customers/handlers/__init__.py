"""Each order to its one decision."""

from customers.handlers import erasing, links, register, segments

__all__ = ["erasing", "links", "register", "segments"]
