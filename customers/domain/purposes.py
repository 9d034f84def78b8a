"""What a customer can agree to, where they said so, and what became of their loyalty card."""

from __future__ import annotations

from typing import Literal, get_args

ConsentPurpose = Literal[
    "terms", "data_processing", "analytics", "marketing_sms", "marketing_email", "marketing_messenger", "marketing_phone"
]
PURPOSES: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose)
ConsentSource = Literal["app", "website", "till", "paper", "phone", "staff", "import"]
SOURCES: tuple[ConsentSource, ...] = get_args(ConsentSource)
CardState = Literal["none", "sent", "held"]
CARD_STATES: tuple[CardState, ...] = get_args(CardState)
