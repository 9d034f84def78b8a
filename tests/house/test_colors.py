"""Every text reads on every ground that it is put on, in light and dark, with any tenant's accent color."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty.house.color import ENOUGH, accent_css, accent_tokens, contrast, parse

HOUSE = Path(__file__).resolve().parents[2] / "templates" / "static" / "house"
GROUNDS = ("canvas", "surface", "surface-raised", "surface-sunken")
TEXT_ON = {
    **dict.fromkeys(GROUNDS, ("ink", "ink-muted", "accent-text", "positive", "negative", "caution", "notice")),
    **{f"{kind}-soft": (f"on-{kind}-soft",) for kind in ("accent", "positive", "negative", "caution", "notice", "neutral")},
    "accent": ("on-accent",),
    "accent-hover": ("on-accent",),
    "negative": ("on-negative",),
    "negative-hover": ("on-negative",),
    "ink": ("canvas",),
}
"""Which text stands on which ground, as the components use them."""
SHAPES = ("line-strong", "focus", "accent-text")
"""What a control is recognized by needs 3 : 1 (WCAG 2.2, 1.4.11)."""


def themes() -> dict[str, dict[str, str]]:
    """The color tokens of each block of `tokens.css`."""
    text = (HOUSE / "tokens.css").read_text(encoding="utf-8")
    patterns = {
        "light": r"^:root \{(.*?)^\}",
        "dark": r'^:root\[data-theme="dark"\] \{(.*?)^\}',
        "dark by the system": r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}',
    }
    blocks = {name: re.search(pattern, text, re.DOTALL | re.MULTILINE) for name, pattern in patterns.items()}
    return {name: dict(re.findall(r"--([\w-]+): (#\w{6});", block[1])) for name, block in blocks.items() if block}


THEMES = themes()


def pairs() -> list[tuple[str, str, str]]:
    return [(theme, ground, ink) for theme in THEMES for ground, inks in TEXT_ON.items() for ink in inks]


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    assert set(THEMES) == {"light", "dark", "dark by the system"}
    assert THEMES["dark"] == THEMES["dark by the system"]
    assert set(THEMES["dark"]) == set(THEMES["light"])


@pytest.mark.parametrize(("theme", "ground", "ink"), pairs())
def test_text_reads(theme: str, ground: str, ink: str) -> None:
    tokens = THEMES[theme]
    assert contrast(parse(tokens[ink]), parse(tokens[ground])) >= ENOUGH


@pytest.mark.parametrize("theme", sorted(THEMES))
@pytest.mark.parametrize("shape", SHAPES)
def test_controls_are_seen(theme: str, shape: str) -> None:
    tokens = THEMES[theme]
    assert min(contrast(parse(tokens[shape]), parse(tokens[ground])) for ground in GROUNDS) >= 3


def test_every_color_token_is_weighed_against_another() -> None:
    weighed = set(TEXT_ON) | {ink for inks in TEXT_ON.values() for ink in inks} | set(SHAPES)
    assert set(THEMES["light"]) - weighed == {"line"}, "a hairline between rows carries no meaning"


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@given(st.tuples(*[st.integers(0, 255)] * 3))
@example((255, 255, 255))
@example((0, 0, 0))
@example((255, 235, 59))
@example((118, 118, 118))
def test_any_accent_color_of_a_tenant_reads(color: tuple[int, int, int]) -> None:
    for tokens, theme in zip(accent_tokens("#" + bytes(color).hex()), ("light", "dark"), strict=True):
        shade = {name: parse(value) for name, value in tokens.items()}
        for ground, ink in [("accent", "on-accent"), ("accent-hover", "on-accent"), ("accent-soft", "on-accent-soft")]:
            assert contrast(shade[ink], shade[ground]) >= ENOUGH, (theme, ground)
        for ground in GROUNDS:
            assert contrast(shade["accent-text"], parse(THEMES[theme][ground])) >= ENOUGH, (theme, ground)


def test_a_tenant_keeps_the_color_that_it_gave() -> None:
    assert accent_tokens("#FFC107")[0]["accent"] == "#ffc107"


def test_what_is_no_color_is_refused() -> None:
    for wrong in ("red", "#12345", "#1234567", "0f6b5c;}body{", "#0f6b5c\n"):
        with pytest.raises(ValueError, match="is not a color"):
            accent_css(wrong)


def test_the_stylesheet_of_a_color_is_served_once_and_kept(client: Client) -> None:
    answer = client.get("/house/accent/c2410c.css")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert "--accent:#c2410c" in answer.content.decode()
    assert client.get("/house/accent/red.css").status_code == 404
