'use client';

import { useState } from 'react';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { countOf } from '#components/ui/count.ts';
import { Field, NumberField } from '#components/ui/field.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { readNumber } from '#components/ui/number.ts';
import { SignedForm } from '#components/wallet/signed-form.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { ROUND_TRIP_MS_MAX } from '#ledger/contracts/kinds/connection.ts';
import { BYTES_PER_S_MAX, LOSS_PER_MILLE_MAX } from '#ledger/contracts/prose/definition.ts';
import { lineOfTries, TRIES_MIN, triesOf } from '#lib/shared/measured-line.ts';
import type { LineDto } from '#lib/shared/proximity.ts';

const SCORES = [
  { value: '5', label: '5, good' },
  { value: '4', label: '4' },
  { value: '3', label: '3, middling' },
  { value: '2', label: '2' },
  { value: '1', label: '1, bad' },
];

/** What is typed of a line, each figure with what it says and its bound. */
const FIGURES = [
  {
    key: 'roundTripMs',
    label: 'Round trip in ms',
    max: ROUND_TRIP_MS_MAX,
    inWords: (value: bigint) => `${value} ms to the relay and back`,
    description: 'Until the relay was reached, the median of several tries.',
  },
  {
    key: 'jitterMs',
    label: 'Jitter in ms',
    max: ROUND_TRIP_MS_MAX,
    inWords: (value: bigint) => `${value} ms apart on average`,
    description: 'How far round trips lay from that.',
  },
  {
    key: 'bytesPerS',
    label: 'Throughput in bytes a second',
    max: BYTES_PER_S_MAX,
    inWords: (value: bigint) => (value === 0n ? 'not measured' : `${formatBytes(Number(value))} a second`),
    description: 'The fastest that arrived; 0 where you did not measure it.',
  },
  {
    key: 'lossPerMille',
    label: 'Lost per mille',
    max: LOSS_PER_MILLE_MAX,
    inWords: (value: bigint) => `${value} of 1,000 tries lost`,
    description: 'Of 1,000 tries, how many found no answer.',
  },
] as const satisfies readonly (Record<'label' | 'description', string> & {
  key: keyof LineDto;
  max: bigint;
  inWords(value: bigint): string;
})[];

type Typed = Readonly<Record<keyof LineDto, string>>;
const UNTYPED: Typed = { roundTripMs: '', jitterMs: '', bytesPerS: '', lossPerMille: '' };

/** How a session was, once, in the words of who used it. */
export function EvaluateSession({ agreement, address }: { agreement: number; address: string }) {
  // Nothing is chosen at first: what is signed here cannot be changed.
  const [score, setScore] = useState('');
  const [typed, setTyped] = useState(UNTYPED);
  const [isChecked, setIsChecked] = useState(false);
  const action = useSignedAction('EvaluateSession', address);
  const line = lineIn(typed);
  const args =
    score === '' || line === undefined ? undefined : { agreement: BigInt(agreement), score: BigInt(score), ...line };

  async function submit() {
    setIsChecked(true);
    if (args !== undefined) await action.run(args);
  }

  return (
    <SignedForm method="EvaluateSession" args={args} action={action} submit={submit} button="Sign and evaluate">
      <ChoiceGroup legend="How was it?" name="score" options={SCORES} value={score} onChange={setScore} />
      {isChecked && score === '' ? <p className="text-sm text-danger">Choose from 1 to 5.</p> : null}
      <Pasted onRead={(found) => setTyped(asTyped(found))} />
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {FIGURES.map(({ key, label, max, inWords, description }) => (
          <NumberField
            key={key}
            label={label}
            name={key}
            value={typed[key]}
            onChange={(value) => setTyped((before) => ({ ...before, [key]: value }))}
            decimals={0}
            inWords={inWords}
            description={description}
            error={
              isChecked && wholeNumber(typed[key], max) === undefined
                ? `Write a whole number up to ${max.toLocaleString('en')}.`
                : undefined
            }
          />
        ))}
      </div>
    </SignedForm>
  );
}

/** What a measuring command printed, which fills the figures below it. */
function Pasted({ onRead }: { onRead: (line: LineDto) => void }) {
  const [pasted, setPasted] = useState('');
  const tries = triesOf(pasted);
  const isTooFew = pasted.trim() !== '' && lineOfTries(tries) === undefined;
  return (
    <div className="flex flex-col gap-1">
      <Field
        label="What curl printed"
        name="measured"
        rows={3}
        isMono
        value={pasted}
        onChange={(text) => {
          setPasted(text);
          const found = lineOfTries(triesOf(text));
          if (found !== undefined) onRead(found);
        }}
        description="Where you ran the command that measures the line, which stood under Access while the order ran: it fills the figures. Without it, type what you measured."
        error={isTooFew ? `It takes the lines of ${TRIES_MIN} tries at least, with an answer among them.` : undefined}
      />
      <p aria-live="polite" className="text-xs text-muted empty:hidden">
        {isTooFew || pasted.trim() === '' ? null : `Read from ${countOf(tries.length, 'try', 'tries')}.`}
      </p>
    </div>
  );
}

function asTyped({ roundTripMs, jitterMs, bytesPerS, lossPerMille }: LineDto): Typed {
  return {
    roundTripMs: String(roundTripMs),
    jitterMs: String(jitterMs),
    bytesPerS: String(bytesPerS),
    lossPerMille: String(lossPerMille),
  };
}

function lineIn(typed: Typed): Record<keyof LineDto, bigint> | undefined {
  const [roundTripMs, jitterMs, bytesPerS, lossPerMille] = FIGURES.map(({ key, max }) => wholeNumber(typed[key], max));
  if (roundTripMs === undefined || jitterMs === undefined || bytesPerS === undefined || lossPerMille === undefined)
    return undefined;
  return { roundTripMs, jitterMs, bytesPerS, lossPerMille };
}

function wholeNumber(typed: string, max: bigint): bigint | undefined {
  const reading = readNumber(typed, { decimals: 0 });
  return typed.trim() !== '' && reading.ok && reading.value <= max ? reading.value : undefined;
}
