// Calls exported functions for the tests: one JSON line of requests in, one JSON line of answers out.
// What JSON cannot say travels in an object with one key: $undefined, $bigint, $number, or $json (text to parse).

import { Console } from "node:console";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// Standard output belongs to the answers.
globalThis.console = new Console(process.stderr);

const decode = (value) => {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== "object") return value;
  const [key, ...others] = Object.keys(value);
  if (others.length === 0) {
    if (key === "$undefined") return undefined;
    if (key === "$bigint") return BigInt(value.$bigint);
    if (key === "$number") return Number(value.$number);
    if (key === "$json") return JSON.parse(value.$json);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decode(item)]));
};

const encode = (value) => {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") return { $undefined: true };
  if (typeof value === "bigint") return { $bigint: value.toString() };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? "-0" : String(value) };
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value.toJSON === "function") return encode(value.toJSON());
  if (value instanceof Set) return [...value].map(encode);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, encode(item)]));
};

const answer = async ({ module, export: path, args }) => {
  try {
    let owner;
    let target = await import(pathToFileURL(module).href);
    for (const name of path === "" ? [] : path.split(".")) {
      if (target === undefined || target === null || !(name in Object(target)))
        throw new ReferenceError(`${module} exports no '${path}'`);
      owner = target;
      target = target[name];
    }
    const value = args === null ? target : await target.apply(owner, args.map(decode));
    return { ok: true, value: encode(value) };
  } catch (error) {
    const { name = "Error", message = String(error), issues = [] } = error ?? {};
    return { ok: false, error: { name, message, issues: encode(issues) } };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const request of JSON.parse(line)) answers.push(await answer(request));
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
