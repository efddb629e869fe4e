/** Ends a command with one sentence for people; anything else that is thrown is a defect. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The sentence of an error: its own when it was written for people. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOurs = error instanceof Refusal || error.name === 'StorageHalt' || !('code' in error);
  return isOurs ? error.message : `${error.message}.`;
}
