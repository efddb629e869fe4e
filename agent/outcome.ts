/** An expected failure of the agent is a sentence for a person: who, what, and the next step. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly sentence: string };

export function done<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function failed(sentence: string): { readonly ok: false; readonly sentence: string } {
  return { ok: false, sentence };
}

/** Longer than any reason that a library gives on purpose. */
const REASON_LENGTH_MAX = 1_000;

/** What a library threw, whole and on one line: for the agent's own log and its owner, never for a customer. */
export function reasonOf(error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error && error.cause.message !== ''
      ? ` (${error.cause.message})`
      : '';
  const text = error instanceof Error ? `${error.message}${cause}` : String(error);
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, REASON_LENGTH_MAX);
}
