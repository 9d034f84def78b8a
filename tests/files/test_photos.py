"""What is kept of a picture that somebody sends, and what is refused."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from loyalty.domain.errors import DomainError
from loyalty.domain.photo import check_photo
from loyalty.files.photos import LARGEST, LONGEST_SIDE, photo_of
from tests.files.pictures import MAKER, ORIENTATION, bomb, picture, snapshot


def kept(sent: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo_of(sent).content))


def test_a_photo_is_turned_upright_and_keeps_nothing_but_its_picture() -> None:
    sent = snapshot()
    assert b"Camera" in sent
    photo = photo_of(sent)
    shown = Image.open(io.BytesIO(photo.content))
    assert (shown.format, shown.size) == ("WEBP", (48, 64))
    assert shown.getpixel((24, 5))[0] > 200
    assert (dict(shown.getexif()), shown.info.get("exif"), b"Camera" in photo.content) == ({}, None, False)


def test_the_same_picture_has_the_same_name_and_another_one_another() -> None:
    assert photo_of(snapshot()) == photo_of(snapshot())
    assert photo_of(picture(size=(64, 49))).name != photo_of(picture()).name
    check_photo(photo_of(picture()).name)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB")])
def test_every_kind_of_picture_that_people_have_is_read(kind: str, mode: str) -> None:
    assert kept(picture(kind, mode=mode)).size == (64, 48)


def test_a_large_picture_is_made_smaller_and_a_small_one_stays() -> None:
    assert kept(picture(size=(3000, 1500))).size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert kept(picture(size=(10, 3000))).size == (4, LONGEST_SIDE)
    assert kept(picture(size=(1, 1))).size == (1, 1)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "photo.unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo.unreadable"),
        (picture("GIF"), "photo.unreadable"),
        (picture("BMP"), "photo.unreadable"),
        (picture()[:300], "photo.unreadable"),
        (bomb(), "photo.unreadable"),
        (bomb(5_001), "photo.too_many_pixels"),
        (picture() + b"\0" * LARGEST, "photo.too_large"),
    ],
    ids=["nothing", "svg", "gif", "bmp", "cut off", "bomb", "many pixels", "many bytes"],
)
def test_what_is_no_photo_is_refused_at_its_field(sent: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        photo_of(sent)
    assert (refusal.value.code, refusal.value.field) == (code, "photo")


def lying_down() -> bytes:
    """What a camera writes beside a photo that lies on its side."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Camera"
    return exif.tobytes()


IN_LETTERS = lying_down().replace(b"\x01\x0f\0\x02", b"\x01\x01\0\x02")
"""A height that is no number."""


@pytest.mark.parametrize(
    ("kind", "written"), [("PNG", b"Exif\0\0MM\0*"), ("JPEG", IN_LETTERS), ("PNG", IN_LETTERS), ("WEBP", IN_LETTERS)]
)  # fmt: skip
def test_what_a_camera_wrote_beside_a_picture_may_be_damaged(kind: str, written: bytes) -> None:
    with pytest.raises(DomainError, match=r"^photo.unreadable"):
        photo_of(picture(kind, exif=written))


@pytest.mark.filterwarnings("ignore:Image size")
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_picture_is_read_or_refused_and_never_breaks(kind: str, at: int, noise: bytes) -> None:
    sound = picture(kind)
    place = at % len(sound)
    with suppress(DomainError):
        check_photo(photo_of(sound[:place] + noise + sound[place + len(noise) :]).name)


@pytest.mark.parametrize("name", ["x", "a" * 64, f"{'a' * 64}.png", f"{'A' * 64}.webp", f"{'a' * 64}.webp\n", f"../{'a' * 61}.webp"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(DomainError, match=r"^photo.unknown"):
        check_photo(name)
