/** Numbers and instants as a person reads them. */

const count = new Intl.NumberFormat("en");
const decimal = new Intl.NumberFormat("en", { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const instant = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

const UNITS = ["kB", "MB", "GB", "TB"];

/** `1536` as `1.5 kB`. */
export function bytes(number: number): string {
  if (number < 1000) return `${count.format(number)} B`;
  const power = Math.min(Math.floor(Math.log10(number) / 3), UNITS.length);
  return `${short.format(number / 1000 ** power)} ${UNITS[power - 1]}`;
}

export function counted(number: number, one: string, many: string): string {
  return `${count.format(number)} ${number === 1 ? one : many}`;
}

export function ratio(number: number): string {
  return `${decimal.format(number)} : 1`;
}

export function percent(number: number): string {
  return `${short.format(number)} %`;
}

export function milliseconds(number: number): string {
  if (number < 1) return "under 1 ms";
  return number < 1000 ? `${short.format(number)} ms` : `${decimal.format(number / 1000)} s`;
}

/** An instant of the API, in the zone of the reader. */
export function time(text: string): string {
  return instant.format(new Date(text));
}

/** `very_fast` as `Very fast`. */
export function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
