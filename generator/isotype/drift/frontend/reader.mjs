/**
 * Reads a question from standard input and writes the answer: which types of which files are the generated ones.
 *
 * The question: `{ compiler, configuration, generated, names, files: [{ path, whole, named: { Name: Generated } }] }`;
 * `compiler` is the folder of TypeScript, `generated` the file that exports what was made from the schema, under `names`.
 * The answer: `{ files: [{ path, errors, compared, unmatched, generic, unknown, available }] }`, or `{ failure }`.
 */

import { readFileSync } from "node:fs";
import { comparing, placeIn } from "./comparison.mjs";
import { opened } from "./compiler.mjs";

/** The codes by which the compiler says that a name or a module cannot be found. */
const UNRESOLVED = new Set([2304, 2305, 2306, 2307, 2503, 2552, 2613, 2614, 2694, 2724, 7016]);

async function answer(question) {
  const paths = question.files.map((file) => file.path);
  const compiler = await opened(question.compiler, question.configuration, [
    ...paths,
    question.generated,
  ]);
  try {
    const generated = types(compiler, question.generated);
    const names = new Set(question.names);
    const files = question.files.map((file) => found(compiler, file, names, generated));
    const pairs = files.flatMap((file) => file.pairs.map((it) => [it.wanted, it.actual]));
    const differences = comparing(compiler, pairs);
    return { files: files.map((file) => judged(compiler, file, differences)) };
  } finally {
    compiler.close();
  }
}

/** The types of a file that have a generated one to be held against, and what else is to be said about it. */
function found(compiler, { path, whole, named }, names, generated) {
  const errors = compiler.diagnostics(path, false).map((it) => error(compiler, it));
  if (errors.length)
    return { path, errors, pairs: [], unmatched: [], generic: [], unknown: [], available: [] };
  const own = types(compiler, path);
  const [pairs, unmatched, generic, unknown] = [[], [], [], []];
  const wanted = new Map(Object.entries(named));
  if (whole) {
    for (const name of own.keys()) if (!wanted.has(name) && names.has(name)) wanted.set(name, name);
    for (const [name, { exported }] of own) if (exported && !wanted.has(name)) unmatched.push(name);
  }
  for (const [name, expected] of wanted) {
    const type = own.get(name);
    if (type === undefined) unknown.push(name);
    else if (type.generic) generic.push(name);
    else
      pairs.push({
        name,
        expected,
        at: type.at,
        wanted: generated.get(expected).type,
        actual: type.type,
      });
  }
  return { path, errors, pairs, unmatched, generic, unknown, available: [...own.keys()] };
}

function judged(compiler, { pairs, ...file }, differences) {
  const compared = pairs.map(({ name, expected, at, wanted, actual }) => ({
    name,
    expected,
    at,
    differences: differences(wanted, actual, at),
  }));
  const unresolved = compared.some((it) =>
    it.differences.some((one) => one.attribute === "unresolved"),
  );
  const said = unresolved ? compiler.diagnostics(file.path, true) : [];
  const errors = said.filter((it) => UNRESOLVED.has(it.code)).map((it) => error(compiler, it));
  return { ...file, errors: [...file.errors, ...errors], compared };
}

/** The types that stand at the top of a file or are exported by it, by name. */
function types(compiler, path) {
  const { checker, ts } = compiler;
  const file = compiler.file(path);
  const made = new Map();
  const add = (name, symbol, exported, written) => {
    if (!(symbol.flags & ts.SymbolFlags.Type)) return;
    const declarations = compiler.declarations(symbol);
    const own = [...compiler.declarations(written), ...declarations].find(
      (it) => it.getSourceFile().fileName === file.fileName,
    );
    const start = own ? (own.name ?? own).getStart(file) : 0;
    const generic = declarations.some((it) => it.typeParameters?.length);
    made.set(name, {
      type: checker.getDeclaredTypeOfSymbol(symbol),
      at: placeIn(file, start),
      exported,
      generic,
    });
  };
  for (const statement of file.statements) {
    const symbol = statement.name && checker.getSymbolAtLocation(statement.name);
    if (symbol) add(symbol.name, symbol, false, symbol);
  }
  const module = checker.getSymbolAtLocation(file);
  for (const symbol of module ? checker.getExportsOfModule(module) : []) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    add(symbol.name, target, true, symbol);
  }
  return made;
}

function error(compiler, { file, start, text }) {
  return { ...placeIn(compiler.file(file), start), text };
}

let result;
try {
  result = await answer(JSON.parse(readFileSync(0, "utf8")));
} catch (error) {
  result = { failure: String(error?.message ?? error) };
}
process.stdout.write(JSON.stringify(result));
