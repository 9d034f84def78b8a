"""What a file tells of somebody who is known already: it completes what nobody knew, and overrules nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.domain.errors import DomainError

UNTOLD = (None, "", "undisclosed")


def lacking(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What of `told` is not `known` yet, by field, labels as they are from then on. What is told empty is not told.

    Raises DomainError `imports.customer_differs` naming the first field of which something else is known.
    """
    found: dict[str, Any] = {}
    for name, value in told.items():
        if name == "labels":
            found |= _labels(known[name] or {}, value)
        elif value not in UNTOLD and value != known[name]:
            _refuse_known(name, known[name] not in UNTOLD)
            found[name] = value
    return found


def _labels(known: Mapping[str, str], told: Mapping[str, str]) -> dict[str, Any]:
    _refuse_known("labels", any(known.get(key, value) != value for key, value in told.items()))
    return {} if told.items() <= known.items() else {"labels": {**known, **told}}


def _refuse_known(name: str, differs: bool) -> None:
    if differs:
        raise DomainError("imports.customer_differs", field=name)
