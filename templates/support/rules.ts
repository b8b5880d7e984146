/**
 * Rules with SQL's three-valued logic.
 *
 * A verdict is true, false, or null; a rule refuses a row when it is false. Two more stand for what else a value can
 * be: undefined, a value that is not known here, and OVERFLOW, an integer that left 64 bits on the way. What follows
 * from undefined is undefined; OVERFLOW refuses the row unless an earlier part has already decided.
 *
 * Exact numbers are computed as bigint; a decimal counts units of its last digit.
 */

export const OVERFLOW: unique symbol = Symbol("overflow");

type Overflow = typeof OVERFLOW;
export type Operand<T> = T | null | undefined | Overflow;
export type Verdict = Operand<boolean>;
export type Comparable = string | number | bigint | boolean;
export type Value = Operand<Comparable>;
export type Comparison = (left: Value, right: Value) => Verdict;

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d{1,3}))?$/;
const ZONED = /^(.*?)(Z|([+-])(\d\d):(\d\d))$/;
const LOCAL = /^(\d{4}-\d\d-\d\d)T(.*)$/;
const CLOCK = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;

/** Whether a rule with this verdict refuses its row. */
export function refuses(verdict: Verdict): boolean {
  return verdict === false || verdict === OVERFLOW;
}

/** AND, judged from left to right. */
export function and(...parts: readonly Verdict[]): Verdict {
  let result: Verdict = true;
  for (const part of parts) {
    if (part === false) {
      return false;
    }
    if (part === OVERFLOW) {
      return result === undefined ? undefined : OVERFLOW;
    }
    if (part === undefined || (part === null && result === true)) {
      result = part;
    }
  }
  return result;
}

/** OR, judged from left to right. */
export function or(...parts: readonly Verdict[]): Verdict {
  return not(and(...parts.map(not)));
}

/** NOT. */
export function not(part: Verdict): Verdict {
  return typeof part === "boolean" ? !part : part;
}

/** IS NULL. */
export function isNull(value: unknown): Verdict {
  return value === undefined || value === OVERFLOW ? value : value === null;
}

/** IS NOT NULL. */
export function isNotNull(value: unknown): Verdict {
  return not(isNull(value));
}

/** IS TRUE. */
export function isTrue(verdict: Verdict): Verdict {
  return verdict === undefined || verdict === OVERFLOW ? verdict : verdict === true;
}

/** IS FALSE. */
export function isFalse(verdict: Verdict): Verdict {
  return verdict === undefined || verdict === OVERFLOW ? verdict : verdict === false;
}

/** Equal to. */
export function eq(left: Value, right: Value): Verdict {
  return strict(left, right, (a, b) => a === b);
}

/** Different from. */
export function ne(left: Value, right: Value): Verdict {
  return strict(left, right, (a, b) => a !== b);
}

/** Less than; text is ordered by code point. */
export function lt(left: Value, right: Value): Verdict {
  return strict(left, right, isLess);
}

/** Less than or equal to. */
export function le(left: Value, right: Value): Verdict {
  return not(lt(right, left));
}

/** Greater than. */
export function gt(left: Value, right: Value): Verdict {
  return lt(right, left);
}

/** Greater than or equal to. */
export function ge(left: Value, right: Value): Verdict {
  return not(lt(left, right));
}

/** BETWEEN, both ends included. */
export function between(value: Value, low: Value, high: Value): Verdict {
  return and(ge(value, low), le(value, high));
}

/** IN. */
export function isIn(value: Value, ...options: readonly Value[]): Verdict {
  return or(...options.map((option) => eq(value, option)));
}

/** Whether the comparison holds for ANY of the items. */
export function anyOf(
  comparison: Comparison,
  value: Value,
  array: Operand<readonly Value[]>,
): Verdict {
  if (value === undefined || value === OVERFLOW) {
    return value;
  }
  return isAbsent(array) ? array : or(...array.map((item) => comparison(value, item)));
}

/** Whether the comparison holds for ALL items. */
export function allOf(
  comparison: Comparison,
  value: Value,
  array: Operand<readonly Value[]>,
): Verdict {
  if (value === undefined || value === OVERFLOW) {
    return value;
  }
  return isAbsent(array) ? array : and(...array.map((item) => comparison(value, item)));
}

/** Whether the pattern is found in a text. */
export function matches(value: Operand<string>, pattern: RegExp): Verdict {
  return isAbsent(value) ? value : pattern.test(value);
}

/** The code points of a text. */
export function length(value: Operand<string>): Operand<number> {
  return isAbsent(value) ? value : [...value].length;
}

/** The number of items. */
export function cardinality(array: Operand<readonly unknown[]>): Operand<number> {
  return isAbsent(array) ? array : array.length;
}

/** The exact sum. */
export function add(left: Operand<bigint>, right: Operand<bigint>): Operand<bigint> {
  return strict(left, right, (a, b) => a + b);
}

/** The exact difference. */
export function subtract(left: Operand<bigint>, right: Operand<bigint>): Operand<bigint> {
  return strict(left, right, (a, b) => a - b);
}

/** The exact product. */
export function multiply(left: Operand<bigint>, right: Operand<bigint>): Operand<bigint> {
  return strict(left, right, (a, b) => a * b);
}

/** The number with the other sign. */
export function negate<T extends number | bigint>(value: Operand<T>): Operand<T> {
  return isAbsent(value) ? value : (-value as T);
}

/** The number without its sign. */
export function absolute<T extends number | bigint>(value: Operand<T>): Operand<T> {
  return isAbsent(value) ? value : value < 0 ? (-value as T) : value;
}

/** The integer, or OVERFLOW when it takes more than 64 bits. */
export function bounded(value: Operand<bigint>): Operand<bigint> {
  return isAbsent(value) || BigInt.asIntN(64, value) === value ? value : OVERFLOW;
}

/** The first value that is not null. */
export function coalesce<T>(...values: readonly Operand<T>[]): Operand<T> {
  const found = values.find((value) => value !== null);
  return values.every((value) => value === null) ? null : found;
}

/** CASE WHEN condition THEN value ELSE otherwise END. */
export function choose<T>(
  condition: Verdict,
  value: Operand<T>,
  otherwise: Operand<T>,
): Operand<T> {
  if (condition === undefined || condition === OVERFLOW) {
    return condition;
  }
  return condition === true ? value : otherwise;
}

/** An integer on the wire as bigint; what is none is not known here: another check names it. */
export function integer(value: Operand<string | number>): Operand<bigint> {
  return decimal(value, 0);
}

/** A decimal on the wire in units of `scale` fraction digits; what has more is not known here. */
export function decimal(value: Operand<string | number>, scale: number): Operand<bigint> {
  if (isAbsent(value)) {
    return value;
  }
  const [, sign, whole, fraction = "", exponent = "0"] = DECIMAL.exec(`${value}`) ?? [];
  const shift = scale - fraction.length + Number(exponent);
  if (whole === undefined || shift < 0) {
    return undefined;
  }
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(shift);
}

/** A reader of decimals, for the items of an array. */
export function decimalOf(scale: number): (value: Operand<string | number>) => Operand<bigint> {
  return (value) => decimal(value, scale);
}

/** The items of an array, each brought to the form it is compared in. */
export function items<T, R>(
  array: Operand<readonly T[]>,
  read: (value: T) => Operand<R>,
): Operand<readonly Operand<R>[]> {
  return isAbsent(array) ? array : array.map((item) => read(item));
}

/** A uuid in its canonical form. */
export function uuid(value: Operand<string>): Operand<string> {
  return isAbsent(value) ? value : value.toLowerCase();
}

/** The microseconds of an RFC 3339 text. */
export function instant(value: Operand<string>): Operand<bigint> {
  if (isAbsent(value)) {
    return value;
  }
  const [, start, zone = "", sign, hours, minutes] = ZONED.exec(value) ?? [];
  const moment = local(start);
  if (zone === "Z" || isAbsent(moment)) {
    return moment;
  }
  const offset = BigInt(Number(hours) * 60 + Number(minutes)) * 60_000_000n;
  return sign === "-" ? moment + offset : moment - offset;
}

/** The microseconds of a date and time without a zone. */
export function local(value: Operand<string>): Operand<bigint> {
  if (isAbsent(value)) {
    return value;
  }
  const [, day = "", time] = LOCAL.exec(value) ?? [];
  const midnight = Date.parse(day);
  const rest = clock(time);
  return Number.isNaN(midnight) || isAbsent(rest) ? undefined : BigInt(midnight) * 1000n + rest;
}

/** The microseconds of a time of day. */
export function clock(value: Operand<string>): Operand<bigint> {
  if (isAbsent(value)) {
    return value;
  }
  const [, hours, minutes, seconds, fraction = ""] = CLOCK.exec(value) ?? [];
  if (hours === undefined) {
    return undefined;
  }
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function isAbsent(value: unknown): value is null | undefined | Overflow {
  return value === null || value === undefined || value === OVERFLOW;
}

/** What is computed from two values; an overflow, an unknown value or a null among them takes its place. */
function strict<T, R>(
  left: Operand<T>,
  right: Operand<T>,
  compute: (left: T, right: T) => R,
): Operand<R> {
  if (left === OVERFLOW || right === OVERFLOW) {
    return OVERFLOW;
  }
  if (left === undefined || right === undefined) {
    return undefined;
  }
  return left === null || right === null ? null : compute(left, right);
}

function isLess(left: Comparable, right: Comparable): boolean {
  if (typeof left !== "string" || typeof right !== "string") {
    return left < right;
  }
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [first, second] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (first !== second) {
      return codePointOrder(first) < codePointOrder(second);
    }
  }
  return left.length < right.length;
}

/** Surrogates stand for code points above all others, though their own units do not. */
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
