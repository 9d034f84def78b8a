"""What is told, in the OpenAPI document: its `webhooks`, each with its shape and an example."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from loyalty.webhooks.event_types import EVENT_TYPES, TEST, EventType, body_of
from loyalty.webhooks.examples import AT, example_of, id_of

REF = "#/components/schemas/{name}"
HEADERS = {
    "webhook-id": "The same for an event and an endpoint, however often it is sent: whoever has seen it has seen it.",
    "webhook-timestamp": "When this try left, in seconds since 1970 (Unix).",
    "webhook-signature": "One or two signatures, v1,…, with blanks between: of `id.timestamp.body` by each live secret (HMAC-SHA-256).",
}


def with_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: the document with its `webhooks`, which ask for no token: the signature says who sent them."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    result["webhooks"] = {one.name: _told(one, schemas) for one in sorted(EVENT_TYPES.values(), key=lambda one: one.name)}
    result["webhooks"][TEST] = _described(TEST, "A test that somebody asked for.", {"type": "object"}, body_of(TEST, {}, id_of(TEST), AT))
    return result


def _told(event_type: EventType, schemas: dict[str, Any]) -> dict[str, Any]:
    (shape,), parts = msgspec.json.schema_components([event_type.shape], ref_template=REF)
    schemas |= parts
    return _described(event_type.name, event_type.meaning, shape, example_of(event_type))


def _described(name: str, meaning: str, shape: dict[str, Any], example: str) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "event_id", "data"],
        "properties": {
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "event_id": {"type": "string", "format": "uuid", "description": "The same for every endpoint."},
            "data": shape,
        },
    }
    return {
        "post": {
            "operationId": name,
            "summary": meaning.partition(". ")[0].rstrip("."),
            "description": meaning,
            "tags": ["webhooks"],
            "security": [],
            "parameters": [
                {"name": header, "in": "header", "required": True, "description": said, "schema": {"type": "string"}}
                for header, said in HEADERS.items()
            ],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": json.loads(example)}}},
            "responses": {"2XX": {"description": "It was taken. Anything else is tried again, for three days; 410 ends it."}},
        }
    }
