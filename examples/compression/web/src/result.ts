/** What became of a content. */

import type {
  AlgorithmViabilityTestResponse,
  CompressionRequestResponse,
  CompressResponse,
} from "../../../../generated/compression/types/index.js";
import { made, part } from "./page.js";
import { bytes, milliseconds, percent, ratio, words } from "./words.js";

const place = part("result", HTMLElement);

/** Shows the answer; `record` is the request as the server keeps it. */
export function showResult(answer: CompressResponse, record: CompressionRequestResponse): void {
  const { originalSize, compressedSize } = answer;
  if (compressedSize === null) {
    place.replaceChildren(made("p", "failure", answer.errorMessage ?? "It failed."));
    return;
  }
  const saved = originalSize === 0 ? 0 : 100 - (100 * compressedSize) / originalSize;
  const share = originalSize === 0 ? 1 : compressedSize / originalSize;
  const big = made("p", "big", percent(saved), made("small", "", " saved"));
  const facts: [string, string][] = [
    ["Before", bytes(originalSize)],
    ["After", bytes(compressedSize)],
    ["Ratio", answer.compressionRatio === null ? "unknown" : ratio(answer.compressionRatio)],
    [
      "Time",
      answer.cached ? "none, known from before" : milliseconds(answer.processingTimeMs ?? 0),
    ],
    ["Algorithm", `${answer.algorithmUsed}, level ${record.compressionLevel}`],
    ["Status", words(answer.status)],
    ["Request", answer.requestId],
  ];
  const left = `${bytes(compressedSize)} of ${bytes(originalSize)} are left`;
  const bar = made("div", "field", barOf(share, left), made("span", "quiet", `${left}.`));
  place.replaceChildren(made("div", "result", big, bar, listOf(facts), download(record)));
}

/** Shows every algorithm on one content, the best first. */
export function showComparison(
  tests: readonly AlgorithmViabilityTestResponse[],
  names: ReadonlyMap<string, string>,
): void {
  const most = Math.max(1, ...tests.map((test) => test.compressedSizeBytes));
  const rows = tests.map((test) => {
    const name = `${names.get(test.algorithmId) ?? "?"}, level ${test.compressionLevel}`;
    const text = `${bytes(test.compressedSizeBytes)} in ${milliseconds(test.compressionTimeMs)}`;
    const line = made("div", "line", made("strong", "", name), made("span", "quiet", text));
    return made("div", "field", line, barOf(test.compressedSizeBytes / most, `${name}: ${text}`));
  });
  place.replaceChildren(made("div", "result", ...rows));
}

function listOf(facts: readonly [string, string][]): HTMLElement {
  return made(
    "dl",
    "",
    ...facts.flatMap(([name, value]) => [made("dt", "", name), made("dd", "", value)]),
  );
}

function barOf(share: number, label: string): HTMLElement {
  const inner = made("span", "");
  inner.style.width = `${Math.min(100, Math.max(1, 100 * share))}%`;
  const bar = made("div", "bar", inner);
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", label);
  return bar;
}

/** A link to the record of the request as a file. */
function download(record: CompressionRequestResponse): HTMLElement {
  const link = made("a", "button", "Download the record");
  const text = `${JSON.stringify(record, null, 2)}\n`;
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `request-${record.id}.json`;
  return made("div", "tools", link);
}
