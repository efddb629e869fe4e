import type { Metadata } from 'next';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { textOf } from '#components/ui/pager.tsx';
import { KEY_OFFER_LENGTH_MAX } from '#components/wallet/key-offer.ts';
import { portalFacts } from '#lib/auth/portal.ts';
import { getOwnKeys } from '#lib/queries/own-keys.ts';
import { serverNow, type PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { AllowProgram, type ProgramWork } from './_components/allow-program.tsx';
import { KeyTable } from './_components/key-table.tsx';
import { StartProgram } from './_components/start-program.tsx';

export const metadata: Metadata = { title: 'Programs' };

/** Work for which its account needs a role. */
const BY_ROLE = [
  { work: 'broker', role: 'NRB' },
  { work: 'maintainer', role: 'NRNSM' },
  { work: 'keeper', role: 'NRNSP' },
  { work: 'identity', role: 'NO' },
  { work: 'portal', role: 'NRNSP' },
] as const;

export default async function ProgramsPage({ searchParams }: PageInput) {
  const asked = await searchParams;
  const offer = textOf(asked.offer, KEY_OFFER_LENGTH_MAX) ?? '';
  const wanted = BY_ROLE.find(({ work }) => work === textOf(asked.as, 'maintainer'.length))?.work;
  const query = offer === '' ? '' : `?offer=${encodeURIComponent(offer)}${wanted ? `&as=${wanted}` : ''}`;
  const session = await withAccount(`/customer/programs${query}`);
  const open: readonly ProgramWork[] = [
    'buy',
    ...BY_ROLE.filter(({ role }) => holdsRole(session, role)).map(({ work }) => work),
  ];
  const works = open.toSorted((one, other) => Number(other === wanted) - Number(one === wanted));
  const [keys, nowMs] = await Promise.all([getOwnKeys(), serverNow()]);
  return (
    <>
      <LiveRefresh ids={[`account:${session.account.id}`]} />
      <PageHeader
        title="Programs"
        lead="A program with a key of its own can buy, use and end orders for your account, or work for it as a broker, as a maintainer, as the keeper of its validators and portals or as an operator that identifies accounts, without you and within the limits that you set."
      />
      <Section title="Start a program">
        <StartProgram portal={portalFacts().origin} account={session.account.id} isBroker={holdsRole(session, 'NRB')} />
      </Section>
      <Section title="Allow its key">
        <AllowProgram key={query} offered={offer} works={works} address={session.address} serverTimeMs={nowMs} />
      </Section>
      <Section title="Keys that may act for your account" aside="agents’ and programs’">
        {keys.length === 0 ? (
          <EmptyState title="No key but your own acts for your account">
            A program prints its offer at its first start; paste it above and sign once.
          </EmptyState>
        ) : (
          <KeyTable keys={keys} address={session.address} nowMs={nowMs} />
        )}
      </Section>
    </>
  );
}
