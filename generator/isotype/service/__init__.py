"""What an API is: facts read from an OpenAPI document, and the comparison of two of them.

Both sides are read by one reader, whatever dialect they are written in. Nothing but `live` knows HTTP.

```
model        the facts: operations, parameters, bodies, answers, and the values they take
dialects     who wrote a document, and what such documents never say
languages    which texts a pattern takes
forms        texts with one form: their formats, their patterns
schemas      a JSON Schema as the values it takes
merging      the values that several schemas take at once
document     a document as facts
differences  what a comparison finds, and whom it harms
scalars      numbers, texts and constants: what differs
defaults     when two defaults are one value
values       two schemas: what differs
comparison   two APIs: what differs, and what one of them does not say
live/        a running API, asked
```
"""
