/** The requests that the server keeps, newest first. */

import type { Client } from "../../../../generated/compression/client/index.js";
import { listRequests } from "../../../../generated/compression/client/index.js";
import {
  RequestStatus,
  requestStatusLabels,
} from "../../../../generated/compression/types/enums.js";
import type { CompressionRequestResponse } from "../../../../generated/compression/types/index.js";
import { tell } from "./failure.js";
import { fill, made, part } from "./page.js";
import { bytes, counted, milliseconds, ratio, time } from "./words.js";

const LIMIT = 8;
const TONES: { readonly [Status in RequestStatus]?: string } = {
  completed: "good",
  cached: "good",
  failed: "bad",
};

const place = part("requests", HTMLElement);
const filter = part("status", HTMLSelectElement);
const newer = part("newer", HTMLButtonElement);
const older = part("older", HTMLButtonElement);

let page = 1;

/** Shows the list, and follows the filter and the pages. */
export function watchRequests(client: Client, names: ReadonlyMap<string, string>): void {
  const values = Object.values(RequestStatus);
  fill(filter, [
    ["", "All"],
    ...values.map((value) => [value, requestStatusLabels[value]] as const),
  ]);
  const turn = (to: number) => () => {
    page = to;
    void refresh(client, names);
  };
  filter.addEventListener("change", turn(1));
  newer.addEventListener("click", () => turn(page - 1)());
  older.addEventListener("click", () => turn(page + 1)());
  void refresh(client, names);
}

/** Loads the list anew; the request that was just made is marked in it. */
export async function refresh(
  client: Client,
  names: ReadonlyMap<string, string>,
  latest?: string,
): Promise<void> {
  if (latest !== undefined) page = 1;
  const status = Object.values(RequestStatus).find((value) => value === filter.value);
  const query = { page, limit: LIMIT, ...(status === undefined ? {} : { status }) };
  try {
    const { items, total } = await listRequests(client, { query });
    const rows = items.map((item) => rowOf(item, names, item.id === latest));
    place.replaceChildren(
      rows.length > 0 ? tableOf(rows) : made("p", "empty", "There are none yet."),
    );
    part("page", HTMLElement).textContent = counted(total, "request", "requests");
    newer.disabled = page === 1;
    older.disabled = page * LIMIT >= total;
  } catch (error) {
    tell(place, error);
  }
}

const HEADS: readonly [string, string][] = [
  ["Time", ""],
  ["Algorithm", ""],
  ["Level", "number"],
  ["Before", "number"],
  ["After", "number"],
  ["Ratio", "number"],
  ["Took", "number"],
  ["Status", ""],
];

function tableOf(rows: HTMLElement[]): HTMLElement {
  const heads = HEADS.map(([text, kind]) => {
    const head = made("th", kind, text);
    head.scope = "col";
    return head;
  });
  const table = made(
    "table",
    "",
    made("thead", "", made("tr", "", ...heads)),
    made("tbody", "", ...rows),
  );
  table.setAttribute("aria-labelledby", "requests-title");
  return made("div", "scroll", table);
}

function rowOf(
  item: CompressionRequestResponse,
  names: ReadonlyMap<string, string>,
  latest: boolean,
): HTMLElement {
  const number = (value: number | null, shown: (value: number) => string): HTMLElement =>
    made("td", "number", value === null ? "–" : shown(value));
  const tag = made(
    "span",
    `tag ${TONES[item.status] ?? ""}`.trim(),
    requestStatusLabels[item.status],
  );
  const row = made(
    "tr",
    latest ? "new" : "",
    made("td", "", time(item.createdAt)),
    made("td", "", names.get(item.algorithmId) ?? item.algorithmId),
    number(item.compressionLevel, String),
    number(item.contentSizeBytes, bytes),
    number(item.compressedSizeBytes, bytes),
    number(item.compressionRatio, ratio),
    number(item.processingTimeMs, milliseconds),
    made("td", "", tag),
  );
  row.dataset.id = item.id;
  return row;
}
