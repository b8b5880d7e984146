"""Drift: what a schema says against what is there.

```
targets       which databases: their addresses, and what reports call them
servers       asking a live PostgreSQL: one read-only snapshot, every failure a sentence
source        what a domain compiles to, as far as something is held against it
scratch       a database for a moment, in which that SQL is loaded without any power
expected      the facts a database should show, and how they are written down
cache         expected facts kept for the next run
supply        where expected facts come from: files, cache, scratch
places        the line of the schema that says what an object is
wording       objects and differences in words
ignoring      what the configuration leaves out, each with a reason
baseline      drift that somebody has accepted until a day
picture       the tables of a domain and what they refer to
fixing        the script that repairs
databases     all databases of a domain, several at once
api_documents which APIs, and fetching what each says of itself
api_places    the line of the schema that says what an object of an API is
api_wording   objects and differences of an API in words
apis          all APIs of a domain
declarations  what of the schema a type of the wire is, and where it says so
frontend/     the types a frontend is written with
joint         which layer is at fault, where several hold the same thing
```
"""
