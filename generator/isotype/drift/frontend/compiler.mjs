/**
 * The compiler of a project, whichever it is: the API of TypeScript up to 6, or that of the native one from 7 on.
 *
 * `opened` gives what both have in common: the enums, the checker, and what is asked of a program.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What holds for every comparison, whatever the project decides: types mean all that they say. */
const FORCED = {
  strict: true,
  strictNullChecks: true,
  exactOptionalPropertyTypes: false,
  moduleDetection: "force",
  noEmit: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
};

/** What stands in for the configuration of a project that has none. */
const USUAL = { target: "es2022", module: "esnext", moduleResolution: "bundler", jsx: "preserve" };

/** The compiler in a folder, for some files and the configuration of their project ("" for none). */
export async function opened(folder, configuration, files) {
  const { exports: offered, version } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const native = offered?.["./unstable/sync"];
  if (!native && Number.parseInt(version, 10) >= 7)
    throw new Error(`TypeScript ${version} has no API that is known here`);
  const module = native ? resolve(folder, native) : join(folder, "lib", "typescript.js");
  const made = await import(pathToFileURL(module));
  return native ? modern(made, configuration, files) : classic(made.default, configuration, files);
}

function seen(file, path) {
  if (!file) throw new Error(`it does not see ${path}`);
  return file;
}

/** What the compiler is told: the project's configuration for these files, with our demands. */
function project(configuration, files) {
  const root = configuration ? dirname(configuration) : dirname(files[0]);
  return {
    // Beside the project's own, so that whatever is relative in that one leads where it led.
    name: `${root}/tsconfig.isotype.json`,
    content: {
      ...(configuration ? { extends: configuration } : {}),
      compilerOptions: configuration ? FORCED : { ...USUAL, ...FORCED },
      files,
      include: [],
      exclude: [],
      references: [],
    },
  };
}

/**
 * The configuration that speaks of a file: the nearest one, or, where that only names others, the one of those which
 * includes the file; `listed` gives the files of a configuration.
 */
function speaking(configuration, file, listed) {
  if (!configuration) return configuration;
  const parts = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=\s*[}\]])/g;
  const text = readFileSync(configuration, "utf8").replace(parts, (part) =>
    part.startsWith('"') ? part : "",
  );
  let references = [];
  try {
    references = JSON.parse(text).references ?? [];
  } catch {
    // The compiler says what is wrong with it.
  }
  if (!references.length || listed(configuration).includes(file)) return configuration;
  const paths = references
    .map(({ path }) => resolve(dirname(configuration), path))
    .map((path) => (path.endsWith(".json") ? path : `${path}/tsconfig.json`));
  return paths.find((path) => existsSync(path) && listed(path).includes(file)) ?? configuration;
}

function modern(ts, configuration, files) {
  const virtual = new Map();
  const api = new ts.API({
    cwd: dirname(files[0]),
    fs: { readFile: (path) => virtual.get(path) },
  });
  const own = speaking(configuration, files[0], (path) => api.parseConfigFile(path).fileNames);
  const { name, content } = project(own, files);
  virtual.set(name, JSON.stringify(content));
  const opened = api.updateSnapshot({ openProjects: [name] }).getProject(name);
  if (!opened) throw new Error(`the compiler does not open ${name}`);
  const { checker, program } = opened;
  return {
    ts,
    checker,
    file: (path) => seen(program.getSourceFile(path), path),
    declarations: (symbol) => symbol.declarations.map((it) => it.resolve(opened)).filter(Boolean),
    symbolOf: (type) => type.getSymbol(),
    alias: (type) => type.getAliasSymbol(),
    members: (type) => type.getTypes(),
    typeArguments: (type) => checker.getTypeArguments(type),
    typesOf: (symbols) => (symbols.length ? checker.getTypeOfSymbol(symbols) : []),
    boolean: (type) => type.value,
    accessible: (declaration) =>
      !((declaration.modifierFlags ?? 0) & ts.ModifierFlags.NonPublicAccessibilityModifier),
    diagnostics: (path, semantic) =>
      program[semantic ? "getSemanticDiagnostics" : "getSyntacticDiagnostics"](path).map((it) => ({
        file: it.fileName ?? path,
        start: it.pos,
        code: it.code,
        text: it.text,
      })),
    close() {
      try {
        api.close();
      } catch {
        // What was being asked when something else went wrong is answered now, and nobody listens.
      }
    },
  };
}

function classic(ts, configuration, files) {
  const listed = (path) =>
    ts.parseJsonConfigFileContent(
      ts.readConfigFile(path, ts.sys.readFile).config ?? {},
      ts.sys,
      dirname(path),
    ).fileNames;
  const { name, content } = project(speaking(configuration, files[0], listed), files);
  const parsed = ts.parseJsonConfigFileContent(content, ts.sys, dirname(name), undefined, name);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  const checker = program.getTypeChecker();
  return {
    ts,
    checker,
    file: (path) => seen(program.getSourceFile(path), path),
    declarations: (symbol) => symbol.declarations ?? [],
    symbolOf: (type) => type.symbol,
    alias: (type) => type.aliasSymbol,
    members: (type) => type.types,
    typeArguments: (type) => checker.getTypeArguments(type),
    typesOf: (symbols) => symbols.map((symbol) => checker.getTypeOfSymbol(symbol)),
    boolean: (type) => type.intrinsicName === "true",
    accessible: (declaration) =>
      !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier),
    diagnostics: (path, semantic) =>
      program[semantic ? "getSemanticDiagnostics" : "getSyntacticDiagnostics"](
        program.getSourceFile(path),
      ).map((it) => ({
        file: it.file?.fileName ?? path,
        start: it.start ?? 0,
        code: it.code,
        text: ts.flattenDiagnosticMessageText(it.messageText, "\n"),
      })),
    close: () => {},
  };
}
