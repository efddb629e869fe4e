import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { rangeInWords } from '#components/ledger/parameter-change.ts';
import { parameterInWords, parameterTitle } from '#components/ledger/parameter-words.ts';
import { Facts } from '#components/ui/facts.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { isParameter } from '#ledger/contracts/definitions.ts';
import { holdsRole } from '../../../_roles.ts';
import { withAccount } from '../../../_session.ts';
import { GrantForm } from './_components/grant-form.tsx';
import { ParameterForm } from './_components/parameter-form.tsx';

export const metadata: Metadata = { title: 'Rules and parameters' };

export default async function ParametersPage() {
  const session = await withAccount('/node-provider/parameters');
  if (!holdsRole(session, 'NRNSP')) notFound();
  const parameters = Object.entries(await getParameters());
  return (
    <>
      <PageHeader
        title="Rules and parameters"
        lead="What the contracts work with now, and how to propose a change. A change is in force when two thirds are in favour."
      />
      <Section title="In force">
        <Facts
          facts={parameters.map(([name, value]) => ({
            name: parameterTitle(name),
            value: (
              <>
                <span>{parameterInWords(name, value)}</span>{' '}
                <span className="text-xs text-muted">
                  <span>{isParameter(name) ? `of ${rangeInWords(name)} · ` : ''}</span>
                  <span className="font-mono">{name}</span>
                </span>
              </>
            ),
          }))}
        />
      </Section>
      <Section title="Propose a parameter">
        <ParameterForm
          address={session.address}
          parameters={parameters.flatMap(([name, value]) => (isParameter(name) ? [{ name, value }] : []))}
        />
      </Section>
      <Section title="Propose a grant from the treasury">
        <GrantForm address={session.address} />
      </Section>
    </>
  );
}
