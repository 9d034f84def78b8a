"""Where a form shows what is refused of a level set: the field for a path into its terms, such as `levels.1.benefits.discount`."""

from __future__ import annotations

from collections.abc import Sequence

from earning.domain.wallets import LANGUAGES

OF_DOWNGRADE = {"when": "downgrade", "period": "downgrade_period", "days": "downgrade_days"}
OF_REWARD = {"starts_at": "since", "ends_at": "until"}


def place_of_level(path: str) -> str:
    """The field of the form of one level. Its set was right before, so that whatever is refused is of this level."""
    match path.split("."):
        case ["levels"] | ["levels", _]:
            return "code"
        case ["levels", _n, "thresholds", *place]:
            return f"threshold_{int(place[0]) + 1 if place else 1}"
        case ["levels", _n, "fee", *part]:
            return f"fee_{part[0] if part else 'months'}"
        case ["levels", _n, "texts", *rest]:
            return _of_text(rest)
        case ["levels", _n, *_, part]:
            return part
    return path


def place_of_set(path: str, measures: Sequence[int]) -> str:
    """The field of the form of a set, on which the measures stand under these numbers; texts are left to their own form."""
    match path.split("."):
        case ["measures"]:
            return "kind_1"
        case ["measures", place, part, *_]:
            return f"{part}_{measures[int(place)]}"
        case ["levels", _n, "thresholds", place]:
            return f"kind_{measures[int(place)]}"
        case ["downgrade", part]:
            return OF_DOWNGRADE.get(part, part)
    return path


def place_of_reward(path: str, rewards: Sequence[int]) -> str:
    """The field of the form of special rewards, on which they stand under these numbers."""
    match path.split("."):
        case ["levels", _n, "rewards", place, "texts", *rest]:
            return f"rewards_{rewards[int(place)]}_{_of_text(rest)}"
        case ["levels", _n, "rewards", place, part]:
            return f"rewards_{rewards[int(place)]}_{OF_REWARD.get(part, part)}"
    return path


def _of_text(rest: Sequence[str]) -> str:
    return f"{rest[1]}_{LANGUAGES[int(rest[0])]}" if rest else f"name_{LANGUAGES[0]}"
