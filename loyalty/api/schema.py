"""The OpenAPI document: every operation with the permission it needs, the roles that may call it (`x-roles`), and its errors."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ResolvedComponent, build_basic_type, build_parameter_type
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from loyalty.api.views import ApiView, CommandView, Endpoint, QueryView
from loyalty.staff.permissions import PERMISSIONS, STARTER_ROLES

REF = "#/components/schemas/{name}"
PROBLEM = "Problem"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; what a program decides by."},
        "detail": {"type": "string", "description": "For people, in the caller's language."},
        "request_id": {"type": "string"},
        "params": {"type": "object", "description": "The facts of the refusal that `detail` speaks of."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
ERRORS = {
    "400": "The request has the wrong shape.",
    "401": "No valid token.",
    "403": "The role does not allow it.",
    "404": "Not there, or another tenant's.",
}
WRITE_ERRORS = ERRORS | {
    "409": "Contradicts what has happened, or the key is in flight.",
    "422": "The business refuses, or the key was used for another body.",
}

TOO_MUCH = {
    "description": "Too much was asked for.",
    "headers": {"Retry-After": {"description": "After how many seconds it may be asked for again.", "schema": {"type": "integer"}}},
}


def roles_of(view: ApiView) -> list[str]:
    """Who may call it: codes of starter roles, "server" for a program whose own role has the permission, "customer", "visitor"."""
    known = [PERMISSIONS.get(name) for name in _needed(view)]
    starters = [r.code for r in STARTER_ROLES if all(one and r.code in one.starter for one in known)]
    kinds = {"staff": starters, "token": ["server"], "customer": ["customer"], "visitor": ["visitor"]}
    return [role for kind, roles in kinds.items() if kind in view.callers for role in roles]


class AutoSchema(SpectacularSchema):
    """For `CommandView`, `QueryView` and `endpoint(…)`; other views as drf-spectacular has them."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        if isinstance(self.view, Endpoint):
            part = self.view.parts[method]()
            part.request, part.format_kwarg, part.args, part.kwargs = self.view.request, None, (), {}
            self.view = part
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation and isinstance(self.view, ApiView):
            operation |= {"x-roles": roles_of(self.view), "x-permission": ", ".join(_needed(self.view))}
        return operation

    def get_operation_id(self) -> str:
        if isinstance(self.view, ApiView):
            return type(self.view).__name__.removesuffix("View")
        return str(super().get_operation_id())

    def get_tags(self) -> list[str]:
        if isinstance(self.view, ApiView):
            return [str(getattr(self.view, "permission", "")).partition(".")[0]]
        return list(super().get_tags())

    def get_description(self) -> str:  # type: ignore[override]
        said = str(super().get_description() or "")
        return f"{said}\n\n{_rights(self.view)}".strip() if isinstance(self.view, ApiView) else said

    def get_override_parameters(self) -> list[Any]:
        if isinstance(self.view, CommandView):
            return [*([_key()] if self.view.writes else []), *([_dry_run()] if self.view.dry_runs else [])]
        return list(super().get_override_parameters())

    def _get_parameters(self) -> list[Any]:
        found = list(super()._get_parameters())
        if isinstance(self.view, QueryView) and self.view.query is not None:
            found += self._query_parameters(self.view.query)
        return found

    def _query_parameters(self, shape: type[msgspec.Struct]) -> list[Any]:
        schema = self._components(shape)[shape.__name__]
        self.registry._components.pop((shape.__name__, ResolvedComponent.SCHEMA), None)
        required = set(schema.get("required", ()))
        return [
            build_parameter_type(name=name, schema=part, location=OpenApiParameter.QUERY, required=name in required)
            for name, part in schema["properties"].items()
        ]

    def get_request_serializer(self) -> Any:
        if not isinstance(self.view, ApiView):
            return super().get_request_serializer()
        shape = self._shape(self.view.body) if isinstance(self.view, CommandView) else None
        return {"application/json": shape} if isinstance(shape, dict) else shape

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, ApiView):
            return super().get_response_serializers()
        good = str(self.view.status if isinstance(self.view, CommandView) else 200)
        answer = self._shape(self.view.answer) or build_basic_type(OpenApiTypes.OBJECT)
        return {good: answer}

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if isinstance(self.view, ApiView):
            self._register(PROBLEM, PROBLEM_SCHEMA)
            content = {"application/problem+json": {"schema": {"$ref": REF.format(name=PROBLEM)}}}
            errors = WRITE_ERRORS if isinstance(self.view, CommandView) else ERRORS
            bodies |= {status: {"description": said, "content": content} for status, said in errors.items()}
            if self.view.rate:
                bodies["429"] = TOO_MUCH | {"content": content}
        return bodies

    def _shape(self, shape: Any) -> Any:
        """A serializer as it is; a struct, dataclass or list of them as a schema whose parts are components."""
        if shape is None or not (dataclasses.is_dataclass(shape) or not isinstance(shape, type) or issubclass(shape, msgspec.Struct)):
            return shape
        (schema,), components = msgspec.json.schema_components([shape], ref_template=REF)
        for name, part in components.items():
            self._register(name, part)
        return schema

    def _components(self, shape: Any) -> dict[str, Any]:
        return dict(msgspec.json.schema_components([shape], ref_template=REF)[1])

    def _register(self, name: str, schema: dict[str, Any]) -> None:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
        )
        self.registry.register_on_missing(component)


def _rights(view: ApiView) -> str:
    names = {r.code: str(r.name) for r in STARTER_ROLES} | {"server": _("a program"), "customer": _("a customer"), "visitor": _("anybody")}
    roles = ", ".join(names[code] for code in roles_of(view))
    return _("Permission: `%(name)s`. Roles: %(roles)s.") % {"name": "`, `".join(_needed(view)), "roles": roles}


def _needed(view: ApiView) -> list[str]:
    return [getattr(view, "permission", ""), *view.also]


def _key() -> OpenApiParameter:
    return OpenApiParameter(
        name="Idempotency-Key",
        location=OpenApiParameter.HEADER,
        required=True,
        description=_("A new one for each thing to be done; the same key and body get the same answer for 30 days."),
    )


def _dry_run() -> OpenApiParameter:
    return OpenApiParameter(
        name="dry_run", type=bool, required=False, description=_("Try it: answers and refuses as the real call does, and keeps nothing.")
    )
