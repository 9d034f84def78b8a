"""Each order to its one decision."""

from customers.handlers import (
    certainty,
    codes,
    completing,
    consents,
    doors,
    erasing,
    invitations,
    joining,
    links,
    merging,
    own,
    passwords,
    register,
    segments,
    sign_in,
    terms,
)

__all__ = [
    "certainty", "codes", "completing", "consents", "doors", "erasing", "invitations", "joining", "links", "merging", "own", "passwords",
    "register", "segments", "sign_in", "terms",
]  # fmt: skip
