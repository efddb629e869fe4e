/** An expected failure of the agent is a sentence for a person: who, what, and the next step. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly sentence: string };

export function done<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function failed(sentence: string): { readonly ok: false; readonly sentence: string } {
  return { ok: false, sentence };
}

/** First line of what a library threw, cut to 300 characters: for the agent's own log and its owner, never for a customer. */
export function reasonOf(error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error && error.cause.message !== ''
      ? ` (${error.cause.message})`
      : '';
  const text = error instanceof Error ? `${error.message}${cause}` : String(error);
  return (text.split('\n')[0] ?? '').replaceAll(/\p{Cc}/gu, ' ').slice(0, 240);
}
