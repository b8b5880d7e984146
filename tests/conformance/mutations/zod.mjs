// Loads validators that are broken beside those that are whole, and judges by them: one JSON line in, one out.
// ["load", folder, text, enums] answers with what was thrown, "" for nothing; ["judge", [path of a schema, text] pairs] with
// [reason, value, fault] for each. ["texts", texts] keeps texts of each form, and ["same", folder, module, whole, broken]
// says whether two texts of a support module do the same with them. ["move", folder, text, machine] asks a text how states
// move, and answers as `moves.mjs` says, or with what was thrown.
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { movedBy } from "../../../generator/isotype/conformance/witnesses/moves.mjs";
import { rulesAlike, schemasAlike } from "./same_modules.mjs";

const judgeBy = (schemas) => ([path, text]) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return ["it is no JSON", null, ""];
  }
  try {
    const result = path.reduce((found, name) => found[name], schemas).safeParse(value);
    if (result.success) return ["", JSON.stringify(result.data), ""];
    const [issue] = result.error.issues;
    return [`${issue.path.join(".")}: ${issue.message}`, null, ""];
  } catch (error) {
    return ["", null, String(error)];
  }
};

const wholes = new Map();

const whole = async (folder) => {
  if (!wholes.has(folder)) {
    const names = readdirSync(folder).filter((name) => name.endsWith(".js"));
    const modules = names.map(async (name) => [`./${name}`, await import(pathToFileURL(`${folder}/${name}`).href)]);
    const entries = await Promise.all(modules);
    const zod = import.meta.resolve("zod");
    wholes.set(folder, new Map([...entries, ["zod", await import(zod)]]));
  }
  return wholes.get(folder);
};

const evaluated = async (text, modules) => {
  const { code } = await transform(text, { loader: "ts", format: "cjs", target: "es2022" });
  const module = { exports: {} };
  const required = (name) => {
    if (!modules.has(name)) throw new Error(`there is no ${name}`);
    return modules.get(name);
  };
  new Function("require", "module", "exports", code)(required, module, module.exports);
  return module.exports;
};

let schemas = {};

const load = async (folder, text, others) => {
  const modules = new Map(await whole(folder));
  for (const [name, other] of Object.entries(others)) modules.set(name, await evaluated(other, modules));
  schemas = await evaluated(text, modules);
  return "";
};

let texts = {};
const keep = (given) => {
  texts = given;
  return "";
};

const compared = new Map();

const same = async (folder, stem, text, broken) => {
  const modules = new Map(await whole(folder));
  if (!compared.has(text)) compared.set(text, await evaluated(text, modules));
  const [one, other] = [compared.get(text), await evaluated(broken, modules)];
  return stem === "rules"
    ? rulesAlike(one, other, texts.taken)
    : schemasAlike(one, other, modules.get("zod").z, texts);
};

const move = async (folder, text, machine) => movedBy(await evaluated(text, await whole(folder)))(machine);

for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...rest] = JSON.parse(line);
  let answer;
  if (word === "texts") answer = keep(...rest);
  else if (word === "same") answer = await same(...rest).catch(String);
  else if (word === "move") answer = await move(...rest).catch(String);
  else if (word === "load") answer = await load(...rest).catch(String);
  else answer = rest[0].map(judgeBy(schemas));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
