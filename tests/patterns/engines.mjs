// Asks ECMAScript's regular expressions.

/** For each pattern, whether it is found in each of its texts. */
export const found = (questions) =>
  questions.map(([pattern, flags, texts]) => {
    const expression = new RegExp(pattern, flags);
    return texts.map((text) => expression.test(text));
  });
