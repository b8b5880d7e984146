/**
 * Two types held against each other, as far down as both are made of the same kinds of parts.
 *
 * What is compared is what travels as JSON: `readonly`, methods, brands, and how a type is spelled make no
 * difference, and an enum is the values of its members. Where no part can be named any more the compiler says which
 * type is the wider.
 */

const LONGEST = 120;
/** How far types are gone into; only one that grows with every step is deeper. */
const DEEPEST = 60;
const BUILT_IN = /\/lib\.((es|dom|webworker|scripthost|decorators)[a-z0-9.]*\.)?d\.ts$/;

/** The steps of a path that are no names: into the items of an array, into the values of a map. */
const ITEMS = 0;
const VALUES = 1;

/** Everything that is compared in one program; `pairs` are `[generated, hand-written]`, each compared by itself. */
export function comparing(compiler, pairs) {
  const { checker, ts } = compiler;
  const { TypeFlags: Is, SymbolFlags, SignatureKind } = ts;
  const alone = new Set(pairs.map(([wanted, actual]) => `${wanted.id}:${actual.id}`));

  /** What differs between two types, with the place of each difference; `at` is that of the hand-written one. */
  function differences(wanted, actual, at) {
    const found = [];
    const seen = new Map();
    types(wanted, actual, { path: [], at: () => at, optional: false, seen, found, top: true });
    return found;
  }

  /** The kinds of value that a type takes. */
  function parts(
    type,
    made = { names: new Set(), literals: new Set(), arrays: [], objects: [], others: [] },
  ) {
    const { flags } = type;
    const literal = (value) => made.literals.add(JSON.stringify(value));
    if (flags & Is.Any) made.names.add(type.intrinsicName === "any" ? "any" : "unresolved");
    else if (flags & Is.Unknown) made.names.add("any");
    else if (flags & (Is.Undefined | Is.Void)) made.names.add("undefined");
    else if (flags & Is.Null) made.names.add("null");
    else if (flags & Is.Never) return made;
    else if (flags & Is.Boolean) made.names.add("boolean");
    else if (flags & Is.String) made.names.add("string");
    else if (flags & Is.Number) made.names.add("number");
    else if (flags & (Is.StringLiteral | Is.NumberLiteral)) literal(type.value);
    else if (flags & Is.BooleanLiteral) literal(compiler.boolean(type));
    else if (flags & Is.Union) for (const member of compiler.members(type)) parts(member, made);
    else if (flags & Is.Intersection) intersection(type, made);
    else if (flags & Is.Object) object(type, made);
    else made.others.push(type);
    if (made.literals.has("true") && made.literals.has("false")) made.names.add("boolean");
    for (const it of made.literals)
      if (made.names.has(typeof JSON.parse(it))) made.literals.delete(it);
    return made;
  }

  /** A primitive with a brand is that primitive; anything else is an object with all properties. */
  function intersection(type, made) {
    const plain = compiler
      .members(type)
      .find((member) => !(member.flags & (Is.Object | Is.Union | Is.Intersection)));
    if (plain === undefined) made.objects.push(type);
    else if (plain.flags & (Is.String | Is.Number | Is.StringLiteral | Is.NumberLiteral))
      parts(plain, made);
    else made.others.push(type);
  }

  function object(type, made) {
    if (checker.isArrayType(type)) made.arrays.push(type);
    else if (checker.isTupleType(type) || isCalled(type) || isBuiltIn(type)) made.others.push(type);
    else made.objects.push(type);
  }

  function isCalled(type) {
    return [SignatureKind.Call, SignatureKind.Construct].some(
      (kind) => checker.getSignaturesOfType(type, kind).length,
    );
  }

  /** Whether a type is one of the language's own, such as `Date`, which no JSON holds. */
  function isBuiltIn(type) {
    const symbol = compiler.symbolOf(type);
    if (!symbol || !(symbol.flags & (SymbolFlags.Interface | SymbolFlags.Class))) return false;
    const [declaration] = compiler.declarations(symbol);
    return BUILT_IN.test(declaration?.getSourceFile().fileName ?? "");
  }

  function types(wanted, actual, here) {
    if (wanted.id === actual.id) return undefined;
    const [left, right] = [parts(wanted), parts(actual)];
    if (here.optional) for (const side of [left, right]) side.names.delete("undefined");
    const says = (attribute, more = {}) =>
      here.found.push({
        way: "different",
        attribute,
        path: here.path,
        at: here.at(),
        expected: spelled(wanted),
        actual: spelled(actual),
        ...more,
      });
    if (right.names.has("unresolved") || left.names.has("unresolved")) return says("unresolved");
    if (left.names.has("any") && right.names.has("any")) return undefined;
    if (left.names.has("any") || right.names.has("any")) {
      return says("type", { relation: right.names.has("any") ? "wider" : "narrower" });
    }
    for (const [name, attribute] of [
      ["null", "nullable"],
      ["undefined", "undefined"],
    ]) {
      if (left.names.has(name) !== right.names.has(name))
        says(attribute, { relation: right.names.has(name) ? "wider" : "narrower" });
      left.names.delete(name);
      right.names.delete(name);
    }
    if (isListing(left) && isListing(right)) {
      const missing = [...left.literals].filter((it) => !right.literals.has(it)).sort();
      const extra = [...right.literals].filter((it) => !left.literals.has(it)).sort();
      return missing.length || extra.length ? says("values", { missing, extra }) : undefined;
    }
    if (isPaired(left, right, here)) return undefined;
    const said = relation(wanted, actual);
    // Of objects the compiler takes more for the same than JSON does: those without a property that may be left out.
    if (said === "same" && !left.objects.length && !right.objects.length) return undefined;
    return says("type", { relation: said });
  }

  /** Whether values are listed one by one, and nothing else is taken. */
  function isListing(side) {
    return (
      side.literals.size &&
      !side.names.size &&
      !side.arrays.length &&
      !side.objects.length &&
      !side.others.length
    );
  }

  /** Hold part against part, each difference where it is; false when they are not of the same kinds. */
  function isPaired(left, right, here) {
    const same = (one, other) => one.size === other.size && [...one].every((it) => other.has(it));
    if (!same(left.names, right.names) || !same(left.literals, right.literals)) return false;
    if (left.arrays.length !== right.arrays.length || left.objects.length !== right.objects.length)
      return false;
    if (left.others.length !== right.others.length) return false;
    const isLike = (it, other) => relation(it, other) === "same";
    return (
      isMatched(left.others, right.others, isLike) &&
      among(left.arrays, right.arrays, items, here) &&
      among(left.objects, right.objects, objects, here)
    );
  }

  /** Whether each of both sides has its like on the other. */
  function isMatched(left, right, isLike) {
    return (
      left.every((it) => right.some((other) => isLike(it, other))) &&
      right.every((it) => left.some((other) => isLike(other, it)))
    );
  }

  /** One against one is gone into; of several each must have its like. */
  function among(left, right, compare, here) {
    if (left.length < 2) return !left.length || compare(left[0], right[0], here) !== false;
    return isMatched(left, right, (one, other) => {
      const found = [];
      const inside = { ...here, found, seen: new Map(here.seen), top: false, trial: true };
      return compare(one, other, inside) !== false && !found.length;
    });
  }

  function items(wanted, actual, here) {
    const [item] = compiler.typeArguments(wanted);
    const [other] = compiler.typeArguments(actual);
    const inside = { ...here, path: [...here.path, ITEMS], optional: false, top: false };
    once(wanted, actual, inside, false, () => types(item, other, inside));
  }

  /**
   * Compare two types unless just that is being done further up, where they contain themselves. What has been done is
   * not repeated where its differences stand in lines of their own (`lasting`), the same ones wherever it is used.
   */
  function once(wanted, actual, { seen, path, found, trial }, lasting, compare) {
    const key = `${wanted.id}:${actual.id}`;
    if (wanted.id === actual.id || path.length > DEEPEST) return undefined;
    if (seen.has(key)) {
      if (trial && seen.get(key) === "different") found.push({});
      return undefined;
    }
    seen.set(key, "open");
    const before = found.length;
    const result = compare();
    if (!lasting || result === false) seen.delete(key);
    else seen.set(key, found.length > before ? "different" : "same");
    return result;
  }

  function objects(wanted, actual, here) {
    if (!here.top && alone.has(`${wanted.id}:${actual.id}`)) return undefined;
    const [left, right] = [data(wanted), data(actual)];
    return once(wanted, actual, here, right.size > 0, () =>
      contents(wanted, actual, left, right, here),
    );
  }

  /** What two objects hold, property by property; false when they are not of one kind. */
  function contents(wanted, actual, left, right, here) {
    const [leftIndex, rightIndex] = [indexed(wanted), indexed(actual)];
    if (!here.top && left.size && !right.size) return false;
    if (leftIndex && !rightIndex) return false;
    for (const [name, property] of left) {
      const inside = { ...here, path: [...here.path, name], top: false };
      const other = right.get(name);
      if (other === undefined) lacking(property, inside);
      else properties(property, other, inside);
    }
    for (const [name, property] of right) {
      if (left.has(name) || isMethod(property.type)) continue;
      const at = (placed(property.symbol) ?? here.at)();
      here.found.push({ way: "extra", path: [...here.path, name], at, actual: line(property) });
    }
    if (leftIndex && rightIndex) {
      types(leftIndex, rightIndex, {
        ...here,
        path: [...here.path, VALUES],
        optional: false,
        top: false,
      });
    } else if (rightIndex) {
      const actual = spelled(rightIndex);
      here.found.push({ way: "extra", path: [...here.path, VALUES], at: here.at(), actual });
    }
    return undefined;
  }

  function lacking(property, { path, at, found }) {
    const expected = line(property);
    found.push({ way: "missing", path, at: at(), expected, repair: `${expected};` });
  }

  function properties(property, other, here) {
    const at = placed(other.symbol) ?? here.at;
    const found = [];
    if (property.optional !== other.optional) {
      found.push({
        way: "different",
        attribute: "optional",
        path: here.path,
        at: at(),
        expected: line(property),
        actual: line(other),
        relation: other.optional ? "wider" : "narrower",
      });
    }
    const optional = property.optional || other.optional;
    types(property.type, other.type, { ...here, at, optional, found });
    for (const it of found) {
      // What stands deeper, in a property of its own, is repaired there.
      const isOwn = it.path.slice(here.path.length).every((step) => typeof step === "number");
      here.found.push(isOwn ? { ...it, repair: `${line(property)};` } : it);
    }
  }

  /** The properties that can be reached from outside, by name. */
  function data(type) {
    // Symbols and `#private` names begin like this.
    const isHidden = ({ name, flags }) => flags & SymbolFlags.Method || /^(__)?[@#]/.test(name);
    const symbols = checker.getPropertiesOfType(type).filter((symbol) => !isHidden(symbol));
    const found = new Map();
    for (const [index, of] of compiler.typesOf(symbols).entries()) {
      const symbol = symbols[index];
      if (!compiler.declarations(symbol).every((it) => compiler.accessible(it))) continue;
      const optional = Boolean(symbol.flags & SymbolFlags.Optional);
      found.set(symbol.name, { name: symbol.name, symbol, type: of, optional });
    }
    return found;
  }

  function isMethod(type) {
    const kinds = parts(type);
    return kinds.others.length && kinds.others.every(isCalled) && !kinds.literals.size;
  }

  /** What any further property holds; undefined where there is none, as in `Record<string, never>`. */
  function indexed(type) {
    const [first] = checker.getIndexInfosOfType(type);
    const value = first && (first.type ?? first.valueType);
    return value && !(value.flags & Is.Never) ? value : undefined;
  }

  /** A function that gives the place of the declaration a person has written; undefined when there is none. */
  function placed(symbol) {
    for (const declaration of compiler.declarations(symbol)) {
      const file = declaration.getSourceFile();
      if (file.fileName.includes("/node_modules/") || BUILT_IN.test(file.fileName)) continue;
      return () => placeIn(file, (declaration.name ?? declaration).getStart(file));
    }
    return undefined;
  }

  /** What the compiler says of the values of two types, null and undefined aside. */
  function relation(wanted, actual) {
    const [left, right] = [checker.getNonNullableType(wanted), checker.getNonNullableType(actual)];
    const [fits, holds] = [
      checker.isTypeAssignableTo(left, right),
      checker.isTypeAssignableTo(right, left),
    ];
    if (fits && holds) return "same";
    return fits ? "wider" : holds ? "narrower" : "other";
  }

  /** A property as an interface writes it. */
  function line({ name, type, optional }, depth = 0) {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${key}${optional ? "?" : ""}: ${spelled(type, optional, depth)}`;
  }

  /** A type in words of TypeScript: listed values and small objects written out, others by name. */
  function spelled(type, optional = false, depth = 0) {
    const kinds = parts(type);
    if (optional) kinds.names.delete("undefined");
    const isNested = kinds.arrays.length || kinds.objects.length;
    const isMixed =
      kinds.names.size + kinds.literals.size + kinds.arrays.length + kinds.objects.length > 1;
    const isOpaque = kinds.names.has("any") || kinds.names.has("unresolved");
    if (isOpaque || (isNested && (depth > 2 || (isMixed && compiler.alias(type)))))
      return named(type);
    const item = (it) => {
      const text = spelled(compiler.typeArguments(it)[0], false, depth + 1);
      return `${/[|&]/.test(text) && !/^\{.*\}$/.test(text) ? `(${text})` : text}[]`;
    };
    const written = [
      ...[...kinds.literals].sort(),
      ...[...kinds.names].filter((it) => it !== "null" && it !== "undefined"),
      ...kinds.arrays.map(item),
      ...kinds.objects.map((it) => inline(it, depth)),
      ...kinds.others.map(named),
      ...["null", "undefined"].filter((it) => kinds.names.has(it)),
    ];
    return written.join(" | ") || "never";
  }

  function named(type) {
    return checker.typeToString(
      type,
      undefined,
      ts.TypeFormatFlags?.NoTruncation ?? ts.NodeBuilderFlags.NoTruncation,
    );
  }

  function inline(type, depth) {
    const name = named(type);
    const index = indexed(type);
    const properties = data(type);
    if (index && !properties.size) {
      return depth < 3 ? `{ [key: string]: ${spelled(index, false, depth + 1)} }` : name;
    }
    if (depth > 1 || !properties.size) return name;
    const text = `{ ${[...properties.values()].map((it) => line(it, depth + 1)).join("; ")} }`;
    return text.length <= LONGEST ? text : name;
  }

  return differences;
}

const lines = new Map();

/** Line and column of an offset, both from 1, the column in code points. */
export function placeIn({ fileName, text }, offset) {
  if (!lines.has(fileName)) {
    lines.set(fileName, [
      0,
      ...[...text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)].map((it) => it.index + it[0].length),
    ]);
  }
  const starts = lines.get(fileName);
  let [line, end] = [0, starts.length];
  while (end - line > 1) {
    const middle = (line + end) >> 1;
    if (starts[middle] <= offset) line = middle;
    else end = middle;
  }
  const column = Array.from(text.slice(starts[line], offset)).length + 1;
  return { file: fileName, line: line + 1, column };
}
