"""How PostgreSQL writes columns and their constraints.

```
names      the emitted names a printer needs
types      a type as a column type
values     constants and defaults
guards     what narrows a column type to the meaning
arrays     what holds for the items of an array
documents  what holds for JSON: typed objects, maps
paths      the part of it that JSON paths can say
helpers    the functions that checks call, and the text forms inside JSON
```
"""

from isotype.dialects.postgres.names import Names
from isotype.dialects.postgres.types import column_type
from isotype.dialects.postgres.values import default_value, literal, now

__all__ = ["Names", "column_type", "default_value", "literal", "now"]
