"""How SQLite writes columns: their physical form, and what holds it.

```
names      a table's name: SQLite has no schemas
types      a type as a column type of a STRICT table
values     constants and defaults in physical form
forms      conditions that hold a value to its physical form
arrays     what holds for the items of an array
documents  what holds for JSON: typed objects, maps
gaps       what SQLite cannot say
```

A decimal of up to 18 digits is an INTEGER in units of its last digit, a wider one canonical TEXT.
Instants, dates, times and durations are TEXT of fixed width, so that they sort; booleans are 0 and 1.
Arrays are JSON whose items have the form that a column of their type has (bytes are base64, booleans true and false);
other JSON is as it is on the wire.
"""

from isotype.dialects.sqlite.names import table_name
from isotype.dialects.sqlite.types import column_type
from isotype.dialects.sqlite.values import default_value, literal, now, physical

__all__ = ["column_type", "default_value", "literal", "now", "physical", "table_name"]
