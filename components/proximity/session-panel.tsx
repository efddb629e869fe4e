import { AccountName } from '#components/ledger/account-name.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { formatBytes, formatDuration } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import type { ProximitySessionDto } from '#lib/shared/proximity.ts';
import { EvaluateSession } from './evaluate-session.tsx';
import { LineTable } from './line-table.tsx';

const PER_MILLE_IN_PERCENT = 10;

/** `98 %`, rounded down: a session that was not kept whole is never shown as if it was. */
export function keptInWords(keptPerMille: number): string {
  return `${Math.floor(keptPerMille / PER_MILLE_IN_PERCENT)} %`;
}

/** What the network recorded of a session, on the order's page of who used it or served it. `address`: of who used it, who says there how it was; null for who served it. */
export function SessionPanel({ session, address }: { session: ProximitySessionDto; address: string | null }) {
  const { agreement, serviceNode, operator, evaluation } = session;
  return (
    <Section title="Session with the service node">
      <div className="mb-5 flex flex-col gap-3">
        <Facts
          facts={[
            { name: 'Service node', value: <AccountName account={serviceNode} /> },
            { name: 'Identified by', value: <AccountName account={operator} /> },
            { name: 'Could be used for', value: formatDuration(session.sessionMs) },
            { name: 'Kept as promised', value: `${keptInWords(session.keptPerMille)} of the whole time` },
            {
              name: 'Passed',
              value: `${formatBytes(session.outputBytes)} to the user node, ${formatBytes(session.inputBytes)} from it`,
            },
            { name: 'Ended by', value: session.terminateCause },
            ...(evaluation === null
              ? []
              : [{ name: address === null ? 'Evaluated' : 'You evaluated it', value: `${evaluation.score} of 5` }]),
          ]}
        />
        <LineTable {...session} />
        {evaluation === null && address !== null ? <EvaluateSession agreement={agreement} address={address} /> : null}
      </div>
    </Section>
  );
}
