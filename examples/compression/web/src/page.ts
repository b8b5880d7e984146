/** The elements of the page, and making more of them. */

/** An element of the page by its id; the page has it. */
export function part<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} ${id}`);
  return found;
}

/** An element with its class and what is in it; text stays text. */
export function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  kind: string,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (kind !== "") element.className = kind;
  element.append(...inside);
  return element;
}

/** The entries of a selection, as value and text. */
export function fill(
  select: HTMLSelectElement,
  entries: Iterable<readonly [string, string]>,
): void {
  select.replaceChildren(...Array.from(entries, ([value, text]) => new Option(text, value)));
}
