import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Facts } from '#components/ui/facts.tsx';
import { durationInWords, formatBytes, formatCount, formatMicro } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { holdsRole } from '../../../_roles.ts';
import { withAccount } from '../../../_session.ts';
import { GrantForm } from './_components/grant-form.tsx';
import { ParameterForm } from './_components/parameter-form.tsx';

export const metadata: Metadata = { title: 'Rules and parameters' };

/** A parameter's value in words; its unit stands at the end of its name. */
function valueInWords(name: string, value: string): string {
  if (/Ms(Max)?$/.test(name)) return `${durationInWords(Number(value))} (${formatCount(value)} ms)`;
  if (name.endsWith('Micro')) return `${formatMicro(value)} tokens`;
  if (name.startsWith('bytes')) return formatBytes(value);
  if (name.endsWith('PerMille')) return `${formatCount(value)} ‰`;
  return formatCount(value);
}

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
        <Facts facts={parameters.map(([name, value]) => ({ name, value: valueInWords(name, value) }))} />
      </Section>
      <Section title="Propose a parameter">
        <ParameterForm address={session.address} parameters={parameters.map(([name, value]) => ({ name, value }))} />
      </Section>
      <Section title="Propose a grant from the treasury">
        <GrantForm address={session.address} />
      </Section>
    </>
  );
}
