"""APIs that are asked over HTTP, and the rows behind them.

```
model      an operation that is asked, the row that it changes, and what an API must be able to do
served     the generated API, served here on a SQLite file
rows       the rows of that file: the one that is changed, and those that others refer to
serve      the script that serves it, in a process of its own
deployed   an API that runs somewhere, in which tests may make rows
```
"""
