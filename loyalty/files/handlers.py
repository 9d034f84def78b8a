"""Keeping a photo: a file and no fact, so there is no stream to lock."""

from __future__ import annotations

from loyalty.bus import Unit, handles
from loyalty.files.commands import KeepPhoto
from loyalty.files.photos import keep_photo, photo_of


@handles(KeepPhoto, streams=lambda command, circumstances: ())
def keep(command: KeepPhoto, unit: Unit) -> str:
    return keep_photo(unit.tenant_id, photo_of(command.content))
