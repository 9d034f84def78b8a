"""Events become bytes and bytes become events, here only.

Unknown fields are ignored, defaults fill new ones, upcasters lift old shapes. Personal fields are encrypted with the key of
the person they speak of (AES-256-GCM, random nonce, bound to tenant, subject, event and field) and read ERASED without it.
An encrypted field is written {"aes": base64 of nonce and ciphertext}, with nothing in it where the person was erased before;
the field that names the subject stays readable and keeps its name over all versions.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from loyalty.domain.event import ERASED, EVENT_TYPES, TYPE_OF, EventType, Metadata, PersonalMark

NONCE_BYTES = 12
NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
SEALED = b'{"aes":"'
EMPTY = msgspec.Raw(SEALED + b'"}')
"""What would have told of a person who was erased before."""
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}


class UnknownEvent(LookupError):
    """The log holds an event whose name no class of the running program publishes."""


def upcaster(name: str, *, from_version: int) -> Callable[[Upcaster], Upcaster]:
    """Register how the fields of event `name` at `from_version` become those of the next version.

    It gets and returns plain JSON values; personal fields are readable or ERASED. Raises ValueError for a second one.
    """

    def register(lift: Upcaster) -> Upcaster:
        if (name, from_version) in UPCASTERS:
            raise ValueError(f"{name} version {from_version} has an upcaster already")
        UPCASTERS[name, from_version] = lift
        return lift

    return register


def to_plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError(f"{type(value).__name__} cannot be part of an event")


def from_plain(kind: type[Any], value: Any) -> Any:
    if kind is Fraction and isinstance(value, str):
        return Fraction(value)
    raise NotImplementedError(f"{kind} cannot be part of an event")


ENCODER = msgspec.json.Encoder(enc_hook=to_plain)
METADATA = msgspec.json.Decoder(Metadata)
ANY = msgspec.json.Decoder()


def encode_metadata(metadata: Metadata) -> bytes:
    return ENCODER.encode(metadata)


def decode_metadata(text: str | bytes) -> Metadata:
    return METADATA.decode(text)


def bound_to(tenant_id: int, subject_id: UUID, event_id: UUID, field: str) -> bytes:
    """What the ciphertext of a personal field is bound to: copied to another place, it does not open."""
    return tenant_id.to_bytes(4, "big") + subject_id.bytes + event_id.bytes + field.encode()


class Shape:
    """How one event class is written and read."""

    def __init__(self, kind: EventType) -> None:
        if not NAME.fullmatch(kind.name):
            raise TypeError(f"the event name {kind.name!r} does not read like context.what_happened")
        check_fields(kind.cls, kind.cls.__name__, kind.personal)
        self.kind = kind
        self.name = kind.name.encode()
        self.decoder = msgspec.json.Decoder(kind.cls, dec_hook=from_plain)
        self.hints = get_type_hints(kind.cls, include_extras=True)
        self.subject_decoder: msgspec.json.Decoder[Any] | None = None
        if kind.personal:
            self._prepare_personal()

    def _prepare_personal(self) -> None:
        raw = [
            (f.name, msgspec.Raw if f.name in self.kind.personal else self.hints[f.name], *_default(f, self.kind))
            for f in fields(self.kind.cls)
        ]
        self.subject_decoder = msgspec.json.Decoder(msgspec.defstruct("Subject", [(self.kind.subject or "", UUID)]))
        self.outer = msgspec.json.Decoder(msgspec.defstruct(self.kind.cls.__name__, raw, kw_only=True), dec_hook=from_plain)
        self.inner = {name: msgspec.json.Decoder(self.hints[name], dec_hook=from_plain) for name in self.kind.personal}
        self.names = tuple(f.name for f in fields(self.kind.cls))

    def subject_of(self, event: object) -> UUID | None:
        """The person whose key this event needs; None when it needs none: nothing in it is personal, or what would be is empty."""
        return getattr(event, self.kind.subject) if self.kind.subject and self._tells_of_a_person(event) else None

    def subject_in(self, payload: str) -> UUID | None:
        """The person whose key is needed to read `payload`; None when none is."""
        return None if self.subject_decoder is None else getattr(self.subject_decoder.decode(payload), self.kind.subject or "")

    def without_person(self, event: Any) -> Any:
        """The event as it reads once its subject is erased."""
        told = [name for name in self.kind.personal if getattr(event, name) is not None]
        return replace(event, **dict.fromkeys(told, ERASED))

    def encode(self, event: object, tenant_id: int, event_id: UUID, key: AESGCM | None) -> bytes:
        """The event as JSON; `key` is that of its subject. Without one, only what is ERASED can be written."""
        if not self._tells_of_a_person(event):
            return ENCODER.encode(event)
        plain: dict[str, Any] = {}
        for name in self.names:
            value = getattr(event, name)
            if name in self.kind.personal and value is not None:
                value = EMPTY if value is ERASED else self._sealed(event, name, tenant_id, event_id, key)
            plain[name] = value
        return ENCODER.encode(plain)

    def _sealed(self, event: object, name: str, tenant_id: int, event_id: UUID, key: AESGCM | None) -> msgspec.Raw:
        if key is None:
            raise ValueError(f"{self.kind.name} has personal fields: it needs the key of its subject")
        bound = bound_to(tenant_id, getattr(event, self.kind.subject or ""), event_id, name)
        return msgspec.Raw(seal_field(getattr(event, name), key, bound))

    def _tells_of_a_person(self, event: object) -> bool:
        return bool(self.kind.personal) and any(getattr(event, name) not in (None, "") for name in self.kind.personal)

    def decode(self, version: int, payload: str, tenant_id: int, event_id: UUID, keys: Mapping[tuple[int, UUID], AESGCM]) -> Any:
        """The event in `payload`, written at schema `version`; personal fields whose key is not in `keys` are ERASED."""
        if version < self.kind.version:
            return self._decode_old(version, payload, tenant_id, event_id, keys)
        if not self.kind.personal:
            return self.decoder.decode(payload)
        outer = self.outer.decode(payload)
        subject: UUID = getattr(outer, self.kind.subject or "")
        key = keys.get((tenant_id, subject))
        values: dict[str, Any] = {}
        for name in self.names:
            value = getattr(outer, name)
            if type(value) is msgspec.Raw:
                value = self._open(name, bytes(value), key, bound_to(tenant_id, subject, event_id, name))
            if value is not msgspec.UNSET:
                values[name] = value
        return self.kind.cls(**values)

    def _open(self, name: str, raw: bytes, key: AESGCM | None, bound: bytes) -> Any:
        if not raw.startswith(SEALED):
            return self.inner[name].decode(raw)
        return ERASED if key is None else self.inner[name].decode(open_field(raw[len(SEALED) : -2], key, bound))

    def _decode_old(self, version: int, payload: str, tenant_id: int, event_id: UUID, keys: Mapping[tuple[int, UUID], AESGCM]) -> Any:
        plain = self._opened(ANY.decode(payload), tenant_id, event_id, keys)
        for step in range(version, self.kind.version):
            lift = UPCASTERS.get((self.kind.name, step))
            plain = lift(plain) if lift else plain
        erased = {n for n in self.kind.personal if plain.get(n) is ERASED}
        values = {
            n: msgspec.convert(plain[n], hint, dec_hook=from_plain) for n, hint in self.hints.items() if n in plain and n not in erased
        }
        return self.kind.cls(**values, **dict.fromkeys(erased, ERASED))

    def _opened(self, plain: dict[str, Any], tenant_id: int, event_id: UUID, keys: Mapping[tuple[int, UUID], AESGCM]) -> dict[str, Any]:
        for name, value in plain.items():
            if isinstance(value, dict) and value.keys() == {"aes"}:
                subject = UUID(plain[self.kind.subject or ""])
                key = keys.get((tenant_id, subject))
                bound = bound_to(tenant_id, subject, event_id, name)
                plain[name] = ERASED if key is None else ANY.decode(open_field(value["aes"], key, bound))
        return plain


def seal_field(value: Any, key: AESGCM, bound: bytes) -> bytes:
    """The JSON that stands for an encrypted field."""
    nonce = os.urandom(NONCE_BYTES)
    return SEALED + base64.b64encode(nonce + key.encrypt(nonce, ENCODER.encode(value), bound)) + b'"}'


def open_field(encoded: str | bytes, key: AESGCM, bound: bytes) -> bytes:
    sealed = base64.b64decode(encoded)
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)


def _default(field: Any, kind: EventType) -> tuple[Any, ...]:
    if field.default is MISSING and field.default_factory is MISSING:
        return ()
    return (msgspec.UNSET,)


def check_fields(hint: Any, where: str, personal: Iterable[str] = (), within: frozenset[Any] = frozenset()) -> None:
    """Refuse what would lie in the log in the wrong way: floats, and personal fields that would not be encrypted.

    `within` are the dataclasses that hold `hint`: one that holds itself is looked at once.
    """
    if hint in within:
        return
    if hint is float:
        raise TypeError(f"{where} is a float: money, points and rates are exact")
    if is_dataclass(hint):
        within |= {hint}
        for name, field in get_type_hints(hint, include_extras=True).items():
            check_fields(get_args(field)[0] if name in personal else field, f"{where}.{name}", within=within)
    elif get_origin(hint) is Annotated and any(isinstance(a, PersonalMark) for a in get_args(hint)[1:]):
        raise TypeError(f"{where} would not be encrypted: Personal[...] must be the outermost part of a field of the event itself")
    for inner in get_args(hint):
        check_fields(inner, where, within=within)


_SHAPES: dict[type[Any], Shape] = {}
_NAMED: dict[str, Shape] = {}


def shape_of(cls: type[Any]) -> Shape:
    """How events of `cls` are written. Raises TypeError when it is no event or holds what an event must not."""
    shape = _SHAPES.get(cls)
    if shape is None:
        if cls not in TYPE_OF:
            raise TypeError(f"{cls.__name__} is not declared by @event")
        shape = _SHAPES[cls] = Shape(TYPE_OF[cls])
    return shape


def shape_named(name: str) -> Shape:
    """How events called `name` are read. Raises UnknownEvent."""
    shape = _NAMED.get(name)
    if shape is None:
        if name not in EVENT_TYPES:
            raise UnknownEvent(f"no class publishes the event {name}")
        shape = _NAMED[name] = shape_of(EVENT_TYPES[name].cls)
    return shape
