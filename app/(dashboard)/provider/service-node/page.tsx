import type { Metadata } from 'next';
import Link from 'next/link';
import { AttestationLine } from '#components/identity/attestation-line.tsx';
import { AccountName } from '#components/ledger/account-name.tsx';
import { AsOfBlock } from '#components/ledger/as-of.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { cellInWords } from '#components/proximity/candidates.ts';
import { JoinPool, LeavePool } from '#components/proximity/pool-buttons.tsx';
import { whatWouldRaise } from '#components/proximity/raise.ts';
import { PaymentTable, SessionTable } from '#components/proximity/session-table.tsx';
import { countOf } from '#components/ui/count.ts';
import { Figures } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { formatCount, resourceLabel } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Panel, Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { LEAVING } from '#ledger/contracts/prose/definition.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import { getServiceNode } from '#lib/queries/prose.ts';
import type { OwnRelayDto, ServiceNodeDto } from '#lib/shared/proximity.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { serverNow } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'My service node' };

export default async function ServiceNodePage() {
  const session = await withAccount('/provider/service-node');
  const [node, nowMs] = await Promise.all([getServiceNode(), serverNow()]);
  if (node === null) return <RoleMissing title="My service node" role="NRP" />;
  const { sessions, payments, relays } = node;
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`, 'resource:']} asOf={node.asOf.height} everyMs={10_000} />
      <PageHeader
        title="My service node"
        lead="Your relays in the proximity pool: an operator that identified you vouches for them, and may pay for their use on top of what customers pay."
        meta={<AsOfBlock asOf={node.asOf} />}
      />
      <Figures figures={figuresOf(node)} />
      <Section title="Who vouches for you">
        <Vouching node={node} nowMs={nowMs} />
      </Section>
      <Section title="Your relays">
        {relays.length === 0 ? (
          <EmptyState title="You share no relay" action={{ label: 'Publish one', href: '/provider/publish' }}>
            A relay that states its place can join the pool.
          </EmptyState>
        ) : (
          <div className="flex flex-col gap-3">
            {relays.map((relay) => (
              <RelayPanel key={relay.resource} relay={relay} node={node} address={session.address} nowMs={nowMs} />
            ))}
          </div>
        )}
      </Section>
      <Section title="Paid by operators">
        {payments.length === 0 ? (
          <EmptyState title="Nothing yet">
            An operator with a tariff pays at the end of the epoch in which a session was recorded.
          </EmptyState>
        ) : (
          <PaymentTable payments={payments} viewer="provider" nowMs={nowMs} />
        )}
      </Section>
      <Section title="Sessions">
        {sessions.length === 0 ? (
          <EmptyState title="No session yet">A session is recorded once its order is settled.</EmptyState>
        ) : (
          <SessionTable sessions={sessions} viewer="provider" nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}

function figuresOf({ standing, earnedMicro, paidMicro }: ServiceNodeDto) {
  return [
    { name: 'Sessions', value: formatCount(standing.sessions), note: countOf(standing.disconnects, 'disconnect') },
    { name: 'Evaluations', value: formatCount(standing.evaluations), note: meanInWords(standing) },
    { name: 'Earned from customers', value: <Money amountMicro={earnedMicro} />, note: 'for sessions, after the fee' },
    { name: 'Paid by operators', value: <Money amountMicro={paidMicro} />, note: 'by their tariffs' },
  ];
}

function meanInWords({ evaluations, scoreSum }: ServiceNodeDto['standing']): string {
  return evaluations === 0 ? 'none so far' : `${(scoreSum / evaluations).toFixed(1)} of 5 on average`;
}

function Vouching({ node: { identifiedBy, tariff }, nowMs }: { node: ServiceNodeDto; nowMs: number }) {
  if (identifiedBy === null)
    return (
      <EmptyState
        title="No operator has identified you"
        action={{ label: 'Ask an operator', href: '/customer/identity' }}
      >
        Only relays of providers whom an operator knows are in the pool.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-1">
      <p>
        <Text>Your account is </Text>
        <AttestationLine attestation={identifiedBy} nowMs={nowMs} />
      </p>
      {tariff === null ? (
        <p className="text-muted">It has published no tariff: you earn what customers pay.</p>
      ) : (
        <p>
          <AccountName account={identifiedBy.operator} />
          <Text> pays you </Text>
          <Money amountMicro={tariff.microPerMinute} />
          <Text> for each minute of completed use on top, from a budget of </Text>
          <Money amountMicro={tariff.budgetMicro} />
          <Text> in an epoch.</Text>
        </p>
      )}
    </div>
  );
}

/** What is missing for joining, each with its way. */
function missingFor(relay: OwnRelayDto, node: ServiceNodeDto): string[] {
  return [
    ...(node.identifiedBy === null ? ['No operator has identified you: ask one on the page Identity.'] : []),
    ...(relay.isOnOffer ? [] : ['The relay is suspended: put it back on the list on its page.']),
    ...(relay.cell === null
      ? ['The relay states no place: add “place” to it in the agent’s config file, and publish it anew.']
      : []),
  ];
}

interface RelayPanelProps {
  relay: OwnRelayDto;
  node: ServiceNodeDto;
  address: string;
  nowMs: number;
}

function RelayPanel({ relay, node, address, nowMs }: RelayPanelProps) {
  const { resource, title, cell, joinedAtMs, left } = relay;
  const missing = missingFor(relay, node);
  const place = cell === null ? undefined : readPlace(cell);
  return (
    <Panel className="flex flex-col gap-3">
      <div>
        <h3 className="break-words">
          <Link href={`/provider/resources/${resource}`} prefetch={false} className="prose-link">
            <Foreign text={title} />
          </Link>
        </h3>
        <p className="text-sm text-muted">
          {`${resourceLabel(resource)}${place === undefined ? ', no place stated' : `, at ${cellInWords(place)}: a cell of a tenth of a degree`}`}
        </p>
      </div>
      {joinedAtMs === null ? (
        <>
          {left === null ? null : (
            <p className="text-sm">
              <Text>{`It left the pool: ${LEAVING[left.reason]}. `}</Text>
              <Time timeMs={left.atMs} nowMs={nowMs} />
            </p>
          )}
          {missing.length === 0 ? (
            <JoinPool resource={resource} address={address} />
          ) : (
            <Note kind="info" title="Missing for joining">
              <ul className="list-disc ps-4">
                {missing.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </Note>
          )}
        </>
      ) : (
        <InPool relay={relay} joinedAtMs={joinedAtMs} node={node} address={address} nowMs={nowMs} />
      )}
    </Panel>
  );
}

function InPool({ relay, joinedAtMs, node, address, nowMs }: RelayPanelProps & { joinedAtMs: number }) {
  const advice = relay.candidate === null ? [] : whatWouldRaise(relay.candidate, node.weights);
  return (
    <>
      <p>
        <Text>In the pool since </Text>
        <Time timeMs={joinedAtMs} nowMs={nowMs} />
      </p>
      {relay.candidate === null ? (
        <Note kind="warning">Its node does not answer, so that it is recommended to nobody now.</Note>
      ) : (
        <div className="text-sm">
          <p className="font-medium">What would raise its place</p>
          {advice.length === 0 ? (
            <p className="text-muted">Nothing that you could change: every part but the distance is good.</p>
          ) : (
            <ul className="list-disc ps-4">
              {advice.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      <LeavePool resource={relay.resource} address={address} />
    </>
  );
}
