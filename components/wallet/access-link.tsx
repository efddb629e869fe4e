'use client';

import { useEffect, useMemo, useState } from 'react';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import type { AccessPanelProps } from '#components/kinds/kind.ts';
import { allowanceAgainst, estimateFor, estimateInWords } from '#components/ledger/estimate.ts';
import { amountInWords, meterOf, shareInWords } from '#components/ledger/amounts.ts';
import { RunningCost } from '#components/ledger/running-cost.tsx';
import { Button } from '#components/ui/button.tsx';
import { formatUtc } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { useServerNow } from '#components/ui/use-server-time.ts';
import type { OrderDetail, QuantityDto } from '#lib/shared/dto.ts';
import { readUsage, tryLink, type GatewayLink } from './gateway.ts';

const USAGE_EVERY_MS = 5_000;

export interface AccessLinkProps {
  order: OrderDetail;
  link: GatewayLink;
  isRunning: boolean;
}

interface Usage {
  /** Undefined before the gateway has answered. */
  used: readonly QuantityDto[] | undefined;
  refresh: () => Promise<void>;
}

/** What was used as the gateway counts it now; the claims on the ledger follow later. */
function useUsage(link: GatewayLink, { ledger, screen }: ShownKind, isRunning: boolean): Usage {
  const [used, setUsed] = useState<readonly QuantityDto[]>();
  const { url, token } = link;
  const meters = useMemo(() => {
    // Of a kind that stores something the state says how much of what is held is filled.
    const filled = ledger.graceMs === undefined ? [] : ledger.capacity;
    return [...ledger.used, ...filled, ...screen.countedForEstimate];
  }, [ledger, screen]);
  const refresh = async () => {
    const answer = await readUsage({ url, token }, meters);
    if (answer.kind === 'served') setUsed(answer.value);
  };
  useEffect(() => {
    if (!isRunning) return undefined;
    let isCurrent = true;
    const ask = async () => {
      if (document.visibilityState !== 'visible') return;
      const answer = await readUsage({ url, token }, meters);
      if (isCurrent && answer.kind === 'served') setUsed(answer.value);
    };
    void ask();
    const timer = setInterval(() => void ask(), USAGE_EVERY_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [url, token, meters, isRunning]);
  return { used, refresh };
}

/** About what the choice that was bought takes: all of it, and at most for a part. */
function estimateOf(order: OrderDetail, kind: ShownKind, used: readonly QuantityDto[]): AccessPanelProps['estimate'] {
  const { attributes, ways } = order;
  const counted = Object.fromEntries(used.map(({ meter, amount }) => [meter, amount]));
  const whole = estimateFor(kind.screen.estimates({ attributes, ways, counted }), order.choices);
  if (whole === undefined) return undefined;
  // What is left, for it is that which ends an answer in its middle.
  const left = order.amounts.map(({ meter, amount }) => {
    const gone = used.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    return { meter, amount: BigInt(Math.max(0, amount - gone)) };
  });
  const against = allowanceAgainst(whole, { amounts: left, kind });
  return {
    ...(against?.isShort === true ? { warning: against.sentence } : {}),
    all: `${whole.factors} = ${estimateInWords(whole, order.prices, kind)}`,
    part: estimateInWords({ ...whole, isMost: true }, order.prices, kind),
  };
}

/** The opened link: what was used through it, and how its kind is used. */
export function AccessLink({ order, link, isRunning }: AccessLinkProps) {
  const kind = kindOf(order.resource.kind);
  const { used, refresh } = useUsage(link, kind, isRunning);
  const { AccessPanel } = kind.screen;
  return (
    <div className="flex flex-col gap-3">
      <UsageSoFar order={order} used={used} kind={kind} />
      <AccessPanel
        order={order}
        link={link}
        isRunning={isRunning}
        estimate={estimateOf(order, kind, used ?? [])}
        onUsed={refresh}
      />
      <TryLink order={order} link={link} probeUrl={kind.screen.probeUrl(link)} isRunning={isRunning} />
    </div>
  );
}

interface UsageSoFarProps {
  order: OrderDetail;
  used: readonly QuantityDto[] | undefined;
  kind: ShownKind;
}

function UsageSoFar({ order, used, kind }: UsageSoFarProps) {
  const counted = used ?? order.claim?.used;
  const filled = kind.ledger.capacity.filter((meter) => used?.some((quantity) => quantity.meter === meter));
  const meters = [...filled, ...kind.ledger.limits];
  return (
    <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
      {meters.map((meter) => {
        const rule = meterOf(kind.ledger, meter);
        const amount = counted?.find((quantity) => quantity.meter === meter)?.amount;
        const allowed = order.amounts.find((quantity) => quantity.meter === meter)?.amount ?? 0;
        return (
          <div key={meter}>
            <dt className="text-xs text-muted">{`${rule.title} used`}</dt>
            <dd>
              {amount === undefined
                ? `none claimed of ${amountInWords(allowed, rule)}`
                : shareInWords(amount, allowed, rule)}
            </dd>
          </div>
        );
      })}
      {order.status === 'prepared' || order.status === 'active' ? (
        <div>
          <dt className="text-xs text-muted">Cost so far</dt>
          <dd>
            <RunningCost order={order} used={used} />
          </dd>
        </div>
      ) : null}
      <div>
        <dt className="text-xs text-muted">Counted by</dt>
        <dd>{used ? 'the gateway, now' : order.claim ? 'the agent’s last claim on the ledger' : 'nobody yet'}</dd>
      </div>
    </dl>
  );
}

interface Proof {
  atMs: number;
  kind: 'served' | 'refused' | 'unreachable';
  sentence: string;
}

/** The proof of expiry: the same link, tried again, is refused by the provider's own gateway. */
function TryLink({ order, link, probeUrl, isRunning }: AccessLinkProps & { probeUrl: string }) {
  const nowMs = useServerNow(order.serverTimeMs);
  const [proof, setProof] = useState<Proof>();
  const [isTrying, setIsTrying] = useState(false);
  async function attempt() {
    setIsTrying(true);
    const answer = await tryLink(link, probeUrl);
    setIsTrying(false);
    const sentence =
      answer.kind === 'served'
        ? 'The link opens.'
        : answer.kind === 'refused'
          ? `HTTP ${answer.status}: ${answer.sentence}`
          : answer.sentence;
    setProof({ atMs: nowMs(), kind: answer.kind, sentence });
  }
  return (
    <div className="flex flex-col gap-2">
      {isRunning ? null : (
        <div>
          <Button variant="primary" isPending={isTrying} onPress={() => void attempt()}>
            Try the link
          </Button>
        </div>
      )}
      {proof ? <ProofNote proof={proof} isRunning={isRunning} /> : null}
    </div>
  );
}

function ProofNote({ proof, isRunning }: { proof: Proof; isRunning: boolean }) {
  const isExpected = isRunning ? proof.kind === 'served' : proof.kind === 'refused';
  const title = proof.kind === 'refused' ? 'Refused' : proof.kind === 'served' ? 'Served' : 'No answer';
  return (
    <Note kind={isExpected ? 'success' : 'warning'} title={title} isLive>
      {`${proof.sentence} Tried ${formatUtc(proof.atMs)}.`}
    </Note>
  );
}
