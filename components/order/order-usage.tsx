import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountInWords, meterOf, shareInWords } from '#components/ledger/amounts.ts';
import { Facts, type Fact } from '#components/ui/facts.tsx';
import { durationInWords } from '#components/ui/format.ts';
import { Id } from '#components/ui/id.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { contestInWords } from './contest-words.ts';
import { RunStrip } from './run-strip.tsx';
import { RunTable } from './run-table.tsx';
import { UseChart } from './use-chart.tsx';

/** What was used of each meter that this kind counts, with its limit where it has one. */
function usedFacts({ ledger }: ShownKind, order: OrderDetail): Fact[] {
  return ledger.used.map((meter) => {
    const rule = meterOf(ledger, meter);
    const used = order.claim?.used.find((quantity) => quantity.meter === meter)?.amount ?? 0;
    const allowed = order.amounts.find((quantity) => quantity.meter === meter)?.amount;
    return {
      name: rule.title,
      value: allowed === undefined ? amountInWords(used, rule) : shareInWords(used, allowed, rule),
    };
  });
}

/** What was used, and how well the agent served, run by run: the bill's runs once settled, what was claimed before. */
export function OrderUsage({ order }: { order: OrderDetail }) {
  const kind = kindOf(order.resource.kind);
  const { UsageChart } = kind.screen;
  const runs = order.bill?.runs ?? order.claim?.runs ?? [];
  return (
    <div>
      <Section title="Usage claimed on the ledger">
        {order.claim ? (
          <>
            <Facts
              facts={[
                ...usedFacts(kind, order),
                { name: 'Counted until', value: <Time timeMs={order.claim.untilMs} nowMs={order.serverTimeMs} /> },
                {
                  name: 'Signed by the agent in',
                  value: (
                    <Id id={order.claim.tx} href={`/explorer/transactions/${order.claim.tx}`} what="transaction" />
                  ),
                },
              ]}
            />
            <UsageChart order={order} />
            <UseChart order={order} />
          </>
        ) : (
          <EmptyState title="No claim yet">
            The agent signs what it counted at the end, and at most every ten minutes before. The access card asks its
            meter directly.
          </EmptyState>
        )}
      </Section>
      {order.contested ? (
        <div className="mt-4">
          <Note kind="warning" title="Contested">
            {`The customer contests the claim: ${contestInWords(order.contested)}. Both histories show it.`}
          </Note>
        </div>
      ) : null}
      <Section title="Kept, degraded or down" aside={`measured in intervals of ${durationInWords(order.intervalMs)}`}>
        {runs.length === 0 ? (
          <EmptyState title="No interval has been measured yet">
            Each interval of the window counts as kept, degraded or down; what nobody claims counts as down.
          </EmptyState>
        ) : (
          <>
            <RunStrip runs={runs} />
            <div className="mt-3">
              <RunTable runs={runs} promise={order.promise} kind={kind} caption="Promised and measured, run by run" />
            </div>
          </>
        )}
      </Section>
    </div>
  );
}
