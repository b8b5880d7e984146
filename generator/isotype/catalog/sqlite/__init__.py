"""SQLite: its catalog read as facts, an expected side loaded in memory, and the script that repairs.

```
tokens       the words of a statement, and one spelling for all ways to write them
parentheses  those that change nothing, taken away
statements   CREATE TABLE, INDEX, TRIGGER, VIEW → values
opening      a file, opened so that nothing can be written
reading      a database → facts
scratch      the text of sqlite.sql → facts
equivalence  what differs between two sets of facts, and what only looks different
printing     facts → CREATE statements
repair       differences → statements; the script they make
```
"""

from isotype.catalog.sqlite.reading import read as read
from isotype.catalog.sqlite.scratch import load as load
