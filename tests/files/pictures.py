"""Pictures as cameras, drawing programs and malice make them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

ORIENTATION, MAKER = 0x0112, 0x010F


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: Any) -> bytes:
    """A picture whose left half is red."""
    drawn = Image.new(mode, size)
    drawn.paste(Image.new("RGB", (size[0] // 2, size[1]), "red").convert(mode), (0, 0))
    out = io.BytesIO()
    drawn.save(out, kind, **more)
    return out.getvalue()


def snapshot() -> bytes:
    """A photo that says which camera took it, and that it lies on its side."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Camera of Đường"
    return picture(exif=exif.tobytes())


def bomb(side: int = 60_000) -> bytes:
    """A few bytes that claim to be a picture of `side` × `side` pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
