'use client';

import { amountDecimals, amountLabel, typedAmountInWords } from '#components/ledger/amounts.ts';
import { NumberField } from '#components/ui/field.tsx';
import { LIMIT_METERS, type LimitName } from './draft.ts';
import type { DraftFieldsProps } from './program-fields.tsx';

const LIMITS: readonly { readonly name: LimitName; readonly label: string; readonly explains: string }[] = [
  {
    name: 'cpu',
    label: amountLabel(LIMIT_METERS.cpu),
    explains:
      'Of one sub-task, as much as it may ever take: one that takes longer is stopped. Price and time are worked out from it; what is not used is not charged. How long a program takes cannot be told beforehand: try one on a machine you rent, or begin with few sub-tasks.',
  },
  { name: 'memory', label: LIMIT_METERS.memory.title, explains: 'Of one sub-task.' },
  {
    name: 'output',
    label: amountLabel(LIMIT_METERS.output),
    explains: 'The most that one sub-task may write; more of it is cut off, and the sub-task fails.',
  },
];

/** What one sub-task may take. */
export function LimitFields({ draft, onChange, errors }: DraftFieldsProps) {
  return (
    <div className="grid items-start gap-3 sm:grid-cols-3">
      {LIMITS.map(({ name, label, explains }) => (
        <NumberField
          key={name}
          label={label}
          name={name}
          value={draft[name]}
          onChange={(value) => onChange({ ...draft, [name]: value })}
          decimals={amountDecimals(LIMIT_METERS[name])}
          inWords={(amount) => typedAmountInWords(amount, LIMIT_METERS[name])}
          error={errors[name]}
          description={explains}
        />
      ))}
    </div>
  );
}
