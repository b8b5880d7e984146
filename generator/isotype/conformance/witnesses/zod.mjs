// Judges batches: one JSON line of [schema, text] pairs in, one JSON line of [reason, value] pairs out.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const schemas = await import(pathToFileURL(process.argv[2]).href);

const judge = ([schema, text]) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return ["it is no JSON", null];
  }
  const result = schemas[schema].safeParse(value);
  if (result.success) return ["", JSON.stringify(result.data)];
  const [issue] = result.error.issues;
  return [`${issue.path.join(".")}: ${issue.message}`, null];
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(judge))}\n`);
}
