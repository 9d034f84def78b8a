"""Photos: read with care, drawn anew without what a camera wrote beside the picture, and kept under the name of their content."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from PIL import Image, ImageOps

from loyalty.domain.errors import DomainError
from loyalty.domain.photo import NAME

LARGEST = 8 * 2**20
"""Bytes of a photo as it is sent."""
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 1200
"""Pixels of the longer side as it is kept; a smaller photo stays as small."""
READ = ("JPEG", "PNG", "WEBP")
KEPT, QUALITY = "WEBP", 82
MILLION = 10**6
ADDRESS = "/photos/"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept: WebP, upright, sRGB as far as its pixels say, nothing but pixels."""

    name: str
    content: bytes


def photo_of(sent: bytes, longest_side: int = LONGEST_SIDE) -> Photo:
    """The photo in a file that somebody sent, no side longer than that. The same file always gives the same photo.

    Raises DomainError with the field "photo": photo.too_large, photo.too_many_pixels, photo.unreadable.
    """
    if len(sent) > LARGEST:
        raise DomainError("photo.too_large", field="photo", most=LARGEST // 2**20)
    try:
        content = _drawn_anew(sent, longest_side)
    except DomainError:
        raise
    except Exception:  # readers of damaged pictures raise whatever they stumble over, struct.error and EOFError among it
        raise DomainError("photo.unreadable", field="photo") from None
    return Photo(f"{hashlib.sha256(content).hexdigest()}.webp", content)


def keep_photo(tenant_id: int, photo: Photo) -> str:
    """Keep a photo of the tenant, and answer with its name. Keeping it again changes nothing."""
    storage, place = _storage(), _place(tenant_id, photo.name)
    if not storage.exists(place) or storage.size(place) != len(photo.content):
        storage.save(place, ContentFile(photo.content))
    return photo.name


def kept_photo(tenant_id: int, name: str) -> File[Any] | None:
    """The kept file of a photo of the tenant, to be read and closed; None where there is none."""
    if not NAME.match(name):
        return None
    try:
        return _storage().open(_place(tenant_id, name))
    except FileNotFoundError:
        return None


def address_of(name: str) -> str:
    """Where a photo is shown, at the hosts of its tenant; "" for none."""
    return f"{ADDRESS}{name}" if name else ""


def named_by(tenant_id: int, address: str, field: str = "photo") -> str:
    """The name of the photo at an address, "" for none. Raises DomainError `photo.unknown` for one that the tenant does not have."""
    name = address.removeprefix(ADDRESS)
    if name and not (NAME.match(name) and _storage().exists(_place(tenant_id, name))):
        raise DomainError("photo.unknown", field=field)
    return name


def _drawn_anew(sent: bytes, longest_side: int) -> bytes:
    with Image.open(io.BytesIO(sent), formats=READ) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise DomainError("photo.too_many_pixels", field="photo", most=MOST_PIXELS // MILLION)
        picture.draft("RGB", (longest_side, longest_side))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((longest_side, longest_side))
        plain = Image.new("RGBA" if upright.has_transparency_data else "RGB", upright.size)
        plain.paste(upright.convert(plain.mode))
    drawn = io.BytesIO()
    plain.save(drawn, KEPT, quality=QUALITY, method=4)
    return drawn.getvalue()


def _place(tenant_id: int, name: str) -> str:
    """In folders of the tenant, so many that none gets too full."""
    return f"{tenant_id}/{name[:2]}/{name}"


def _storage() -> Storage:
    return storages["photos"]
