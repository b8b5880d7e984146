// Judges batches, one JSON line in and one out. ["judge", path of a barrel, [path of a schema, text] pairs] is answered with
// [reason, value, fault] for each, ["move", path of a barrel, state machines] as `moves.mjs` says.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { movedBy } from "./moves.mjs";

// Schemas of operations stand beside the barrel, where there are any.
const operations = async (barrel) => {
  const path = new URL("./operations.js", pathToFileURL(barrel));
  return existsSync(path) ? import(path.href) : {};
};

const judgeBy = (schemas) => ([path, text]) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return ["it is no JSON", null, ""];
  }
  let result;
  try {
    result = path.reduce((found, name) => found[name], schemas).safeParse(value);
  } catch (error) {
    // Whatever a schema throws is no verdict.
    return ["", null, String(error)];
  }
  if (result.success) return ["", JSON.stringify(result.data), ""];
  const [issue] = result.error.issues;
  return [`${issue.path.join(".")}: ${issue.message}`, null, ""];
};

for await (const line of createInterface({ input: process.stdin })) {
  const [word, barrel, questions] = JSON.parse(line);
  // Node keeps what it has imported.
  const module = await import(pathToFileURL(barrel).href);
  const answer = word === "move" ? movedBy(module) : judgeBy({ ...module, ...(await operations(barrel)) });
  process.stdout.write(`${JSON.stringify(questions.map(answer))}\n`);
}
