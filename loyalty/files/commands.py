"""What can be asked of files."""

from __future__ import annotations

from dataclasses import field

from loyalty.domain.command import Command, command


@command
class KeepPhoto(Command[str]):
    """Keep a photo, as it was sent, and answer with its name. Nothing shows it until a level, a rule or a reward names it.

    Refusals: photo.too_large, photo.too_many_pixels, photo.unreadable.
    """

    content: bytes = field(repr=False)
