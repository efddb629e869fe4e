/**
 * A deliberate stop, told to people by its message: plain sentences that say what is wrong and what to do. Whoever meets it stops, keeps
 * what it has, and can be started again once that is done.
 */
export class Halt extends Error {
  override readonly name: string = 'Halt';
}

/** Stops on what cannot be gone on with and is no defect: another program can. */
export function halt(sentence: string): never {
  throw new Halt(sentence);
}
