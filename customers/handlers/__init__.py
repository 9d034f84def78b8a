"""Each order to its one decision."""

from customers.handlers import consents, erasing, links, register, segments

__all__ = ["consents", "erasing", "links", "register", "segments"]
