"""The Pydantic schemas, given JSON that was parsed before, as FastAPI does."""

from __future__ import annotations

import json
from typing import Any

from isotype.conformance.witnesses.pydantic import Pydantic
from isotype.probes.values import NotJson, read


class Parsed(Pydantic):
    name = "parsed"

    def _read(self, schema: Any, text: str) -> Any:
        try:
            read(text)
        except NotJson:
            # What is no JSON never comes as far as this; the schema has its own words for it.
            return schema.model_validate_json(text)
        return schema.model_validate(json.loads(text))
