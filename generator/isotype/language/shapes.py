"""Results of an entity that have names of their own: what each shows of a row and of the rows related to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from isotype.domain.lazy import NamedTuple
from isotype.domain.model import INTERNAL, WRITE, Entity, EntityShape, Field, Relation
from isotype.domain.places import Place
from isotype.domain.values import replace
from isotype.language.context import Context
from isotype.language.fields import known_fields, plain_fields
from isotype.language.given import Given
from isotype.language.wire import check_wire_names
from isotype.language.wire_names import OUTPUT, WireNames
from isotype.language.wording import quoted, with_article


class _Link(NamedTuple):
    """Where a relationship leads."""

    entity: str
    many: bool
    nullable: bool


def with_shapes(context: Context, wire: WireNames, entities: Mapping[str, Entity]) -> dict[str, Entity]:
    """The entities with their shapes, which may show rows of one another."""
    links = _links(entities.values())
    made: dict[str, Entity] = {}
    for name, entity in entities.items():
        api: Given | None = context.entities[name].given.get("api")
        shapes: Given | None = api.get("shapes") if api is not None else None
        if api is None or shapes is None:
            made[name] = entity
            continue
        if not entity.api.exposed:
            message = f"{name} has no shapes, since it is not exposed"
            context.scope.report("not-exposed", message, api, "shapes", "remove expose: false, or the shapes")
        reader = _Reader(context, wire, entity, links.get(name, {}))
        read = tuple(reader.shape(shape, shapes, given) for shape, given in shapes.words.items())
        made[name] = replace(entity, api=replace(entity.api, shapes=read))
    return made


def _links(entities: Iterable[Entity]) -> dict[str, dict[str, _Link]]:
    """The relationships of every entity by name, those it refers by and those it is referred to by."""
    links: dict[str, dict[str, _Link]] = {}
    for entity in entities:
        for reference in entity.references:
            nullable = any(entity.field(name).nullable for name in reference.fields)
            own = links.setdefault(entity.name, {})
            own.setdefault(reference.name, _Link(reference.entity, False, nullable))
            if reference.back:
                others = links.setdefault(reference.entity, {})
                others.setdefault(reference.back, _Link(entity.name, True, False))
    return links


class _Reader(NamedTuple):
    """Reads the shapes of one entity."""

    context: Context
    wire: WireNames
    entity: Entity
    links: Mapping[str, _Link]

    def shape(self, name: str, owner: Given, given: Given) -> EntityShape:
        """One shape."""
        if (noun := self.context.scope.nouns.get(name)) is not None:
            message = f"a shape of {self.entity.name} is named {quoted(name)}, as is {with_article(noun)} of the schema"
            self.context.scope.report_at(
                "repeated-shape", message, owner.key_place(name), owner.path_of(name), "rename it"
            )
        added = plain_fields(self.context, given.get("add"), "added property")
        fields = self._shown(name, given)
        relations = tuple(self._relations(name, given))
        self._check_names(name, given, fields, relations, added)
        return EntityShape(name, fields, relations, added, given.text("description"), owner.key_place(name))

    def _shown(self, name: str, given: Given) -> tuple[str, ...]:
        shown = tuple(field.name for field in self.entity.fields if field.access not in (WRITE, INTERNAL))
        if "fields" not in given:
            return shown
        scope, outline = self.context.scope, self.context.entities[self.entity.name]
        listed: list[str] = given.words["fields"]
        for index, field in enumerate(listed):
            if outline.knows(field) and field not in shown and field not in outline.broken:
                access = next((one.access for one in self.entity.fields if one.name == field), "")
                if access:
                    message = f"the shape {name} shows {quoted(field)}, which is {access}"
                    place, path = given.item_place("fields", index), given.path_of("fields")
                    scope.report_at("hidden-field", message, place, path, "remove it")
        return known_fields(scope, given, "fields", listed, outline, f"the shape {name}")

    def _relations(self, name: str, given: Given) -> Iterator[Relation]:
        listed: list[str] | Given | None = given.get("with")
        if listed is None:
            return
        scope = self.context.scope
        if isinstance(listed, Given):
            for relation, words in listed.words.items():
                link = self._link(name, relation, listed.key_place(relation), listed.path)
                if link is not None and "shape" in words:
                    yield from self._relation(relation, link, words)
            return
        for index, relation in enumerate(listed):
            place, path = given.item_place("with", index), given.path_of("with")
            if relation in listed[:index]:
                scope.report_at("repeated-name", f"the shape {name} shows {relation} twice", place, path, "remove one")
                continue
            link = self._link(name, relation, place, path)
            if link is not None and self._is_exposed(link.entity, place, path):
                shape = self.wire.apis[link.entity].shape("response")
                yield Relation(relation, link.entity, shape, link.many, link.nullable, place=place)

    def _link(self, name: str, relation: str, place: Place, path: str) -> _Link | None:
        link = self.links.get(relation)
        if link is None:
            subject = f"the shape {name} of {self.entity.name}"
            self.context.scope.unknown("relationship", relation, self.links, place, path, subject)
        return link

    def _is_exposed(self, entity: str, place: Place, path: str) -> bool:
        if self.wire.apis[entity].exposed:
            return True
        message = f"entity {entity} has no shapes, so none can show it"
        self.context.scope.report_at("not-exposed", message, place, path, "remove expose: false from its api")
        return False

    def _relation(self, relation: str, link: _Link, given: Given) -> Iterator[Relation]:
        scope = self.context.scope
        named: str = given.words["shape"]
        place, path = given.place("shape"), given.path_of("shape")
        if not self._is_exposed(link.entity, place, path):
            return
        api = self.wire.apis[link.entity]
        shape = api.shape("response") if named == link.entity else named
        known = self.wire.shapes.get(shape)
        if known is None or known.owner != link.entity or known.direction != OUTPUT:
            if scope.is_broken(named):
                return
            options = [name for name, one in self.wire.shapes.items() if one == (link.entity, OUTPUT)]
            if known is not None or named in scope.nouns:
                message = f"{relation} leads to {link.entity}, of which {quoted(named)} is no result"
                scope.report_at("unknown-shape", message, place, path, f"possible are {', '.join(options[:8])}")
            else:
                scope.unknown("shape", named, [link.entity, *options], place, path, f"the relationship {relation}")
            return
        wire, described = given.get("api", ""), given.text("description")
        yield Relation(relation, link.entity, shape, link.many, link.nullable, wire, described, given.place())

    def _check_names(
        self,
        name: str,
        given: Given,
        fields: tuple[str, ...],
        relations: tuple[Relation, ...],
        added: tuple[Field, ...],
    ) -> None:
        """No two properties of a shape have one name, nested groups aside, whose names were checked already."""
        grouped = {member for group in self.entity.api.groups for member in group.fields()}
        groups = [group for group in self.entity.api.groups if not set(fields).isdisjoint(group.fields())]
        own = [field for field in self.entity.fields if field.name in fields and field.name not in grouped]
        names = [(field.wire or self.context.wire(field.name), field.place) for field in (*own, *added)]
        names += [(group.name, group.place) for group in groups]
        names += [(one.wire or self.context.wire(one.name), one.place) for one in relations]
        check_wire_names(self.context.scope, names, f"the shape {name}", given.path)
