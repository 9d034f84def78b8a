"""How processes of the platform collect garbage."""

import gc

A_BATCH = 100_000, 20, 50
"""Python looks for circles after so many new objects, rounds, and rounds of those. A batch makes events by the thousand, none of
them in a circle, and lets go of them in the end: below a batch's own number Python looks through them for nothing."""


def collect_after_a_batch() -> None:
    """Called before anything is loaded: loading makes more objects than any batch, and keeps nearly all of them."""
    gc.set_threshold(*A_BATCH)


def collect_seldom() -> None:
    """What is there is never looked through again: one such look takes a third of a second. What a request leaves behind is freed without
    it, so looks are rare. Called once everything is loaded, and before workers fork from it, so that they share it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
