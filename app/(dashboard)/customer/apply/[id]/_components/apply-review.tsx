'use client';

import { Price } from '#components/ledger/price.tsx';
import type { IntendedUse } from '#components/ledger/intended-use.ts';
import { useServerNow } from '#components/ui/countdown.tsx';
import { durationInWords, formatBytes, formatCount, formatUtc } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { holdMicroOf } from '#components/wallet/hold.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import type { ReactNode } from 'react';

export interface ApplyReviewProps {
  use: IntendedUse | undefined;
  strategy: StrategyDto;
  balanceMicro: string;
  deliveryMs: number;
  serverTimeMs: number;
}

const HOW: Readonly<Record<StrategyDto['price']['unit'], string>> = {
  use: 'The price of one use, whatever you read of it.',
  hour: 'Only time in which the agent served is charged.',
  megabyte: 'Only megabytes that were served are charged.',
};

/** Review before signing: the total, what is held, and when it ends. */
export function ApplyReview({ use, strategy, balanceMicro, deliveryMs, serverTimeMs }: ApplyReviewProps) {
  const nowMs = useServerNow(serverTimeMs);
  const holdMicro = use ? holdMicroOf(strategy.price, use) : undefined;
  const isShort = holdMicro !== undefined && holdMicro > BigInt(balanceMicro);
  return (
    <Panel>
      <h2>Review</h2>
      <dl className="mt-2 flex flex-col gap-2 text-sm">
        <Line name="Price">
          <Price price={strategy.price} />
        </Line>
        <Line name="Most it can cost, held">
          {holdMicro === undefined ? (
            <span className="text-muted">not known yet</span>
          ) : (
            <Money amountMicro={holdMicro.toString()} className="font-semibold" />
          )}
        </Line>
        <Line name="Your balance">
          <Money amountMicro={balanceMicro} />
        </Line>
        <Line name="Delivered">within {durationInWords(deliveryMs)}, or everything held returns</Line>
        <Line name="Lasts">
          {use ? `${durationInWords(use.durationMs)} from delivery` : <span className="text-muted">not known yet</span>}
        </Line>
        <Line name="Ends at the latest">
          {use ? formatUtc(nowMs + deliveryMs + use.durationMs) : <span className="text-muted">not known yet</span>}
        </Line>
        <Line name="Allowance">
          {use ? (
            `${formatCount(use.calls)} calls, ${formatBytes(use.bytes)}`
          ) : (
            <span className="text-muted">not known yet</span>
          )}
        </Line>
      </dl>
      <p className="mt-3 text-xs text-muted">{HOW[strategy.price.unit]} What is held and not owed returns by itself.</p>
      {isShort ? (
        <div className="mt-3">
          <Note kind="warning">
            Your balance is below what would be held: the contract will not take this application.
          </Note>
        </div>
      ) : null}
    </Panel>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
