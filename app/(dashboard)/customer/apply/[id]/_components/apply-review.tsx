'use client';

import type { ReactNode } from 'react';
import type { Estimate } from '#components/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { amountsInWords } from '#components/ledger/amounts.ts';
import { allowanceAgainst, estimatedMicro, estimateFor, estimateInWords } from '#components/ledger/estimate.ts';
import { askedOfPeople, type IntendedUse } from '#components/ledger/intended-use.ts';
import { PriceList } from '#components/ledger/price-list.tsx';
import { chargedInWords, holdMicroFor } from '#components/ledger/prices.ts';
import { promiseInWords } from '#components/ledger/strategy-words.ts';
import { percentInWords } from '#components/strategy/promise.ts';
import { durationInWords, formatUtc } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { useServerTime } from '#components/ui/use-server-time.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import type { StrategyDto, TermDto } from '#lib/shared/dto.ts';
import { Text } from '#components/ui/text.tsx';

export interface ApplyReviewProps {
  use: IntendedUse | undefined;
  kind: ShownKind;
  /** `attributes`: what the agent computed of it. */
  resource: { attributes: readonly TermDto[]; strategy: StrategyDto };
  balanceMicro: string;
  deliveryMs: number;
  /** Time after the end in which the claim can be contested, before the bill is made. */
  contestMs: number;
  /** The server's time. */
  serverTimeMs: number;
}

/** When the tokens move, and how long the customer can object before they do. */
export function paidInWords(contestMs: number): string {
  return `${durationInWords(contestMs)} after the end; until then you can contest what the agent claims`;
}

/** What of the price is charged in the end, each sentence once. */
export function howCharged({ prices }: StrategyDto, kind: ShownKind): string {
  return [...new Set(prices.map((price) => chargedInWords(price, kind)))].join(' ');
}

/** What is asked for of each meter. */
function allowanceOf({ amounts }: IntendedUse, kind: ShownKind): string {
  const asked = amounts.filter(({ meter }) => askedOfPeople(kind).includes(meter));
  return amountsInWords(kind.ledger, asked);
}

/** About what all of it takes, and how the allowance and what is held for it compare with that. */
function estimated(
  estimate: Estimate,
  of: { strategy: StrategyDto; kind: ShownKind; against: ReturnType<typeof allowanceAgainst> },
): string {
  const { strategy, kind, against } = of;
  const isPriced = estimatedMicro(estimate, strategy.prices) !== undefined;
  return [
    `${estimate.factors} = ${estimateInWords(estimate, strategy.prices, kind)}.`,
    ...(against && !against.isShort ? [against.sentence] : []),
    ...(isPriced ? ['Held is what the whole allowance can cost; what is not used of it returns.'] : []),
  ].join(' ');
}

/** A window begins at delivery, and delivery has a bound. */
export function endsAtLatest({ durationMs }: IntendedUse, at: { deliveryMs: number; nowMs: number }): string {
  return formatUtc(at.nowMs + at.deliveryMs + durationMs);
}

/** Review before signing: the total, what is held, and when it ends. */
export function ApplyReview(props: ApplyReviewProps) {
  const { use, kind, balanceMicro, deliveryMs, contestMs } = props;
  const { attributes, strategy } = props.resource;
  const nowMs = useServerTime(props.serverTimeMs, (serverMs) => serverMs);
  const holdMicro = use ? holdMicroFor(strategy.prices, use) : undefined;
  const isShort = holdMicro !== undefined && holdMicro > BigInt(balanceMicro);
  const estimates = kind.screen.estimates({ attributes, ways: strategy.ways });
  const estimate = use && estimateFor(estimates, use.choices);
  const against = use && estimate && allowanceAgainst(estimate, { amounts: use.amounts, kind });
  return (
    <Panel>
      <h2>Review</h2>
      <dl className="mt-2 flex flex-col gap-2 text-sm">
        <Line name="Price">
          <PriceList prices={strategy.prices} kind={kind.name} />
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
        <Line name="Delivered">{`within ${durationInWords(deliveryMs)}, or everything held returns`}</Line>
        <Line name="Lasts">
          {use ? `${durationInWords(use.durationMs)} from delivery` : <span className="text-muted">not known yet</span>}
        </Line>
        <Line name="Ends at the latest">
          {use ? endsAtLatest(use, { deliveryMs, nowMs }) : <span className="text-muted">not known yet</span>}
        </Line>
        <Line name="Paid">{paidInWords(contestMs)}</Line>
        <Line name="Allowance">{use ? allowanceOf(use, kind) : <span className="text-muted">not known yet</span>}</Line>
        {estimate ? (
          <Line name={`Estimate for ${estimate.what}`}>{estimated(estimate, { strategy, kind, against })}</Line>
        ) : null}
        {strategy.promise.length > 0 ? (
          <Line name="Promised">
            <Text>
              {strategy.promise.map((quantity) => promiseInWords(quantity, kind.ledger)).join('; ')}; an interval below
              it costs {percentInWords(strategy.degradedPerMille)} of its price
            </Text>
          </Line>
        ) : null}
      </dl>
      <div className="mt-3 flex flex-col gap-1 text-xs text-muted">
        <WhatItDoes method="Apply" />
        <p>{howCharged(strategy, kind)}</p>
      </div>
      {against?.isShort ? (
        <div className="mt-3">
          <Note kind="warning">{against.sentence}</Note>
        </div>
      ) : null}
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
