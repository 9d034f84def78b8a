"""How DRF reads a body: strictly, and never more than a megabyte of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from loyalty.api import strict_json


class StrictJSONParser(BaseParser):
    """`application/json` by `loyalty.api.strict_json`."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return strict_json.loads(stream.read(strict_json.LARGEST_BODY + 1))
