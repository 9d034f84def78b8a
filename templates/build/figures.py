"""Makes the tabular figures: the ten digits of Be Vietnam Pro, each as wide as the others.

The published subsets have no `tnum` feature, so columns of money would not line up. Wide digits are drawn a little
narrower, and the 1 gets a foot, so that no hole gapes beside it. Run by hand after an update of the
font, with `fonttools` and `brotli` installed: `python templates/build/figures.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fontTools import subset  # type: ignore[import-not-found, unused-ignore]
from fontTools.ttLib import TTFont  # type: ignore[import-not-found, unused-ignore]

FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts"
WIDTHS = {400: 620, 600: 640, 700: 650}
"""Advance of every digit, in thousandths of an em."""
SIDE = {400: 38, 600: 28, 700: 24}
"""Least room on each side of a digit."""
STEM = {400: 96, 600: 134, 700: 154}
FOOT = {400: (350, 78), 600: (390, 106), 700: (410, 120)}
"""Width of the stem of the 1; length and height of its foot, a little thinner than the bar of the 7."""


def narrowed(glyph: Any, room: int) -> None:
    width = glyph.xMax - glyph.xMin
    if width > room:
        glyph.coordinates.scale((room / width, 1))
        glyph.coordinates.toInt()


def with_foot(glyph: Any, stem: int, length: int, height: int) -> None:
    """A bar under the stem, which ends at the right edge of the glyph; drawn clockwise, like the other outlines."""
    middle = glyph.xMax - stem // 2
    left, right = middle - length // 2, middle + length // 2
    glyph.coordinates.extend([(left, 0), (left, height), (right, height), (right, 0)])
    glyph.flags.extend([1, 1, 1, 1])
    glyph.endPtsOfContours.append(len(glyph.coordinates) - 1)
    glyph.numberOfContours += 1


def figures(weight: int, width: int) -> None:
    """Writes `house-figures-<weight>.woff2`."""
    font = TTFont(FONTS / f"be-vietnam-pro-latin-{weight}.woff2")
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(digit) for digit in "0123456789"])
    subsetter.subset(font)
    glyphs, metrics = font["glyf"], font["hmtx"]
    for code, name in font.getBestCmap().items():
        glyph = glyphs[name]
        if code == ord("1"):
            with_foot(glyph, STEM[weight], *FOOT[weight])
        else:
            narrowed(glyph, width - 2 * SIDE[weight])
        glyph.recalcBounds(glyphs)
        shift = (width - (glyph.xMax - glyph.xMin)) // 2 - glyph.xMin
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(glyphs)
        metrics[name] = (width, glyph.xMin)
    for record in font["name"].names:
        if record.nameID in {1, 4, 6, 16}:
            record.string = "HouseFigures"
    font.flavor = "woff2"
    font.save(FONTS / f"house-figures-{weight}.woff2")


if __name__ == "__main__":
    for each_weight, each_width in WIDTHS.items():
        figures(each_weight, each_width)
