"""Services: a class for each group of operations, a method for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from isotype.binding.derivation import CREATE, DELETE, GET, LIST, UPDATE, Derivation, Match
from isotype.binding.mapper import PACKAGE, loads_function, page_function, result_function
from isotype.binding.model import EntityBinding, FieldBinding
from isotype.dialects.literals.python import python_docstring, python_string
from isotype.dialects.python import INDENT, WIDTH, Bracket, Code, call, comprehension, layout, prefixed
from isotype.domain.lazy import NamedTuple
from isotype.domain.names import snake
from isotype.layers.api.groups import Call, Group
from isotype.layers.api.types import ApiNames, plain_type, result
from isotype.layers.imports import import_lines

_BODY = INDENT * 2


class _Service(NamedTuple):
    """What the methods of one class share; `wait` is 'await ' where sessions are asynchronous."""

    names: ApiNames
    wait: str

    def mapper(self, entity: EntityBinding, function: str) -> str:
        """A function of the mapper of an entity."""
        module = f"{entity.module}_mapping"
        self.names.use(f"{self.names.models}.{PACKAGE}", f"{entity.module} as {module}")
        return f"{module}.{function}"

    def model(self, entity: EntityBinding) -> str:
        """The mapped class of an entity."""
        return self.names.model(entity)


def service_view(group: Group, names: ApiNames, asynchronous: bool) -> dict[str, object]:
    """What the template of a service needs."""
    here = _Service(names, "await " if asynchronous else "")
    base = names.use("..service", "Service")
    methods = ["\n".join(_method(call, here)) for call in group.calls]
    complete = group.is_complete
    words = "all of them are derived from the schema." if complete else "what is abstract is for a subclass to do."
    return {
        "docstring": "\n".join(python_docstring(f"The operations of {group.title}.", "", WIDTH)),
        "class_name": group.class_name,
        "bases": base if complete else f"{base}, {names.use('abc', 'ABC')}",
        "class_docstring": "\n".join(python_docstring(f"The operations of {group.title}; {words}", INDENT, WIDTH)),
        "methods": methods,
        "imports": import_lines(names.imports),
    }


def _method(method: Call, here: _Service) -> Iterator[str]:
    operation = method.operation
    parameters = ["self"]
    for name, parameter in method.arguments:
        empty = not parameter.required and not parameter.has_default
        parameters.append(f"{name}: {plain_type(parameter.type, empty, here.names)}")
    if operation.body is not None:
        parameters.append(f"body: {result(operation.body, here.names)}")
    derived = method.derived
    if derived is None:
        yield f"{INDENT}@{here.names.use('abc', 'abstractmethod')}"
    keyword = "async def" if here.wait else "def"
    answer = result(operation.result, here.names)
    yield from _definition(f"{keyword} {method.name}", parameters, answer)
    words = [operation.summary or operation.call, operation.description]
    if derived is None and operation.errors:
        words.append(f"May answer {_listed(operation.errors)} as well.")
    yield from python_docstring("\n\n".join(filter(None, words)), _BODY, WIDTH)
    if derived is not None:
        yield from (f"{_BODY}{line}" if line else "" for line in _STEPS[derived.kind](method, derived, here))


def _listed(statuses: tuple[int, ...]) -> str:
    *most, last = map(str, sorted(statuses))
    return f"{', '.join(most)} or {last}" if most else last


def _definition(head: str, parameters: list[str], answer: str) -> list[str]:
    lines = layout(call(head, *parameters), INDENT, f" -> {answer}:")
    if len(lines) > 1 and len(parameters) == 1:
        lines[1] += ","
    return lines


def _room(code: Code, before: str = "", after: str = "") -> list[str]:
    """The lines of a statement, broken as its indentation in a method asks for, without that."""
    return [line[len(_BODY) :] for line in layout(code, _BODY + before, after)]


# ----- what the derived methods do


def _create(method: Call, derived: Derivation, here: _Service) -> Iterator[str]:
    yield f"row = {here.mapper(derived.entity, 'to_model')}(body)"
    yield "self.session.add(row)"
    yield f"{here.wait}self.session.flush()"
    yield from _shown_again(derived, here)


def _get(method: Call, derived: Derivation, here: _Service) -> Iterator[str]:
    model = here.model(derived.entity)
    yield from _query(derived, model, _conditions(method, derived.keys, model), here)
    yield f"row = {here.wait}self.found(query, {_noun(derived.entity)})"
    yield from _shown(derived, here)


def _update(method: Call, derived: Derivation, here: _Service) -> Iterator[str]:
    model = here.model(derived.entity)
    here.names.use("sqlalchemy", "select")
    conditions = _conditions(method, derived.keys, model)
    yield from _room(call(f"query = select({model}).where", *conditions))
    yield from _room(call(f"row = {here.wait}self.found", "query.with_for_update()", _noun(derived.entity)))
    yield f"{here.mapper(derived.entity, 'apply')}(body, row)"
    yield f"{here.wait}self.session.flush()"
    yield from _shown_again(derived, here)


def _delete(method: Call, derived: Derivation, here: _Service) -> Iterator[str]:
    model = here.model(derived.entity)
    here.names.use("sqlalchemy", "delete")
    condition = _conditions(method, derived.keys, model)
    first = derived.keys[0].field.attribute
    yield from _room(prefixed(f"statement = delete({model})", call(".where", *condition)))
    yield from _room(call(f"{here.wait}self.deleted", f"statement.returning({model}.{first})", _noun(derived.entity)))


def _list(method: Call, derived: Derivation, here: _Service) -> Iterator[str]:
    model = here.model(derived.entity)
    here.names.use("sqlalchemy", "select")
    for parent in derived.parents:
        other = here.model(parent.entity)
        condition = f"{other}.{parent.key.attribute} == {_name(method, parent.match)}"
        yield from _room(prefixed(f"parent = select({other})", call(".where", condition)))
        yield from _room(call(f"{here.wait}self.found", "parent", _noun(parent.entity)))
    given = [match for match in derived.filters if match.parameter.required]
    yield from _query(derived, model, _conditions(method, given, model), here)
    for match in derived.filters:
        if match not in given:
            name = _name(method, match)
            yield f"if {name} is not None:"
            condition = f"{model}.{match.field.attribute} == {name}"
            yield from _room(call("query.where", condition), f"{INDENT}query = ")
    order = [_order_key(f"{model}.{field.attribute}", field, descending) for field, descending in derived.order]
    yield from _room(call("query = query.order_by", *order))
    if derived.envelope is None or derived.paging is None:
        yield f"rows = {here.wait}self.session.scalars(query)"
        yield from _room(_each(derived, here, "rows"), "return ")
        return
    page, size = (_argument(method, parameter.name) for parameter in (derived.paging.page, derived.paging.size))
    yield f"rows, total = {here.wait}self.paged(query, {page}, {size})"
    values = {"page": page, "size": size, "total": "total", "pages": f"-(-total // {size})"}
    numbers = [f"{prop.attribute}={values[meaning]}" for prop, meaning in derived.paging.properties]
    function = here.mapper(derived.entity, page_function(derived.envelope, derived.entity))
    yield from _room(call(function, "rows", *numbers), "return ")


_STEPS = {CREATE: _create, GET: _get, UPDATE: _update, DELETE: _delete, LIST: _list}


def _query(derived: Derivation, model: str, conditions: list[str], here: _Service) -> Iterator[str]:
    """The rows that meet all conditions, with what is shown along with them."""
    here.names.use("sqlalchemy", "select")
    head = f"query = select({model})"
    yield from _room(call(f"{head}.where", *conditions) if conditions else head)
    loads = _loads(derived, here)
    if loads:
        yield from _room(call("query = query.options", loads))


def _loads(derived: Derivation, here: _Service) -> str:
    shape = derived.result
    if shape is None or not any(prop.relation for prop in shape.properties):
        return ""
    return f"*{here.mapper(derived.entity, loads_function(shape))}()"


def _shown(derived: Derivation, here: _Service) -> Iterator[str]:
    assert derived.result is not None
    yield from _room(call(here.mapper(derived.entity, result_function(derived.result)), "row"), "return ")


def _shown_again(derived: Derivation, here: _Service) -> Iterator[str]:
    """A new row as it is shown, after what it refers to is loaded."""
    loads = _loads(derived, here)
    if loads:
        model = here.model(derived.entity)
        here.names.use("sqlalchemy", "select")
        key = derived.entity.table.primary_key
        fields = {field.column.name: field.attribute for field in derived.entity.fields}
        conditions = [f"{model}.{fields[column]} == row.{fields[column]}" for column in (key.columns if key else ())]
        yield from _query(derived, model, conditions, here)
        yield "query = query.execution_options(populate_existing=True)"
        yield f"row = {here.wait}self.found(query, {_noun(derived.entity)})"
    yield from _shown(derived, here)


def _each(derived: Derivation, here: _Service, rows: str) -> Bracket:
    assert derived.result is not None
    function = here.mapper(derived.entity, result_function(derived.result))
    return comprehension(call(function, "row"), f"for row in {rows}")


def _conditions(method: Call, matches: tuple[Match, ...] | list[Match], model: str) -> list[str]:
    return [f"{model}.{match.field.attribute} == {_name(method, match)}" for match in matches]


def _name(method: Call, match: Match) -> str:
    return _argument(method, match.parameter.name)


def _argument(method: Call, parameter: str) -> str:
    return next(argument.name for argument in method.arguments if argument.parameter.name == parameter)


def _order_key(attribute: str, field: FieldBinding, descending: bool) -> str:
    sorted_by = f"{attribute}.desc()" if descending else attribute
    return f"{sorted_by}.nulls_last()" if field.column.nullable else sorted_by


def _noun(entity: EntityBinding) -> str:
    """What a caller is told is missing, as a literal."""
    return python_string(snake(entity.entity).replace("_", " "))
