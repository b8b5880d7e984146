/** Files that are chosen or dropped: a content is text in UTF-8. */

import { put, say } from "./form.js";
import { part } from "./page.js";
import { bytes } from "./words.js";

/** Four bytes for each of the characters that a content may have. */
const MOST = 40_000_000;

export function watchFiles(): void {
  const chooser = part("file", HTMLInputElement);
  chooser.addEventListener("change", () => {
    void take(chooser.files?.[0]);
    chooser.value = "";
  });
  const area = part("drop", HTMLElement);
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.add("dropping");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    area.addEventListener(kind, () => area.classList.remove("dropping"));
  }
  area.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void take(file);
  });
}

async function take(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  if (file.size > MOST) {
    say(`${file.name} has ${bytes(file.size)}; ${bytes(MOST)} are the most.`);
    return;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      await file.arrayBuffer(),
    );
    put(text, `${file.name}, ${bytes(file.size)}`);
  } catch {
    say(`${file.name} is no text in UTF-8.`);
  }
}
