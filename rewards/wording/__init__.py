"""Rewards in the reader's words: what they give, what they cost, and what they ask."""

from rewards.wording.gives import gives_sentence
from rewards.wording.terms import beside, differences, price_text, said

__all__ = ["beside", "differences", "gives_sentence", "price_text", "said"]
