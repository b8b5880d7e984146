"""A running API, asked: its answers held against the contract.

```
model       calls, what is heard, and what a run found
http        calls over HTTP, one after the other, on one connection
texts       values as texts in an address
answers     what an answer shows that the contract rules out
rows        rows that the API has shown, and values that name them
reading     the calls that change nothing
bodies      bodies that a call takes, and bodies that it must refuse
writing     the calls that make rows, change them and take them away again
probing     all calls of a run, within its limits
```
"""

from isotype.service.live.http import Caller
from isotype.service.live.model import Heard, Limits, Probed, Unanswered
from isotype.service.live.probing import probe

__all__ = ["Caller", "Heard", "Limits", "Probed", "Unanswered", "probe"]
