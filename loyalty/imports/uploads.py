"""Files that people send, kept where web and workers both read them: in sealed parts, in the tenant's own table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO, cast
from uuid import UUID

from loyalty.domain.errors import DomainError
from loyalty.imports.csv_file import UnreadableFile
from loyalty.imports.models import Upload, UploadPart
from loyalty.lookup import seal, unseal
from loyalty.tenancy import reading

LARGEST = 64 * 2**20
"""Bytes of a file as it is sent, packed or not."""
LARGEST_UNPACKED = 512 * 2**20
PART = 2**20
TABLE = "imports_uploadpart"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An upload as a source of bytes. `open` needs no open transaction."""

    tenant_id: int
    upload_id: UUID
    name: str
    size: int

    def open(self, mode: Any = "rb") -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Parts(self), PART))


def keep(tenant_id: int, name: str, pieces: Iterable[bytes]) -> StoredFile:
    """Store a file. Raises DomainError `imports.file_too_large` or `imports.file_empty`; nothing of it is kept then."""
    with reading(tenant_id):
        upload = Upload.objects.create(tenant_id=tenant_id, name=name[-200:], size=0)
        for number, part in enumerate(_parts(pieces)):
            upload.size += len(part)
            if upload.size > LARGEST:
                raise DomainError("imports.file_too_large", field="file", most=LARGEST // 2**20)
            body = seal(part, TABLE, tenant_id, upload.pk, number)
            UploadPart.objects.create(tenant_id=tenant_id, upload_id=upload.pk, number=number, body=body)
        if not upload.size:
            raise DomainError("imports.file_empty", field="file")
        upload.save(update_fields=["size"])
    return StoredFile(tenant_id, upload.pk, upload.name, upload.size)


class Keeping:
    """A file that is written bit by bit, each part in a transaction of its own; nobody reads it before it is closed. Writing raises
    UnreadableFile `imports.forgotten` when the file was deleted meanwhile.
    """

    def __init__(self, tenant_id: int, name: str) -> None:
        with reading(tenant_id):
            self.upload_id: UUID = Upload.objects.create(tenant_id=tenant_id, name=name[-200:], size=0).pk
        self.tenant_id, self._waiting, self._number, self._size = tenant_id, bytearray(), 0, 0

    def add(self, piece: bytes) -> None:
        """Write more of it."""
        self._waiting += piece
        while len(self._waiting) >= PART:
            self._put(bytes(self._waiting[:PART]))
            del self._waiting[:PART]

    def close(self) -> None:
        """It is whole now."""
        if self._waiting:
            self._put(bytes(self._waiting))
        with reading(self.tenant_id):
            Upload.objects.filter(tenant_id=self.tenant_id, pk=self.upload_id).update(size=self._size)

    def _put(self, part: bytes) -> None:
        body = seal(part, TABLE, self.tenant_id, self.upload_id, self._number)
        with reading(self.tenant_id):
            if not Upload.objects.select_for_update().filter(tenant_id=self.tenant_id, pk=self.upload_id).exists():
                raise UnreadableFile("imports.forgotten", field="file")
            UploadPart.objects.create(tenant_id=self.tenant_id, upload_id=self.upload_id, number=self._number, body=body)
        self._number += 1
        self._size += len(part)


def kept(tenant_id: int, upload_id: UUID) -> StoredFile:
    """A stored file. Raises UnreadableFile `imports.forgotten` when it is no longer there."""
    with reading(tenant_id):
        upload = Upload.objects.filter(tenant_id=tenant_id, pk=upload_id).first()
    if upload is None:
        raise UnreadableFile("imports.forgotten", field="file")
    return StoredFile(tenant_id, upload.pk, upload.name, upload.size)


def forget(tenant_id: int, upload_id: UUID) -> None:
    """Delete a file. Harmless when it is gone."""
    with reading(tenant_id):
        UploadPart.objects.filter(tenant_id=tenant_id, upload_id=upload_id).delete()
        Upload.objects.filter(tenant_id=tenant_id, pk=upload_id).delete()


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of one length."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


class _Parts(io.RawIOBase):
    """The bytes of a stored file from any place on."""

    def __init__(self, file: StoredFile) -> None:
        self._file, self._at = file, 0
        self._part = lru_cache(maxsize=1)(self._read_part)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._file.size:
            return 0
        number, start = divmod(self._at, PART)
        piece = self._part(number)[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _read_part(self, number: int) -> bytes:
        file = self._file
        with reading(file.tenant_id):
            found = UploadPart.objects.filter(tenant_id=file.tenant_id, upload_id=file.upload_id, number=number)
            body = found.values_list("body", flat=True).first()
        if body is None:
            raise UnreadableFile("imports.forgotten", field="file")
        return unseal(bytes(body), TABLE, file.tenant_id, file.upload_id, number)
