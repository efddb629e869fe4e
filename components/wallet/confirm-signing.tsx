'use client';

import { createContext, useCallback, useRef, useState } from 'react';
import type { Markup } from '#components/ui/markup.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { SigningFactsDto } from '#lib/shared/dto.ts';
import { certainRefusal, confirmationFacts, type ToConfirm } from './confirmation-facts.tsx';
import { signedPayees } from './signed-money.ts';
import { WhatItDoes } from './what-it-does.tsx';

/** Asks the person; true once they have confirmed. Only one signature is asked about at a time. */
export type Confirm = (asked: ToConfirm) => Promise<boolean>;

export const ConfirmContext = createContext<Confirm | null>(null);

/** Balance and names as the portal knows them now; null without an account. */
export type LookUp = (accounts: number[]) => Promise<SigningFactsDto | null>;

const UNKNOWN = 'The portal did not say what your balance is. Nothing was signed: go back and try again.';

/** What the portal says; null without an account, and why where it said nothing. */
type Known = SigningFactsDto | { why: string } | null;

interface Waiting {
  asked: ToConfirm;
  /** Undefined until the portal has answered. */
  known: Known | undefined;
}

function isKnown(known: Known | undefined): known is SigningFactsDto {
  return known !== null && known !== undefined && !('why' in known);
}

/** The one dialog that stands before every signature about money, however its form was sent. */
export function ConfirmSigning({ lookUp, children }: { lookUp: LookUp; children: Markup }) {
  const [waiting, setWaiting] = useState<Waiting>();
  const answer = useRef<((isConfirmed: boolean) => void) | undefined>(undefined);

  const confirm = useCallback<Confirm>(
    (asked) => {
      if (answer.current) return Promise.resolve(false);
      setWaiting({ asked, known: undefined });
      const payees = signedPayees(asked.method, asked.args).map(Number);
      void lookUp(payees)
        .catch(async () => ({ why: await whyNoAnswer(UNKNOWN) }))
        .then((known) => setWaiting((now) => (now?.asked === asked ? { asked, known } : now)));
      return new Promise((resolve) => {
        answer.current = resolve;
      });
    },
    [lookUp],
  );
  function close(isConfirmed: boolean) {
    answer.current?.(isConfirmed);
    answer.current = undefined;
    setWaiting(undefined);
  }
  return (
    <ConfirmContext value={confirm}>
      {children}
      <Dialog
        isOpen={waiting !== undefined}
        onClose={() => close(false)}
        title="Check before you sign"
        cancel="Back"
        confirm="Confirm and sign"
        isIncomplete={!waiting || !isKnown(waiting.known) || certainRefusal(waiting.asked, waiting.known) !== undefined}
        onConfirm={() => close(true)}
      >
        {waiting ? <Asked {...waiting} /> : null}
      </Dialog>
    </ConfirmContext>
  );
}

function Asked({ asked, known }: Waiting) {
  if (known === undefined) return <p role="status">Looking up names and your balance…</p>;
  if (!isKnown(known)) return <ProblemNote sentence={known?.why ?? UNKNOWN} />;
  return (
    <>
      <WhatItDoes method={asked.method} />
      <Facts facts={confirmationFacts(asked, known)} />
      <ProblemNote sentence={certainRefusal(asked, known)} />
    </>
  );
}
