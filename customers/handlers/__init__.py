"""Each order to its one decision."""

from customers.handlers import consents, erasing, invitations, links, register, segments, sign_in

__all__ = ["consents", "erasing", "invitations", "links", "register", "segments", "sign_in"]
