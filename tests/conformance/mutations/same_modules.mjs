// Whether two support modules do the same: `rulesAlike` for the rules, `schemasAlike` for the validators.
// Every function is asked about all verdicts, and about values on the two sides of everything that the module tells
// apart; of two or three operands about each with each.

const product = (...pools) =>
  pools.reduce((found, pool) => found.flatMap((some) => pool.map((one) => [...some, one])), [[]]);

const told = (compute) => {
  try {
    const found = compute();
    if (typeof found === "symbol") return "OVERFLOW";
    if (Array.isArray(found)) return found.map((one) => told(() => one)).join();
    // Minus nothing is nothing.
    return `${typeof found} ${String(found === 0 ? 0 : found)}`;
  } catch {
    return "none";
  }
};

// Rules

const INTEGERS = [0n, 1n, -1n, 7n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n];
const NUMBERS = [0, 1, -1, 0.5, -0.5, 7.5, 2 ** 31, -0.1, 1e300];
const TEXTS = ["", "a", "aa", "ab", "b", "zz", "\ud7ff", "\ue000", "\uffee", "🦉", "🦊", "\u{10000}", "\u{10ffff}", "xzz"];
TEXTS.push("\u{103fe}", "\u{103ff}", "a🦉", "a\uffee", "aé", "ae\u0301", "🦉b", "🦉a");
const FLAGS = [true, false];
const KINDS = [INTEGERS, NUMBERS, TEXTS, FLAGS];

const operands = (rules) => {
  const nothing = [null, undefined, rules.OVERFLOW];
  const verdicts = [true, false, ...nothing];
  const values = [...KINDS.flat(), ...nothing];
  const pairs = KINDS.flatMap((kind) => product([...kind, ...nothing], [...kind, ...nothing]));
  const some = (kind) => [...kind.slice(0, 5), ...nothing];
  const triples = KINDS.flatMap((kind) => product(some(kind), some(kind), some(kind)));
  const parts = [0, 1, 2, 3, 4].flatMap((count) => product(...Array(count).fill(verdicts)));
  const lists = (kind) => [[], ...kind.map((one) => [one]), ...product(kind, kind), [null, kind[0]], ...nothing];
  const quantified = KINDS.flatMap((kind) =>
    product([rules.eq, rules.ne, rules.lt, rules.ge], some(kind), lists(kind.slice(0, 4))),
  );
  const exact = [...INTEGERS, ...nothing];
  const all = (list) => [...list, ...nothing].map((one) => [one]);
  return { nothing, verdicts, values, pairs, triples, parts, quantified, exact, all };
};

const calls = (rules, texts) => {
  const { nothing, verdicts, values, pairs, triples, parts, quantified, exact, all } = operands(rules);
  const numbers = [0, 7, -7, 1.5, -0.001, 1e-7, 1.5e-7, -1e-9, 1.234e-9, 123456789012345, 2 ** 53 - 1, 0.1, 1e-12];
  const digits = ["0", "-0", "-0.0", "7", "-7", "1.5", "1.50", "-0.001", "123456789.123456789", "9".repeat(38)];
  const times = texts.time;
  return {
    ...Object.fromEntries(["refuses", "not", "isTrue", "isFalse"].map((name) => [name, all(verdicts)])),
    ...Object.fromEntries(["isNull", "isNotNull"].map((name) => [name, all(values)])),
    ...Object.fromEntries(["and", "or"].map((name) => [name, parts])),
    ...Object.fromEntries(["eq", "ne", "lt", "le", "gt", "ge"].map((name) => [name, pairs])),
    between: triples,
    isIn: [...triples, ...pairs],
    anyOf: quantified,
    allOf: quantified,
    matches: product([...TEXTS, ...nothing], [/^a/u, /z$/u, /[a-m]/u]),
    length: all(TEXTS),
    cardinality: all([[], [1], [null, 1]]),
    ...Object.fromEntries(["add", "subtract", "multiply"].map((name) => [name, product(exact, exact)])),
    ...Object.fromEntries(["negate", "absolute"].map((name) => [name, all([...INTEGERS, ...NUMBERS])])),
    bounded: all(INTEGERS),
    coalesce: [...parts.slice(1), ...triples],
    choose: product(verdicts, ["x", ...nothing], ["y", ...nothing]),
    integer: all(["0", "-1", "9223372036854775807", "-9223372036854775808", 0, -0, 7, -7, 2 ** 53 - 1]),
    decimal: [9, 12, 18].flatMap((scale) => all([...digits, ...numbers.filter((one) => scale > 9 || Math.abs(one) > 1e-8 || one === -1e-9 || !one)]).map(([one]) => [one, scale])),
    uuid: all(texts.uuid),
    instant: all(texts.timestamp),
    local: all(texts.local_timestamp),
    clock: all(times),
  };
};

/** `texts` has the texts of each form that a schema takes, by its name. */
export const rulesAlike = (whole, broken, texts) => {
  const [one, other] = [calls(whole, texts), calls(broken, texts)];
  const functions = Object.keys(one).every((name) =>
    one[name].every(
      (given, at) => told(() => whole[name](...given)) === told(() => broken[name](...other[name][at])),
    ),
  );
  const read = (rules) =>
    [[], ["1", "-20", null], ["1"], null, undefined, rules.OVERFLOW].map((list) =>
      told(() => rules.items(list, rules.decimalOf(2))),
    );
  return functions && read(whole).join(";") === read(broken).join(";");
};

// Validators

const NESTED = (depth, core) => "[".repeat(depth) + core + "]".repeat(depth);
const ODD = [
  ...["null", "true", "0", "-0", "1", "1.5", '""', '"a"', "[]", "{}", "[null]", '{"a":1}', '{"a":null}', "1e400"],
  ...['"\\u0000"', '"\\ud83e"', '"\\udd89"', '"\\ud83e\\udd89"', '"a\\ud83e\\udd89b"', '"\\udd89\\ud83e"', '"\\ud7ff"'],
  ...['"\\ue000"', '"\\udbff\\udfff"', '"\\ud800\\udc00"', '"\\ud83ea"', '"\\ud83e\\ue000"', '"\\udc00"', '"\\udfff"'],
  ...['"\\ud800\\u0000"', '"\\ud83e\\ud83e\\udd89"', '"\\udc00\\udc00"', '"\\udfff\\udfff"', '"\\udd89\\udd89"', '{"\\u0000":1}', '{"\\ud83e":1}', '{"__proto__":1}', '[1e400]'],
  ...['{"a":1,"b":2}', '{"a":1,"b":2,"c":3}', '{"a":[1]}', '{"a":"x"}', '{"0":1}', '[["a"]]', '"ab"', '"abc"', '"abcd"'],
  ...[62, 63, 64, 65].flatMap((depth) => [NESTED(depth, ""), NESTED(depth, "1"), `{"a":${NESTED(depth, "1")}}`]),
].map((text) => JSON.parse(text));
const COUNTS = [
  ...[0, 1, -1, 10, -10, 9.99, 0.5, -0.5, 1.5, 7, 2 ** 15 - 1, 2 ** 15, -(2 ** 15), -(2 ** 15) - 1, 2 ** 31 - 1, 2 ** 31],
  ...[-(2 ** 31), -(2 ** 31) - 1, 2 ** 53 - 1, 2 ** 53, 1 - 2 ** 53, -(2 ** 53), 1e300, 5e-324, 99.99, 99.5, 99.49, 0.01],
  ...[0.001, 0.005, 0.1, 0.30000000000000004, 999.99, 1000, 999999999999999, 1e15, -999999999999999, -1e15, 12.345],
];

const schemas = (support, z, texts) => {
  const constants = { timestamp: "timestamp", localTimestamp: "local_timestamp", date: "date", time: "time" };
  Object.assign(constants, { duration: "duration", uuidText: "uuid", bytes: "bytes", inet: "inet" });
  const forms = Object.entries(constants).map(([name, base]) => [support[name], texts[base]]);
  const listed = (name, item, pool) => {
    const pairs = product(pool, pool);
    const few = pool.slice(0, 4);
    const several = [...product(few, few, few), few];
    const key = support[name];
    return [
      [support.list(item, { unique: true }, key), [...pairs, ...several]],
      [support.list(item, { sorted: true }, key), [...pairs, ...several]],
      [support.list(item, { unique: true, sorted: true, min: 1, max: 3 }, key), [[], ...pairs, ...several]],
    ];
  };
  const plain = z.string();
  const digits = ["0", "0.0", "-0", "1", "1.0", "-1.5", "12.25", "7", "10", "70", "-7", "9007199254740993", "9007199254740992"];
  return [
    ...forms,
    [support.email(), texts.email],
    [support.url(), texts.url],
    ...["email", "url"].map((name) => [support[name]({ min: 6, max: 20, patterns: [/a/u] }), texts[name]]),
    [support.list(support.bigint(), { sorted: true }, support.bigintKey), [["1", "2"], ["2", "1"], ["null"], ["1", "x"]]],
    [support.text(), ODD],
    [support.text({ min: 2, max: 3, patterns: [/^[a-z🦉]/u, /[^z]$/u] }), [...ODD, ...TEXTS, "zz", "ab", "a🦉🦉", "a🦉🦉🦉"]],
    [support.bigint(), texts.bigint],
    [support.bigint({ min: "-7", max: "10" }), texts.bigint],
    ...["int", "smallint", "safeInteger"].flatMap((name) => [
      [support[name](), [...ODD, ...COUNTS]],
      [support[name]({ min: 1, max: 10 }), COUNTS],
    ]),
    ...[[6, 3], [3, 3], [5, 0, { above: "-10", below: "10" }], [30, 10, { min: "0.001", max: "12.5" }], [30, 10, { below: "1" }]].map(
      (given) => [support.decimalText(...given), texts.decimal],
    ),
    ...[[5, 2], [5, 2, { min: 0.01, below: 99.5 }], [15, 0, { above: -1, max: 1e12 }]].map((given) => [
      support.decimalNumber(...given),
      [...ODD, ...COUNTS],
    ]),
    ...[{}, { min: 0.1, below: 99.5 }, { above: 0.1, max: 99.5 }].map((given) => [support.float(given), [...ODD, ...COUNTS]]),
    [support.json, ODD],
    // A property that is absent is undefined to what judges its value.
    ...[support.json, support.mapping(support.int())].map((of) => [z.strictObject({ a: of }), ODD]),
    [support.mapping(support.int()), ODD],
    [support.mapping(support.int(), 2), ODD],
    [support.mapping(z.object({ a: support.int() })), ['{"k":{"a":1,"b":2}}', '{"k":{"a":"x"}}'].map((one) => JSON.parse(one))],
    [z.strictObject({ a: support.int() }, support.refusing({ b: "is read-only" })), ODD],
    [z.object({ a: support.int() }).superRefine((value, context) => support.refuse(context, ["a"], value.a > 0, "no")), [...ODD, { a: 0 }]],
    [support.including(z.strictObject({ a: z.int(), b: z.int() }), z.strictObject({ a: support.int({ min: 2 }) })), [...ODD, { a: 2, b: 1 }]],
    [support.list(z.int(), { min: 2, max: 3 }), [[], [1], [1, 1], [2, 1, 0], [1, 2, 3, 4]]],
    ...listed("textKey", plain, TEXTS),
    ...listed("bigintKey", plain, digits.filter((one) => /^-?[1-9]\d*$|^0$/u.test(one))),
    ...listed("uuidKey", plain, texts.pairs.uuid),
    ...listed("timestampKey", plain, texts.pairs.timestamp),
    ...listed("timeKey", plain, texts.pairs.time),
    ...listed("durationKey", plain, texts.pairs.duration),
    ...listed("inetKey", plain, texts.pairs.inet),
    ...[2].flatMap((scale) => listed("decimal", plain, digits).map(([, pool]) => [
      support.list(plain, { unique: true, sorted: true }, support.decimalKey(scale)),
      pool,
    ])),
  ];
};

const judged = (schema, value) =>
  told(() => {
    const { success, data, error } = schema.safeParse(value);
    // What it says is made when it is asked for.
    return success ? JSON.stringify(data) : `refused ${error.issues.length > 0}`;
  });

const known = new WeakMap();

/** What a whole module answers about everything, computed once. */
const answers = (whole, z, texts) => {
  if (!known.has(whole)) {
    known.set(whole, schemas(whole, z, texts).map(([schema, values]) => values.map((value) => judged(schema, value))));
  }
  return known.get(whole);
};

/** `texts` has texts of each form and beside it by its name, and under `pairs` those that lists are made of. */
export const schemasAlike = (whole, broken, z, texts) => {
  const expected = answers(whole, z, texts);
  let other;
  try {
    other = schemas(broken, z, texts);
  } catch {
    return false;
  }
  return other.every(([schema, values], at) =>
    values.every((value, place) => judged(schema, value) === expected[at][place]),
  );
};
