import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { RefusedPrograms } from '#components/demand/refused-programs.tsx';
import { rangeInWords } from '#components/ledger/parameter-change.ts';
import { parameterInWords, parameterTitle } from '#components/ledger/parameter-words.ts';
import { Facts } from '#components/ui/facts.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { hrefWith, Pager, pageOf } from '#components/ui/pager.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getRefusedPrograms } from '#lib/queries/refused-programs.ts';
import { isParameter } from '#ledger/contracts/definitions.ts';
import type { PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { GrantForm } from './_components/grant-form.tsx';
import { ParameterForm } from './_components/parameter-form.tsx';
import { RefusalForm } from './_components/refusal-form.tsx';

export const metadata: Metadata = { title: 'Rules and parameters' };

export default async function ParametersPage({ searchParams }: PageInput) {
  const session = await withAccount('/node-provider/parameters');
  if (!holdsRole(session, 'NRNSP')) notFound();
  const refusedPage = pageOf((await searchParams).refused);
  const [current, refused] = await Promise.all([getParameters(), getRefusedPrograms(refusedPage)]);
  const parameters = Object.entries(current);
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
                  <span>{isParameter(name) ? `from ${rangeInWords(name)} · ` : ''}</span>
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
      <Section title="Propose that a program is refused">
        <RefusalForm address={session.address} />
      </Section>
      <Section title="Refused programs">
        <RefusedPrograms programs={refused.items} />
        {refused.total === 0 ? null : (
          <Pager
            {...refused}
            what="program"
            hrefOf={(target) => hrefWith('/node-provider/parameters', {}, { refused: String(target) })}
          />
        )}
      </Section>
    </>
  );
}
