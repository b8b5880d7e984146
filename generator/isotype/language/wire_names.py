"""What the shapes of the API are called, decided before any of them is read: so types can speak of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isotype.domain.identifiers import pascal
from isotype.domain.lazy import NamedTuple
from isotype.domain.model import PAGE, SHAPE_ENDINGS, EntityApi
from isotype.domain.places import Place
from isotype.domain.types import SCALARS, Array, ObjectType, Type
from isotype.domain.values import frozen
from isotype.language.given import Given
from isotype.language.scope import Scope
from isotype.language.wording import plural, quoted

CONTENT = "T"
"""The type that stands for the content of an envelope."""

INPUT, OUTPUT = "input", "output"


@frozen
class Problem(Exception):
    """Why a type text means nothing; `message` follows `field x has`."""

    code: str
    message: str
    suggestion: str = ""


class WireShape(NamedTuple):
    """A shape that types may name: the entity or view it shows, and which way it travels."""

    owner: str
    direction: str


class Enveloped(NamedTuple):
    """An envelope with its content: an object in the making.

    `home` is the entity, object or view in whose file it stands, '' for one of its own.
    """

    name: str
    envelope: str
    stem: str
    content: Type
    home: str
    place: Place


class _Content(NamedTuple):
    """What an envelope holds; `stem` is what the name begins with."""

    type: Type
    stem: str
    home: str = ""


_Read = Callable[[str], Type | None]


class WireNames:
    """The shapes of entities and views by name, and every envelope with a content that some type speaks of.

    `apis` has of each entity what its names are made of.
    """

    __slots__ = ("_by_name", "_scope", "apis", "made", "shapes")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.apis: dict[str, EntityApi] = {}
        self.shapes: dict[str, WireShape] = {}
        self.made: dict[tuple[str, str], Enveloped] = {}
        self._by_name: dict[str, Enveloped] = {}

    def is_envelope(self, word: str) -> bool:
        """Whether a word before a parenthesis is an envelope; `page` always is."""
        return word == "page" or self._scope.nouns.get(word) == "envelope"

    def put(self, word: str, text: str, read: _Read, place: Place, alias: str = "") -> str | None:
        """The name of the object that comes of an envelope and the text of its content, made if it is new.

        `read` resolves a type text; None when it could not. Raises Problem.
        """
        envelope = PAGE if word == "page" else word
        content = self._content(text, envelope, read)
        return None if content is None else self._made(envelope, content, place, alias).name

    def put_page(self, entity: str, place: Place) -> None:
        """The page of what a list of an entity shows."""
        api = self.apis[entity]
        self._made(PAGE, _Content(ObjectType(api.shape("list_item")), api.name, entity), place)

    def called(self, name: str) -> Enveloped | None:
        """The envelope with a content that has this name."""
        return self._by_name.get(name)

    def _made(self, envelope: str, content: _Content, place: Place, alias: str = "") -> Enveloped:
        made = self.made.get((envelope, content.stem))
        if made is None:
            name = alias or content.stem + self._ending(envelope)
            made = Enveloped(name, envelope, content.stem, content.type, content.home, place)
            self.made[envelope, content.stem] = self._by_name[name] = made
        elif made.content != content.type:
            fact = f"an envelope around {quoted(content.stem)}, but another {content.stem} is in one at {made.place}"
            raise Problem("repeated-shape", fact, "rename one of the two")
        elif alias:
            fact = f"an envelope with a content that is named {quoted(made.name)} already, at {made.place}"
            raise Problem("repeated-name", fact, "keep one of the names")
        return made

    def _ending(self, envelope: str) -> str:
        given: Given | None = self._scope.of("envelopes").words.get(envelope)
        standard = "List" if envelope == PAGE else envelope
        return standard if given is None else given.get("ending", standard)

    def _content(self, text: str, envelope: str, read: _Read) -> _Content | None:
        plain = text.strip()
        if plain.endswith("?"):
            raise Problem(
                "bad-type", f"an envelope around {quoted(plain)}, which is nullable", "let the envelope say T?"
            )
        many = plain.endswith("[]")
        one = self._one(plain.removesuffix("[]").strip(), envelope, many, read)
        return _Content(Array(one.type), plural(one.stem), one.home) if many and one is not None else one

    def _one(self, name: str, envelope: str, many: bool, read: _Read) -> _Content | None:
        if self._scope.is_broken(name):
            return None
        noun = self._scope.nouns.get(name)
        if noun == "entity" and name in self.apis:
            api = self.apis[name]
            if not api.exposed:
                raise Problem(
                    "not-exposed",
                    f"an envelope around {name}, an entity without shapes",
                    "remove expose: false from its api",
                )
            return _Content(ObjectType(api.shape(_usual(envelope, many))), api.name, name)
        of = read(name)
        if of is None:
            return None
        if name in self.shapes:
            owner = self.shapes[name].owner
            owned = self.apis.get(owner)
            usual = owned is not None and name == owned.shape(_usual(envelope, many))
            return _Content(of, owned.name if owned is not None and usual else name, owner)
        if isinstance(of, ObjectType):
            made = self.called(of.name)
            return _Content(of, of.name, made.home if made is not None else of.name)
        if noun is None and name not in SCALARS:
            raise Problem(
                "bad-type", f"an envelope around {quoted(name)}", "declare what it holds under types or objects"
            )
        return _Content(of, pascal(name))


def _usual(envelope: str, many: bool) -> str:
    """The variant of an entity that an envelope holds when it names the entity."""
    return "list_item" if many or envelope == PAGE else "response"


def name_entity(names: WireNames, name: str, given: Given) -> None:
    """Note how the shapes of an entity are called."""
    api: Given | None = given.get("api")
    if api is None:
        made = EntityApi(name)
    else:
        listed = api.get("list")
        made = EntityApi(
            name=api.get("name") or name,
            list_fields=() if listed is None or isinstance(listed, str) else tuple(listed),
            list_shape=listed if isinstance(listed, str) else "",
            exposed=api.get("expose", True),
        )
    names.apis[name] = made
    if not made.exposed:
        return
    for variant in SHAPE_ENDINGS:
        if variant == "list_item" and not made.list_fields:
            continue
        direction = INPUT if variant in ("create", "update") else OUTPUT
        names.shapes.setdefault(made.shape(variant), WireShape(name, direction))
    shapes: Given | None = api.get("shapes") if api is not None else None
    for shape in (*shapes.words, *shapes.broken) if shapes is not None else ():
        names.shapes.setdefault(shape, WireShape(name, OUTPUT))


def name_views(names: WireNames, views: Iterable[str]) -> None:
    """A view is a shape of its own name."""
    for name in views:
        names.shapes.setdefault(name, WireShape(name, OUTPUT))
