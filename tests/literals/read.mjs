// Reads literals as JavaScript does.

/** The values of expressions. */
export const values = (expressions) => expressions.map((expression) => (0, eval)(`(${expression})`));

/** The own keys of each object literal with one property, and whether its prototype is still the usual one. */
export const keys = (names) =>
  names.map((name) => {
    const object = (0, eval)(`({ ${name}: 1 })`);
    return [Object.keys(object), Object.getPrototypeOf(object) === Object.prototype];
  });
