'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountsInWords } from '#components/ledger/amounts.ts';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { Countdown } from '#components/ui/countdown.tsx';
import { formatUtc, partLabel } from '#components/ui/format.ts';
import { Text } from '#components/ui/text.tsx';
import type { ContinuableDto } from '#lib/shared/dto.ts';

export interface ContinueChoiceProps {
  continuable: readonly ContinuableDto[];
  /** Of the order that is continued; undefined for none. */
  chosen: number | undefined;
  onChange: (agreement: number | undefined) => void;
  kind: ShownKind;
  serverTimeMs: number;
}

/** Whether the new order begins empty, or goes on with what an earlier one stores. */
export function ContinueChoice({ continuable, chosen, onChange, kind, serverTimeMs }: ContinueChoiceProps) {
  if (continuable.length === 0) return null;
  const options = continuable.map(({ order, amounts, erasedFromMs }) => {
    const held = amounts.filter(({ meter }) => kind.ledger.capacity.includes(meter));
    return {
      value: String(order.id),
      label: `Continue order ${partLabel(order)}`,
      description: (
        <>
          <Text>{`What you stored stays, up to ${amountsInWords(kind.ledger, held)}. `}</Text>
          {erasedFromMs === null ? (
            <Text>{`${partLabel(order)} runs: it ends when the new order begins.`}</Text>
          ) : (
            <>
              <Text>{`Otherwise it is erased at ${formatUtc(erasedFromMs)}, in `}</Text>
              <Countdown untilMs={erasedFromMs} serverTimeMs={serverTimeMs} after="no time: too late" />
            </>
          )}
        </>
      ),
    };
  });
  return (
    <ChoiceGroup
      legend="What you have stored here"
      name="continues"
      value={chosen === undefined ? '' : String(chosen)}
      onChange={(value) => onChange(value === '' ? undefined : Number(value))}
      options={[...options, { value: '', label: 'Start empty' }]}
    />
  );
}
