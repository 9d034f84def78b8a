"""Each order to its one decision."""

from customers.handlers import consents, erasing, links, register, segments, sign_in

__all__ = ["consents", "erasing", "links", "register", "segments", "sign_in"]
