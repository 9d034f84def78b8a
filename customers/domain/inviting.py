"""By which way a friend comes."""

from __future__ import annotations

from typing import Literal, get_args

InvitationWay = Literal["link", "phone", "email", "staff"]
"""link: the link that a customer passes on. phone, email: a message that the programme sent. staff: told at the till, or by a program."""
WAYS: tuple[InvitationWay, ...] = get_args(InvitationWay)
