"""`/api/v1/photos`: a program sends a photo, then names it in a level or a rule."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from loyalty.api.views import CommandView
from loyalty.files.commands import KeepPhoto
from loyalty.files.permissions import ADD_PHOTOS
from loyalty.files.photos import address_of

PhotoAddress = Annotated[
    str, msgspec.Meta(description="Address of a photo at the host of the API, such as /photos/3f….webp; empty: there is none.")
]


class PhotoBody(msgspec.Struct, forbid_unknown_fields=True):
    """A JPEG, PNG or WebP file in Base64, at most about 700 KB; larger ones go through the administration."""

    content: bytes


class KeptPhoto(msgspec.Struct, frozen=True):
    """Where the photo is shown: what the field `photo` of a level or a rule takes."""

    photo: PhotoAddress


class KeepPhotoView(CommandView):
    """Send a photo. It is turned upright, made smaller where it is large, and drawn anew, so that only the picture is kept."""

    permission = ADD_PHOTOS
    body = PhotoBody
    answer = KeptPhoto
    status = 201

    def command(self, body: PhotoBody, **path: Any) -> KeepPhoto:
        return KeepPhoto(content=body.content)

    def present(self, result: str) -> KeptPhoto:
        return KeptPhoto(address_of(result))
