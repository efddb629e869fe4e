'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { DURATION_UNITS, parseDuration, typedDurationInWords } from '#components/ui/duration.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { formatUtc, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { Note } from '#components/ui/note.tsx';
import { numberProblem } from '#components/ui/number.ts';
import type { MethodName } from '#ledger/contracts/definitions.ts';
import { ApiCall } from './api-call.tsx';
import { authorizeKeyArgs } from './authorize-key.ts';
import type { KeyOffer } from './key-offer.ts';
import { SigningNote } from './signing-note.tsx';
import { useSignedAction } from './use-signed-action.ts';
import { WhatItDoes } from './what-it-does.tsx';

/** Longest time for which a key is allowed here. */
const DAYS_MAX = 9_999;

/** Up to which sum and until when a key may act: as it is typed, and as it is signed. */
interface KeyTerms {
  readonly cap: string;
  readonly days: string;
  readonly setCap: (cap: string) => void;
  readonly setDays: (days: string) => void;
  /** Undefined while it is no amount, or no time. */
  readonly spendingCapMicro: string | undefined;
  readonly expiresAtMs: number | undefined;
}

function useKeyTerms(serverTimeMs: number, first: { readonly cap: string; readonly days: string }): KeyTerms {
  const [cap, setCap] = useState(first.cap);
  const [days, setDays] = useState(first.days);
  const validMs = parseDuration(days, 'days', DAYS_MAX * DURATION_UNITS.days);
  const expiresAtMs = validMs === undefined ? undefined : Math.floor(serverTimeMs) + validMs;
  return { cap, days, setCap, setDays, spendingCapMicro: parseMicro(cap), expiresAtMs };
}

function KeyTermsFields({ terms, capExplained }: { terms: KeyTerms; capExplained: string }) {
  const { cap, days, spendingCapMicro, expiresAtMs } = terms;
  const capProblem = numberProblem(cap, { decimals: TOKEN_DECIMALS }) ?? 'Write an amount such as 0 or 12.50.';
  const daysProblem = numberProblem(days, { decimals: 0 }) ?? 'Write a whole number of days, from 1 to 9999.';
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <NumberField
        label="May spend at most"
        name="cap"
        value={cap}
        onChange={terms.setCap}
        decimals={TOKEN_DECIMALS}
        inWords={microInWords}
        error={spendingCapMicro === undefined ? capProblem : undefined}
        description={capExplained}
      />
      <NumberField
        label="Allowed for days"
        name="days"
        value={days}
        onChange={terms.setDays}
        decimals={0}
        inWords={(count) => typedDurationInWords(count, 'days')}
        error={expiresAtMs === undefined ? daysProblem : undefined}
        description={expiresAtMs === undefined ? undefined : `Until ${formatUtc(expiresAtMs)}.`}
      />
    </div>
  );
}

export interface AllowKeyFormProps {
  /** Of the form, for those who do not see it. */
  label: string;
  offer: KeyOffer;
  methods: readonly MethodName[];
  /** Whose key it is, first as the confirmation repeats it, and what else the owner has to know. */
  who: Fact;
  facts: readonly Fact[];
  /** What to look at before signing. */
  note?: string;
  first: { readonly cap: string; readonly days: string };
  capExplained: string;
  address: string;
  serverTimeMs: number;
  onAllowed: () => void;
}

/** What a key that was offered may do, for how long and up to which sum, before the owner signs for it. */
export function AllowKeyForm(props: AllowKeyFormProps) {
  const { offer, methods, who, address } = props;
  const terms = useKeyTerms(props.serverTimeMs, props.first);
  const { spendingCapMicro, expiresAtMs } = terms;
  const action = useSignedAction('AuthorizeKey', address);
  const args =
    spendingCapMicro === undefined || expiresAtMs === undefined
      ? undefined
      : authorizeKeyArgs({
          keyAddress: offer.address,
          label: offer.label,
          methods,
          resources: [],
          spendingCapMicro,
          expiresAtMs,
          proof: offer.proof,
        });
  return (
    <form
      aria-label={props.label}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (args) void action.run(args, [who]).then((result) => (result.ok ? props.onAllowed() : undefined));
      }}
    >
      <Facts
        facts={[
          who,
          { name: 'Fingerprint of its key', value: <Id id={offer.address} what="fingerprint" isWhole /> },
          ...props.facts,
          { name: 'May sign', value: methods.join(', ') },
        ]}
      />
      <WhatItDoes method="AuthorizeKey" />
      {props.note === undefined ? null : <Note kind="info">{props.note}</Note>}
      <KeyTermsFields terms={terms} capExplained={props.capExplained} />
      <SigningNote step={action.step} sentence={action.sentence} />
      <div>
        <Button type="submit" variant="primary" isDisabled={!args} isPending={action.isPending}>
          Sign and allow this key
        </Button>
      </div>
      <ApiCall method="AuthorizeKey" args={args} />
    </form>
  );
}
