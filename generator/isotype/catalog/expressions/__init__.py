"""What PostgreSQL prints of expressions and definitions, in a form that is equal where the meaning is.

The server spells both sides of a comparison, and still spells one meaning in several ways. `normal` and its kin read
what it prints and bring it to one form by a closed list of laws, each of which holds in three-valued logic on every
row. Equal forms mean equal expressions. Different forms may still mean the same: that is then said, never hidden.
"""

from isotype.catalog.expressions.constraints import ConstraintDefinition as ConstraintDefinition
from isotype.catalog.expressions.constraints import constraint_definition as constraint_definition
from isotype.catalog.expressions.indexes import IndexDefinition as IndexDefinition
from isotype.catalog.expressions.indexes import IndexKey as IndexKey
from isotype.catalog.expressions.indexes import index_definition as index_definition
from isotype.catalog.expressions.normal import NO_DEFAULT as NO_DEFAULT
from isotype.catalog.expressions.normal import is_read as is_read
from isotype.catalog.expressions.normal import normal as normal
from isotype.catalog.expressions.normal import normal_assigned as normal_assigned
from isotype.catalog.expressions.normal import normal_check as normal_check
from isotype.catalog.expressions.normal import normal_default as normal_default
from isotype.catalog.expressions.queries import query_form as query_form
from isotype.catalog.expressions.queries import query_scope as query_scope
from isotype.catalog.expressions.reading import parse as parse
from isotype.catalog.expressions.triggers import TriggerDefinition as TriggerDefinition
from isotype.catalog.expressions.triggers import trigger_definition as trigger_definition
from isotype.catalog.expressions.types import Scope as Scope
from isotype.catalog.expressions.types import normal_type as normal_type
from isotype.catalog.expressions.types import scopes as scopes
