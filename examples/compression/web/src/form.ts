/** The form: what it says as a request, and what is wrong with that. */

import { OptimizationTarget } from "../../../../generated/compression/types/enums.js";
import type {
  CompressionAlgorithmListItem,
  CompressRequest,
} from "../../../../generated/compression/types/index.js";
import { compressRequestSchema } from "../../../../generated/compression/zod/index.js";
import { fill, part } from "./page.js";
import { bytes, counted, words } from "./words.js";

const form = part("form", HTMLFormElement);
const content = part("content", HTMLTextAreaElement);
const algorithm = part("algorithm", HTMLSelectElement);
const level = part("level", HTMLInputElement);
const target = part("target", HTMLSelectElement);

/** Each property of the request and where it is typed. */
const fields = new Map<string, HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(
  [content, algorithm, level, target].map((field) => [field.name, field]),
);

const touched = new Set<string>();
const known = new Map<string, CompressionAlgorithmListItem>();
const encoder = new TextEncoder();

/** A content that was put here as it is: a text area would make one kind of line end of all, and is slow. */
let whole: string | undefined;

/** How much of such a content is shown. */
const SHOWN = 50_000;

/** Fills the selections; an algorithm that is chosen brings its own level. */
export function offer(algorithms: readonly CompressionAlgorithmListItem[]): void {
  for (const one of algorithms) known.set(one.name, one);
  fill(
    algorithm,
    algorithms.map(({ name }) => [name, name]),
  );
  fill(
    target,
    Object.values(OptimizationTarget).map((value) => [value, words(value)]),
  );
  target.value = OptimizationTarget.BALANCED;
  suit();
}

/** Judges the form at every keystroke. */
export function watch(): void {
  form.addEventListener("input", ({ target: changed }) => {
    if (changed === algorithm) suit();
    if (changed === content) typed();
    for (const [name, field] of fields) if (field === changed) touched.add(name);
    review();
  });
  review();
}

/** Puts a content into the form, with words on where it is from; it stays as it is until somebody types in it. */
export function put(text: string, origin: string): void {
  whole = text;
  content.value = text.slice(0, SHOWN);
  say(text.length > SHOWN ? `${origin}; its beginning is shown` : origin);
  touched.add(content.name);
  review();
}

/** Says beside the content where it is from, or why there is none. */
export function say(words: string): void {
  part("source", HTMLElement).textContent = words;
}

function typed(): void {
  whole = undefined;
  say("");
}

/** The request that the form says; without one every fault is shown, and the first has the focus. */
export function request(): CompressRequest | undefined {
  for (const name of fields.keys()) touched.add(name);
  const valid = review();
  if (valid === undefined) form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  return valid;
}

/** Shows what is wrong with the fields that were touched; the request when nothing is wrong at all. */
function review(): CompressRequest | undefined {
  const text = whole ?? content.value;
  const size = encoder.encode(text).length;
  const pairs = text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
  const signs = counted(text.length - pairs, "character", "characters");
  part("content-size", HTMLElement).textContent = `${signs}, ${bytes(size)}`;
  const { data, error } = compressRequestSchema.safeParse(said(text));
  const faults = new Map(error?.issues.map(({ path, message }) => [path.join("."), message]));
  for (const [name, field] of fields) show(name, field, faults.get(name));
  // A rule is about several fields, and waits until each is well.
  part("form-error", HTMLElement).textContent = faults.get("") ?? "";
  return data;
}

function show(name: string, field: HTMLElement & { readonly value: string }, fault?: string): void {
  const shown = fault !== undefined && touched.has(name);
  field.setAttribute("aria-invalid", String(shown));
  const place = part(`${field.id}-error`, HTMLElement);
  const text = shown ? inWords(field, fault) : "";
  if (place.textContent !== text) place.textContent = text;
}

/** The words of the schema, but where a person would wonder. */
function inWords(field: HTMLElement & { readonly value: string }, fault: string): string {
  if (field.value === "") return "Fill this in.";
  return field.value.trim() === "" ? "Blanks alone are no content." : fault;
}

/** What stands in the form, right or wrong. */
function said(text: string): Record<string, unknown> {
  return {
    content: text,
    algorithm: algorithm.value,
    ...(level.value === "" ? {} : { compressionLevel: Number(level.value) }),
    ...(target.value === "" ? {} : { optimizationTarget: target.value }),
  };
}

/** Says what the chosen algorithm is and which levels it has, and starts with its own. */
function suit(): void {
  const chosen = known.get(algorithm.value);
  if (chosen === undefined) return;
  const { description, compressionLevels, parameters } = chosen;
  const [first = 1] = compressionLevels;
  const usual = parameters.level;
  level.value = String(typeof usual === "number" ? usual : first);
  part("algorithm-hint", HTMLElement).textContent = `${description}.`;
  part("level-hint", HTMLElement).textContent = `Levels: ${ranges(compressionLevels)}.`;
}

/** `[1, 2, 3, 9]` as `1 to 3, 9`. */
function ranges(levels: readonly number[]): string {
  const found: [first: number, last: number][] = [];
  for (const one of levels) {
    const open = found.at(-1);
    if (open !== undefined && open[1] === one - 1) open[1] = one;
    else found.push([one, one]);
  }
  return found
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`))
    .join(", ");
}
