"""How a process that serves collects garbage."""

import gc


def collect_seldom() -> None:
    """What is there is never looked through again: one such look takes a third of a second. What a request leaves behind is freed without
    it, so looks are rare. Called once everything is loaded, and before workers fork from it, so that they share it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
