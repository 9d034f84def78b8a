"""What people call the device at which they are signed in: as much of it as its browser tells, and no more."""

from __future__ import annotations

BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
    "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "Mac", "Linux": "Linux"}
"""What a browser says → what people call it; the first that is said counts, since each calls itself by the names of others too."""
UNKNOWN = "?"


def device_of(agent: str) -> str:
    """“Chrome · Android” of a header User-Agent; UNKNOWN where it tells nothing."""
    told = [next((name for mark, name in marks.items() if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, told)) or UNKNOWN
