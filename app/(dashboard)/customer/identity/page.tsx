import type { Metadata } from 'next';
import { AttestationLine } from '#components/identity/attestation-line.tsx';
import { ClaimForm } from '#components/identity/claim-form.tsx';
import { WithdrawClaim } from '#components/identity/withdraw-claim.tsx';
import { AccountName } from '#components/ledger/account-name.tsx';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { OrderLinks } from '#components/ledger/order-links.tsx';
import { countOf } from '#components/ui/count.ts';
import { EmptyState, Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { CLAIM_TITLES, REVOCATIONS } from '#ledger/contracts/identity/identity-words.ts';
import { getOwnIdentity } from '#lib/queries/identity.ts';
import { getAnchor } from '#lib/queries/network.ts';
import type { AttestationDto, EndedIdentityDto, OwnIdentityDto, OwnRequestDto } from '#lib/shared/identity.ts';
import { serverNow } from '../../../_page.ts';
import { withAccount } from '../../../_session.ts';
import { keepClaim } from './actions.ts';

export const metadata: Metadata = { title: 'Identity' };

export default async function IdentityPage() {
  const session = await withAccount('/customer/identity');
  const [identity, anchor, nowMs] = await Promise.all([getOwnIdentity(), getAnchor(), serverNow()]);
  const { address, account } = session;
  const request = identity?.request ?? null;
  const identifiers = identity?.identifiers ?? [];
  return (
    <>
      <LiveRefresh ids={[`account:${account.id}`]} />
      <PageHeader
        title="Identity"
        lead="An operator that knows you can say so. Others then read which operator, and until when; nobody reads who you are."
      />
      <Section title="Now">
        {identity?.attestation ? (
          <Identified identity={identity} attestation={identity.attestation} nowMs={nowMs} />
        ) : identity?.ended ? (
          <Ended ended={identity.ended} nowMs={nowMs} />
        ) : (
          <EmptyState title="No operator has identified you">
            Most resources do not ask for it. Where a strategy does, its conditions say so.
          </EmptyState>
        )}
      </Section>
      {request === null ? null : (
        <Section title="Your last request">
          <LastRequest request={request} address={address} nowMs={nowMs} />
        </Section>
      )}
      {request?.outcome === 'waiting' ? null : (
        <Section title={identity?.attestation ? 'Renew it, or ask another operator' : 'Ask an operator'}>
          {identifiers.length === 0 ? (
            <EmptyState title="No operator identifies accounts yet">
              An operator offers it by a program that runs beside its own records.
            </EmptyState>
          ) : (
            <ClaimForm
              address={address}
              account={account.id}
              network={anchor.genesisHash}
              identifiers={identifiers}
              saveClaim={keepClaim}
            />
          )}
        </Section>
      )}
    </>
  );
}

interface IdentifiedProps {
  identity: OwnIdentityDto;
  attestation: AttestationDto;
  nowMs: number;
}

/** Who vouches, what runs by it, and from when it can be renewed. */
function Identified({ identity: { orders, orderCount, request }, attestation, nowMs }: IdentifiedProps) {
  return (
    <div className="flex flex-col gap-3">
      <p>
        <Text>Your account is </Text>
        <AttestationLine attestation={attestation} nowMs={nowMs} />
      </p>
      <p>
        {orderCount === 0 ? (
          <Text>No order of yours runs by it now.</Text>
        ) : (
          <>
            <Text>{`${countOf(orderCount, 'order')} of yours ${orderCount === 1 ? 'runs' : 'run'} by it: `}</Text>
            <OrderLinks orders={orders} viewer="customer" />
            <Text>
              {orderCount > orders.length ? ' and older ones' : ''}. When it ends, by its time or by the operator’s
              word, what runs by it ends with it.
            </Text>
          </>
        )}
      </p>
      {request?.outcome === 'waiting' ? null : (
        <Note kind="info">
          <Text>You can renew it from now on: ask </Text>
          <AccountName account={attestation.operator} />
          <Text>
            {' '}
            again. Until it answers, this one stays; a new one takes its place at that moment, and what runs by it goes
            on. Another operator’s takes its place too, and then orders end whose conditions name this operator.
          </Text>
        </Note>
      )}
    </div>
  );
}

/** What ended, why, and what ended with it. */
function Ended({ ended: { operator, reason, endedAtMs, orders }, nowMs }: { ended: EndedIdentityDto; nowMs: number }) {
  const why = reason === 'expired' ? 'its time was over' : `it was taken back: ${REVOCATIONS[reason]}`;
  return (
    <EmptyState title="No operator identifies you any more">
      <Text>The identification by </Text>
      <AccountName account={operator} />
      <Text> ended </Text>
      <Time timeMs={endedAtMs} nowMs={nowMs} />
      <Text>{`: ${why}. `}</Text>
      {orders.length === 0 ? (
        <Text>No order ended with it.</Text>
      ) : (
        <>
          <Text>{`${countOf(orders.length, 'order')} ended with it: `}</Text>
          <OrderLinks orders={orders} viewer="customer" />
          <Text>.</Text>
        </>
      )}
    </EmptyState>
  );
}

function LastRequest({ request, address, nowMs }: { request: OwnRequestDto; address: string; nowMs: number }) {
  const { operator, outcome, refusedFields, askedAtMs, answeredAtMs } = request;
  const fields = refusedFields.map((field) => CLAIM_TITLES[field]).join(' and the ');
  return (
    <div className="flex flex-col gap-3">
      <p>
        <Text>You asked </Text>
        <AccountName account={operator} />
        <Text> on </Text>
        <Time timeMs={askedAtMs} nowMs={nowMs} />
      </p>
      {outcome === 'waiting' ? (
        <>
          <Note kind="info">
            It waits for the operator’s answer. What you stated can be opened by its program alone.
          </Note>
          <WithdrawClaim address={address} operator={operator.id} />
        </>
      ) : null}
      {outcome === 'refused' ? (
        <Note kind="warning" title="The operator did not identify you">
          {`Its records differ from what you stated in the ${fields}. Check how it stands in your contract, and ask again.`}
        </Note>
      ) : null}
      {outcome === 'unanswered' ? (
        <Note kind="warning">The operator did not answer within 14 days. Ask again, or ask another one.</Note>
      ) : null}
      {outcome === 'withdrawn' ? <p className="text-muted">You took it back.</p> : null}
      {outcome === 'attested' && answeredAtMs !== null ? (
        <p>
          <Text>It identified you on </Text>
          <Time timeMs={answeredAtMs} nowMs={nowMs} />
        </p>
      ) : null}
    </div>
  );
}
