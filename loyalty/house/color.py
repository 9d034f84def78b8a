"""Colors that can be read: WCAG contrast, and the shades that a tenant's one accent color needs in light and dark."""

from __future__ import annotations

import re

RGB = tuple[int, int, int]
HEX = re.compile(r"#?([0-9a-f]{6})\Z", re.IGNORECASE)
ENOUGH = 4.5
"""Contrast of text, WCAG 2.2 level AA."""
WHITE, BLACK, INK = (255, 255, 255), (0, 0, 0), (23, 33, 30)
LIGHT_GROUNDS = ((245, 246, 243), (237, 240, 236))
DARK_SURFACE = (31, 40, 38)
"""The lightest of the dark grounds: what reads on it reads on the others."""
DEFAULT_ACCENT = "#0f6b5c"


def parse(color: str) -> RGB:
    """`#0f6b5c` to its three channels. Raises ValueError for anything else."""
    match = HEX.match(color)
    if match is None:
        raise ValueError(f"{color!r} is not a color like {DEFAULT_ACCENT}")
    return tuple(bytes.fromhex(match[1]))  # type: ignore[return-value]


def text(color: RGB) -> str:
    return "#" + bytes(color).hex()


def luminance(color: RGB) -> float:
    """Relative luminance, WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: RGB, other: RGB) -> float:
    """From 1 (same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(color: RGB, other: RGB, share: float) -> RGB:
    """`share` of `other` in `color`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(color, other, strict=True))  # type: ignore[return-value]


def readable(color: RGB, grounds: tuple[RGB, ...], toward: RGB) -> RGB:
    """`color`, taken just as far toward `toward` as its text needs on every one of `grounds`."""
    for percent in range(0, 100, 2):
        shade = mixed(color, toward, percent / 100)
        if all(contrast(shade, ground) >= ENOUGH for ground in grounds):
            return shade
    return toward


def text_on(color: RGB, and_hover: RGB) -> RGB:
    """White where it reads on both, else near-black, else whichever reads better."""
    for ink in (WHITE, INK, BLACK):
        if min(contrast(ink, color), contrast(ink, and_hover)) >= ENOUGH:
            return ink
    return max((WHITE, BLACK), key=lambda ink: min(contrast(ink, color), contrast(ink, and_hover)))


def shades(accent: RGB, soft_ground: RGB, toward: RGB, grounds: tuple[RGB, ...]) -> dict[str, str]:
    """The accent tokens of one theme; hover moves away from the text color, so that contrast only grows."""
    on_accent = text_on(accent, accent)
    soft = mixed(accent, soft_ground, 0.86)
    return {
        "accent": text(accent),
        "accent-hover": text(mixed(accent, BLACK if on_accent == WHITE else WHITE, 0.18)),
        "on-accent": text(on_accent),
        "accent-soft": text(soft),
        "on-accent-soft": text(readable(accent, (soft,), toward)),
        "accent-text": text(readable(accent, grounds, toward)),
    }


def accent_tokens(color: str) -> tuple[dict[str, str], dict[str, str]]:
    """Light and dark tokens of a tenant's accent color, e.g. `{"accent": "#c2410c", "on-accent": "#ffffff", …}`."""
    accent = parse(color)
    in_dark = readable(accent, (DARK_SURFACE,), WHITE)
    return shades(accent, WHITE, INK, LIGHT_GROUNDS), shades(in_dark, DARK_SURFACE, WHITE, (DARK_SURFACE,))


def accent_css(color: str) -> str:
    """The tenant's stylesheet: the accent group of `tokens.css`, overridden in both themes."""
    light, dark = ("".join(f"--{name}:{value};" for name, value in tokens.items()) for tokens in accent_tokens(color))
    return (
        "@layer tokens{"
        f":root{{{light}}}"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}'
        f':root[data-theme="dark"]{{{dark}}}'
        "}\n"
    )
