"""Makes the tabular figures: the ten digits of Be Vietnam Pro, each as wide as the others.

The published subsets have no `tnum` feature, so columns of money would not line up. Run by hand after an update of the
font, with `fonttools` and `brotli` installed: `python templates/build/figures.py`.
"""

from __future__ import annotations

from pathlib import Path

from fontTools import subset  # type: ignore[import-not-found, unused-ignore]
from fontTools.ttLib import TTFont  # type: ignore[import-not-found, unused-ignore]

FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts"
WIDTHS = {400: 660, 600: 672, 700: 680}
"""Advance of every digit, in thousandths of an em: the narrowest that still leaves the 4 room beside the 0."""


def figures(weight: int, width: int) -> None:
    """Writes `house-figures-<weight>.woff2`."""
    font = TTFont(FONTS / f"be-vietnam-pro-latin-{weight}.woff2")
    options = subset.Options(layout_features=[], hinting=False, name_IDs=["*"], notdef_outline=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(digit) for digit in "0123456789"])
    subsetter.subset(font)
    glyphs, metrics = font["glyf"], font["hmtx"]
    for name in font.getBestCmap().values():
        glyph = glyphs[name]
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
