"""Who meets the criteria of segments: one statement over read models for many segments at once, for all customers or for some."""

from customers.audiences.asking import Asking, Sql
from customers.audiences.counting import Reach, reach
from customers.audiences.statements import differing, matching, meeting
from earning.queries import Within

__all__ = ["Asking", "Reach", "Sql", "Within", "differing", "matching", "meeting", "reach"]
