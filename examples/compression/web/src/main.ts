/** The page: a client of the API on generated types, validators and calls. */

import "./jitless.js";
import type { Client } from "../../../../generated/compression/client/index.js";
import {
  compress,
  downloadMedia,
  generateMedia,
  getRequest,
  listAlgorithms,
  testViability,
} from "../../../../generated/compression/client/index.js";
import { tell } from "./failure.js";
import { watchFiles } from "./file.js";
import { offer, put, request, watch } from "./form.js";
import { part } from "./page.js";
import { refresh, watchRequests } from "./requests.js";
import { showComparison, showResult } from "./result.js";
import { SAMPLE } from "./sample.js";

const client: Client = { timeout: 120_000 };
/** Names of algorithms by their id. */
const names = new Map<string, string>();

const failure = part("failure", HTMLElement);

/** Does what a button asks for; meanwhile it rests, and what goes wrong is said. */
async function act(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  // A button that is disabled would lose the focus.
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = button.ariaBusy = "true";
  failure.replaceChildren();
  try {
    await work();
  } catch (error) {
    tell(failure, error);
  } finally {
    button.ariaDisabled = button.ariaBusy = "false";
  }
}

async function compressIt(): Promise<void> {
  const body = request();
  if (body === undefined) return;
  const answer = await compress(client, { body });
  const record = await getRequest(client, { path: { request_id: answer.requestId } });
  showResult(answer, record);
  await refresh(client, names, answer.requestId);
  part("result-title", HTMLElement).focus({ preventScroll: true });
}

async function compareAll(): Promise<void> {
  const body = request();
  if (body === undefined) return;
  showComparison(await testViability(client, { body: { content: body.content } }), names);
}

async function makeSample(): Promise<void> {
  const media = await generateMedia(client, { body: SAMPLE });
  const content = await downloadMedia(client, { path: { id: media.id } });
  put(await content.text(), `${media.fileName}, made by the server`);
}

async function start(): Promise<void> {
  watch();
  watchFiles();
  const submit = part("submit", HTMLButtonElement);
  part("form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void act(submit, compressIt);
  });
  for (const [id, work] of [
    ["compare", compareAll],
    ["sample", makeSample],
  ] as const) {
    const button = part(id, HTMLButtonElement);
    button.addEventListener("click", () => void act(button, work));
  }
  await act(submit, async () => {
    // Requests of algorithms that are no longer offered have names too.
    const algorithms = await listAlgorithms(client, { query: { enabled_only: false } });
    for (const { id, name } of algorithms) names.set(id, name);
    offer(algorithms.filter(({ isAvailable, isEnabled }) => isAvailable && isEnabled));
  });
  watchRequests(client, names);
}

void start();
