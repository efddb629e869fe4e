/** Thrown when a fact the program relies on does not hold: a defect, never bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Halts on an impossible state. Stays on in production; bad input is a `Result`, never an assert. */
export function assert(condition: unknown, factThatMustHold: string): asserts condition {
  if (!condition) throw new AssertionError(factThatMustHold);
}
