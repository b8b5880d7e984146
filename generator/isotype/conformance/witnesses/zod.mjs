// Judges batches: one JSON line of a barrel's path and [schema, text] pairs in, one of [reason, value, fault] out.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const judgeBy = (schemas) => ([schema, text]) => {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return ["it is no JSON", null, ""];
  }
  let result;
  try {
    result = schemas[schema].safeParse(value);
  } catch (error) {
    // Whatever a schema throws is no verdict.
    return ["", null, String(error)];
  }
  if (result.success) return ["", JSON.stringify(result.data), ""];
  const [issue] = result.error.issues;
  return [`${issue.path.join(".")}: ${issue.message}`, null, ""];
};

for await (const line of createInterface({ input: process.stdin })) {
  const [barrel, questions] = JSON.parse(line);
  // Node keeps what it has imported.
  const schemas = await import(pathToFileURL(barrel).href);
  process.stdout.write(`${JSON.stringify(questions.map(judgeBy(schemas)))}\n`);
}
