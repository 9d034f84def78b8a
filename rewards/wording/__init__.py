"""Rewards in the reader's words: what they give, what they cost, and what they ask."""

from rewards.wording.gives import gives_sentence
from rewards.wording.terms import beside, differences, price_text, said
from rewards.wording.trial import SaidCondition, said_conditions

__all__ = ["SaidCondition", "beside", "differences", "gives_sentence", "price_text", "said", "said_conditions"]
