"""Two APIs: what the contract declares against what a document says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isotype.findings import IsotypeError
from isotype.service.dialects import FASTAPI
from isotype.service.differences import (
    ANSWER,
    ANSWER_BODY,
    BODY,
    DIFFERENT,
    EXTRA,
    MISSING,
    OPERATION,
    PARAMETER,
    REFUSED,
    TAKEN,
    UNKNOWN,
    UNMANAGED,
    UNUSED,
    Comparison,
    Difference,
    Path,
)
from isotype.service.document import is_json, route
from isotype.service.merging import resolved
from isotype.service.model import (
    REQUEST,
    RESPONSE,
    Answer,
    Api,
    Body,
    Constants,
    List,
    Object,
    Operation,
    Parameter,
    Reference,
    Schema,
)
from isotype.service.schemas import too_deep
from isotype.service.values import Site, Walk

ANY_OTHER = "default"
"""How unexpected answers look, which promises none."""

Calls = dict[tuple[str, str], Operation]


def compare(expected: Api, actual: Api) -> tuple[Difference, ...]:
    """What is otherwise in `actual`; what means the same, and what its dialect cannot say, is no difference."""
    return compared(expected, actual).differences


def compared(expected: Api, actual: Api) -> Comparison:
    """What differs, what the document does not say, and how many objects were compared.

    Raises `IsotypeError` for schemas that lead into one another without end.
    """
    try:
        return _compared(expected, actual)
    except RecursionError:
        raise IsotypeError(too_deep("#/components/schemas")) from None


def _compared(expected: Api, actual: Api) -> Comparison:
    walk = Walk(expected, actual)
    wanted = {(it.method, it.route): it for it in expected.operations}
    there = _located(wanted, actual)
    apart: list[Difference] = []
    for key, operation in wanted.items():
        if key in there:
            _operations(walk, operation, there[key])
        else:
            effects = (REFUSED, UNKNOWN)
            apart.append(Difference(OPERATION, (operation.name,), "", MISSING, "", "", effects, (operation.name,)))
    for key, operation in there.items():
        if key not in wanted:
            apart.append(Difference(OPERATION, (operation.name,), "", UNMANAGED, "", "", (), (operation.name,)))
    found, unsaid = walk.results()
    return Comparison((*apart, *found), unsaid, objects(expected))


def objects(api: Api) -> int:
    """How many objects an API has: operations with their parameters, bodies and answers; shapes with their
    properties; lists of values."""
    count = 0
    for operation in api.operations:
        count += 1 + len(operation.parameters) + len(operation.bodies)
        count += sum(1 + len(answer.bodies) for answer in operation.answers)
    for schema in api.schemas.values():
        for option in schema.options:
            if isinstance(option, Object):
                count += 1 + len(option.properties)
            elif isinstance(option, Constants):
                count += 1
    return count


def _located(wanted: Mapping[tuple[str, str], Operation], actual: Api) -> Calls:
    """The operations of a document by where they are called: below the base path of a server where more of them are
    found there."""

    def below(prefix: str) -> Calls:
        return {(it.method, f"{route(prefix)}{it.route}"): it for it in actual.operations}

    return max(
        (below(prefix) for prefix in ("", *actual.prefixes)), key=lambda calls: len(calls.keys() & wanted.keys())
    )


def _operations(walk: Walk, wanted: Operation, there: Operation) -> None:
    _parameters(walk, wanted, there)
    _request(walk, wanted, there)
    _answers(walk, wanted, there)


# Requests


def _parameters(walk: Walk, wanted: Operation, there: Operation) -> None:
    before = {parameter.key: parameter for parameter in wanted.parameters}
    after = {parameter.key: parameter for parameter in there.parameters}
    for key, parameter in before.items():
        path = (wanted.name, parameter.location, parameter.shown)
        if key in after:
            _parameter(walk, wanted, path, parameter, after[key])
        else:
            walk.note(wanted.name, (PARAMETER, path, "", MISSING, _presence(parameter), ""), (REFUSED,))
    for key, parameter in after.items():
        if key not in before:
            path = (wanted.name, parameter.location, parameter.shown)
            effect = REFUSED if parameter.required else TAKEN
            walk.note(wanted.name, (PARAMETER, path, "", EXTRA, "", _presence(parameter)), (effect,))


def _presence(parameter: Parameter) -> str:
    return "required" if parameter.required else "may be absent"


def _parameter(walk: Walk, operation: Operation, path: Path, wanted: Parameter, there: Parameter) -> None:
    if wanted.required != there.required:
        before, after = ("yes" if it.required else "no" for it in (wanted, there))
        effect = TAKEN if wanted.required else REFUSED
        walk.note(operation.name, (PARAMETER, path, "required", DIFFERENT, before, after), (effect,))
    if wanted.deprecated != there.deprecated:
        before, after = ("yes" if it.deprecated else "no" for it in (wanted, there))
        walk.note(operation.name, (PARAMETER, path, "deprecated", DIFFERENT, before, after), ())
    site = Site(PARAMETER, path, has_null=False)
    walk.default(operation.name, site, wanted.schema, wanted.default, there.default)
    walk.use(operation.name, REQUEST, site, wanted.schema, there.schema)
    otherwise = (wanted.style, wanted.explode) != (there.style, there.explode)
    if otherwise and (_spreads(walk, wanted) or "/" in f"{wanted.style}{there.style}"):
        before, after = (f"{it.style}{', exploded' if it.explode else ''}" for it in (wanted, there))
        walk.note(operation.name, (PARAMETER, path, "style", DIFFERENT, before, after), (REFUSED, TAKEN))


def _spreads(walk: Walk, parameter: Parameter) -> bool:
    """Whether the way in which several values are written plays a part."""
    options = resolved(parameter.schema, walk.expected.schemas)
    return any(isinstance(option, List | Object) for option, _ in options)


def _request(walk: Walk, wanted: Operation, there: Operation) -> None:
    before, after = _by_media(wanted.bodies), _by_media(there.bodies)
    for media, body in before.items():
        path = (wanted.name, media)
        other = _matching(media, after)
        if other is None:
            walk.note(wanted.name, (BODY, path, "", MISSING, media, ", ".join(after)), (REFUSED,))
            continue
        if wanted.body_required != there.body_required:
            shown = ("yes" if it.body_required else "no" for it in (wanted, there))
            effect = TAKEN if wanted.body_required else REFUSED
            walk.note(wanted.name, (BODY, path, "required", DIFFERENT, next(shown), next(shown)), (effect,))
        if body.schema is not None or is_json(media):
            walk.use(wanted.name, REQUEST, Site(BODY, path), body.schema, other.schema)
    for media in after:
        if not any(_covers(media, one) for one in before):
            effect = TAKEN if before or not there.body_required else REFUSED
            walk.note(wanted.name, (BODY, (wanted.name, media), "", EXTRA, "", media), (effect,))


def _by_media(bodies: Iterable[Body]) -> dict[str, Body]:
    return {body.media: body for body in bodies}


def _matching(media: str, bodies: Mapping[str, Body]) -> Body | None:
    """The body of a media type, or of a range of types that it is in."""
    return bodies.get(media) or next((body for named, body in bodies.items() if _covers(named, media)), None)


def _covers(named: str, media: str) -> bool:
    kind, _, rest = named.partition("/")
    return named == media or named == "*/*" or (rest == "*" and media.startswith(f"{kind}/"))


# Answers


def _answers(walk: Walk, wanted: Operation, there: Operation) -> None:
    before = {answer.status: answer for answer in wanted.answers}
    after = {answer.status: answer for answer in there.answers}
    pairs = {status: _answering(status, after) for status in before}
    answering = {answer.status for answer in pairs.values() if answer is not None}
    extra = [
        answer
        for status, answer in after.items()
        if status not in (*answering, ANY_OTHER) and not _automatic(answer, walk.actual)
    ]
    _moved(walk, wanted, pairs, extra)
    for status, answer in pairs.items():
        path = (wanted.name, status)
        if answer is None:
            effect = UNKNOWN if status.startswith("2") else UNUSED
            walk.note(wanted.name, (ANSWER, path, "", MISSING, "", ", ".join(after)), (effect,))
        else:
            _answer(walk, wanted, path, before[status], answer)
    for answer in extra:
        path = (wanted.name, answer.status)
        walk.note(wanted.name, (ANSWER, path, "", EXTRA, ", ".join(before), ""), (UNKNOWN,))


def _answering(status: str, answers: Mapping[str, Answer]) -> Answer | None:
    """The answer with a status, or with its range, or with any."""
    return answers.get(status) or answers.get(f"{status[0]}XX") or answers.get(ANY_OTHER)


def _automatic(answer: Answer, api: Api) -> bool:
    """Whether an answer is the one that FastAPI declares by itself wherever an input can be refused."""
    if api.dialect != FASTAPI or answer.status != "422" or len(answer.bodies) != 1:
        return False
    options = [option for option, _ in resolved(answer.bodies[0].schema, api.schemas)]
    return all(isinstance(one, Object) and [prop.name for prop in one.properties] == ["detail"] for one in options)


def _moved(walk: Walk, operation: Operation, pairs: dict[str, Answer | None], extra: list[Answer]) -> None:
    """The one success that is answered with another status: one difference, and what it answers is still compared."""
    gone = [status for status, answer in pairs.items() if answer is None and status.startswith("2")]
    come = [answer for answer in extra if answer.status.startswith("2")]
    if len(gone) == 1 and len(come) == 1:
        said = (OPERATION, (operation.name,), "status", DIFFERENT, gone[0], come[0].status)
        walk.note(operation.name, said, (UNKNOWN, UNUSED))
        pairs[gone[0]] = come[0]
        extra.remove(come[0])


def _answer(walk: Walk, operation: Operation, path: Path, wanted: Answer, there: Answer) -> None:
    before, after = _by_media(wanted.bodies), _by_media(there.bodies)
    for media, body in before.items():
        own = (*path, media)
        other = _matching(media, after)
        if other is None:
            walk.note(operation.name, (ANSWER_BODY, own, "", MISSING, media, ", ".join(after)), (UNKNOWN,))
        elif body.schema is not None or is_json(media):
            walk.use(operation.name, RESPONSE, Site(ANSWER_BODY, own), body.schema, other.schema)
    for media in after:
        if not any(_covers(media, one) for one in before):
            said = (ANSWER_BODY, (*path, media), "", EXTRA, ", ".join(before), media)
            walk.note(operation.name, said, (UNKNOWN,))


# What an API holds


def uses(api: Api) -> dict[str, tuple[str, ...]]:
    """The operations in which each named schema travels, by its name."""
    found: dict[str, dict[str, None]] = {}
    for operation in api.operations:
        bodies = (*operation.bodies, *(body for answer in operation.answers for body in answer.bodies))
        schemas = [*(parameter.schema for parameter in operation.parameters), *(body.schema for body in bodies)]
        for name in _reached(api, schemas):
            found.setdefault(name, {})[operation.name] = None
    return {name: tuple(names) for name, names in found.items()}


def _reached(api: Api, schemas: Iterable[Schema | None]) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [schema for schema in schemas if schema is not None]
    while waiting:
        for option in waiting.pop().options:
            match option:
                case Reference(name=name) if name not in seen:
                    seen.add(name)
                    yield name
                    waiting.append(api.schemas[name])
                case List(items=items) if items is not None:
                    waiting.append(items)
                case Object(properties=properties, further=further):
                    parts = (*(prop.schema for prop in properties), further)
                    waiting += [part for part in parts if part is not None]
                case _:
                    pass
