"""Print how fast a generated Pydantic schema judges JSON, as a part of what a model without constraints does."""

import sys
from datetime import datetime
from decimal import Decimal
from statistics import median
from time import process_time
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

sys.path.insert(0, "generated/bench")
from schemas import Grade, State, Thing1Create  # type: ignore[import-not-found]


class Plain(BaseModel):
    """The same fields and nothing asked of them."""

    model_config = ConfigDict(alias_generator=to_camel)

    slug: str
    title: str
    notes: str | None = None
    grade: Grade = Grade.FAIR
    state: State = State.PENDING
    share: Decimal | None = None
    price: Decimal = Decimal(0)
    count: int = 0
    size_bytes: int = 0
    tags: list[str] = []
    details: Any = None
    parent_id: UUID
    started_at: datetime | None = None


BODY = """{"slug": "first_thing", "title": "The first thing there is", "notes": "Some words about it.", "grade": "good",
"state": "active", "share": "12.50", "price": "1234567.89", "count": 77, "sizeBytes": "123456789",
"tags": ["one", "two", "three"], "details": {"color": "red", "sizes": [1, 2, 3]},
"parentId": "123e4567-e89b-42d3-a456-426614174000", "startedAt": "2024-05-06T07:08:09.123Z"}"""


def seconds(model: type[BaseModel]) -> float:
    """CPU for a few thousand bodies."""
    judge = model.model_validate_json
    began = process_time()
    for _ in range(4000):
        judge(BODY)
    return process_time() - began


seconds(Plain), seconds(Thing1Create)
print(median(seconds(Plain) / seconds(Thing1Create) for _ in range(9)))
