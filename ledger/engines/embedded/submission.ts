import type { SubmitResult } from '#ledger/core/committed.ts';

/** One validator's answer to a submitted transaction: 0 and the id, or a code; undefined when it could not be asked. */
export type Admission = { readonly code: number; readonly txId?: Uint8Array } | undefined;

export interface Asked {
  /** It stood at the engine's height when it was asked: whatever was told of decided transactions, it knows. */
  readonly isLevel: boolean;
  readonly answer: Promise<Admission>;
}

/** The first that admits; else the first code of those who can say; undefined when none can. */
function firstAdmission(
  answers: readonly Promise<Admission>[],
  unavailable: number,
): Promise<SubmitResult | undefined> {
  return new Promise((resolve) => {
    let left = answers.length;
    let refusal: SubmitResult | undefined;
    if (left === 0) resolve(undefined);
    for (const answer of answers) {
      void answer.then((given) => {
        left -= 1;
        const { code, txId } = given ?? { code: unavailable };
        if (code === 0 && txId !== undefined) resolve({ ok: true, txId });
        else if (code !== unavailable) refusal ??= { ok: false, code };
        if (left === 0) resolve(refusal);
      });
    }
  });
}

/**
 * What the engine says of a transaction that every running validator has checked for itself. Those that are level speak for it: one
 * that has not executed the last block yet would admit again what was decided there. Only when none of them can say do the others.
 * `isUndecided` hears of what a level one has let in: it stands in no block.
 */
export async function admissionOf(
  asked: readonly Asked[],
  unavailable: number,
  isUndecided: (txId: Uint8Array) => void = () => undefined,
): Promise<SubmitResult> {
  const of = (isLevel: boolean): Promise<SubmitResult | undefined> =>
    firstAdmission(
      asked.filter((each) => each.isLevel === isLevel).map(({ answer }) => answer),
      unavailable,
    );
  const level = await of(true);
  if (level?.ok === true) isUndecided(level.txId);
  return level ?? (await of(false)) ?? { ok: false, code: unavailable };
}
