/** What went wrong with a call, in words. */

import {
  ApiError,
  ClientError,
  ConnectionError,
  ContractError,
  ValidationError,
} from "../../../../generated/compression/client/index.js";
import { made } from "./page.js";

interface Told {
  readonly title: string;
  readonly reasons: readonly string[];
}

/** Says in a place of the page why a call failed. What is no failure of a call is a fault of the page. */
export function tell(place: HTMLElement, error: unknown): void {
  if (!(error instanceof ClientError)) throw error;
  const { title, reasons } = told(error);
  const list = made("ul", "", ...reasons.map((reason) => made("li", "", reason)));
  const box = made("div", "failure", made("strong", "", title));
  if (reasons.length > 0) box.append(list);
  place.replaceChildren(box);
}

function told(error: ClientError): Told {
  if (error instanceof ApiError) {
    const reasons = error.details.map(({ path, message }) => reason(path, message));
    return { title: error.message, reasons: [...reasons, `${error.code}, status ${error.status}`] };
  }
  if (error instanceof ValidationError || error instanceof ContractError) {
    const title =
      error instanceof ValidationError
        ? "This cannot be sent."
        : `The answer is not what the API promises (status ${error.status}).`;
    return { title, reasons: error.issues.map(({ path, message }) => reason(path, message)) };
  }
  const late = error instanceof ConnectionError && error.timedOut;
  const title = late ? "The server takes too long." : "The server does not answer.";
  return { title, reasons: ["Nothing is lost: try again in a moment."] };
}

function reason(path: string, message: string): string {
  return path === "" ? message : `${path}: ${message}`;
}
