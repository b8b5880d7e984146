"""Values for a domain: probes that every layer must meet alike, made from the schema alone.

```
values      JSON values, and those that only text can show
forms       the documented forms of texts, with their canonical form
spellings   texts of each form, and beside it
logic       rules, judged by walking their tree
meaning     what the schema says of a value, and why
numbers     limits of numbers
roundings   numbers that show how something is rounded
texts       texts made from patterns
candidates  values worth asking about a type
records     records that a shape takes, found by search
chance      random values
rows        a record as a row of its table
made        what a database adds to a row
neighbours  whole rows of any table, with those that they refer to
scenes      questions about several rows: references, keys and stamps
moves       questions about the moves of states
unseen      tables as shapes: what no body shows
model       a probe
probing     every probe of a domain
```

`Prober(bindings, seed)` makes them lazily: `valid(shape)` one record that a shape takes, `of_shape(shape)` everything
about one shape, `all()` about all of them, `by_chance()` random records without end.
"""

from isotype.probes.meaning import Meaning, Refusal
from isotype.probes.model import ACCEPT, EDGE, REFUSE, ROW, UNKNOWN, Probe
from isotype.probes.probing import Prober

__all__ = ["ACCEPT", "EDGE", "REFUSE", "ROW", "UNKNOWN", "Meaning", "Probe", "Prober", "Refusal"]
