"""Bars by day, as pages draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from loyalty.house import formats
from loyalty.house.templatetags.house import language

SLOT, BARS = 10, 8
"""How wide a day is in the drawing, and its bars together. The drawing is 100 high."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the drawing; `kind` is the number of its series."""

    kind: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of a day, and what is said of them."""

    said: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one or two series by day. `marks` stand beside it from above, `ends` below it; `legend` names the series."""

    id: str
    title: str
    said: str
    width: int
    groups: Sequence[Group]
    marks: Sequence[str]
    ends: tuple[str, str]
    legend: Sequence[str]


def chart(
    key: str,
    title: str,
    said: str,
    series: Mapping[str, Mapping[date, int]],
    zone: ZoneInfo,
    told: Callable[[int], str],
) -> Chart:
    """The chart of series, each with a value for every day; `told` says a value."""
    days = [*next(iter(series.values()))]
    top = rounded_up(max(max(values.values()) for values in series.values()))
    groups = [_group(place, day, series, top, zone, told) for place, day in enumerate(days)]
    marks = [told(top), *([told(top // 2)] if not top % 2 else []), told(0)]
    ends = (formats.day(days[0], zone, language()), formats.day(days[-1], zone, language()))
    return Chart(key, title, said, SLOT * len(days), groups, marks, ends, [*series])


def rounded_up(value: int) -> int:
    """The least of 1, 2, 4, 5 or 10 of a power of ten that is not below a value."""
    unit = 10 ** (len(str(max(1, value))) - 1)
    return int(next(step * unit for step in (1, 2, 4, 5, 10) if step * unit >= value))


def _group(place: int, day: date, series: Mapping[str, Mapping[date, int]], top: int, zone: ZoneInfo, told: Callable[[int], str]) -> Group:
    wide = BARS / len(series)
    bars = [
        _bar(kind, place * SLOT + (SLOT - BARS) / 2 + kind * wide, wide, max(0, values[day]), top)
        for kind, values in enumerate(series.values())
    ]
    words = ", ".join(f"{name}: {told(values[day])}" for name, values in series.items())
    return Group(f"{formats.day(day, zone, language())} – {words}", bars)


def _bar(kind: int, x: float, width: float, value: int, top: int) -> Bar:
    height = 100 * value / top
    return Bar(kind, f"{x:.2f}", f"{100 - height:.2f}", f"{width:.2f}", f"{height:.2f}")
