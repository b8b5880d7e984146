"""Text as inert data: strings, identifiers and comments of each target language.

```
characters   which characters a reader cannot see, and how prose is broken into lines
sql          strings and identifiers of PostgreSQL and SQLite, comment lines
python       strings, docstrings, comment lines
typescript   strings, property names, regular expressions, JSDoc, comment lines
```

Whatever a text contains, what is printed here reads back as that text, or stays a comment.
"""
