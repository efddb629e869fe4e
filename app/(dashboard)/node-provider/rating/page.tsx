import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { rangeInWords } from '#components/ledger/parameter-change.ts';
import { parameterInWords, parameterTitle } from '#components/ledger/parameter-words.ts';
import { PARTS, shareOf, weightsOf } from '#components/nodes/weights.ts';
import { PermissionChanges } from '#components/nodes/permission-changes.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Pager, pageOf } from '#components/ui/pager.tsx';
import { Text } from '#components/ui/text.tsx';
import { getParameters } from '#lib/queries/network.ts';
import { getPermissionChanges, getWhatIfFacts } from '#lib/queries/credit.ts';
import { creditDefinition } from '#ledger/contracts/credit/definition.ts';
import { isParameter, type Parameter } from '#ledger/contracts/definitions.ts';
import type { PageInput } from '../../../_page.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { WeightsForm } from './_components/weights-form.tsx';

export const metadata: Metadata = { title: 'Rating weights' };

/** What credit is made of and what it decides; when it is evaluated is a parameter like any other. */
const NAMES = Object.keys(creditDefinition.parameters).filter(
  (name): name is Parameter => isParameter(name) && name !== 'creditEpochMs',
);

function shareInWords(name: Parameter, share: number | undefined): string {
  return share === undefined ? parameterTitle(name) : `${share} % of the credit`;
}

export default async function RatingWeightsPage({ searchParams }: PageInput) {
  const session = await withAccount('/node-provider/rating');
  const [parameters, facts, changes] = await Promise.all([
    getParameters(),
    getWhatIfFacts(),
    getPermissionChanges(pageOf((await searchParams).page)),
  ]);
  if (facts === null) notFound();
  const { nodes, accounts, names, refs, isEveryNode } = facts;
  const weights = weightsOf(parameters);
  const shares = new Map<Parameter, number | undefined>(
    PARTS.map(({ name, weight }) => [weight, shareOf(weights[name], weights)]),
  );
  const inForce = Object.fromEntries(NAMES.map((name) => [name, parameters[name] ?? '0']));
  return (
    <>
      <PageHeader
        title="Rating weights"
        lead={`A node’s credit, from 0 to 1,000, is the weighted mean of its parts, evaluated once in ${parameterInWords('creditEpochMs', parameters.creditEpochMs ?? '0')}. Votes decide the weights.`}
      />
      <Section title="In force">
        <Facts
          facts={NAMES.map((name) => ({
            name: parameterTitle(name),
            value: (
              <>
                <Text>{parameterInWords(name, inForce[name] ?? '0')}</Text>{' '}
                <span className="text-xs text-muted">
                  <Text>
                    {shares.has(name) ? `${shareInWords(name, shares.get(name))} · ` : ''}
                    {`from ${rangeInWords(name)}`}
                  </Text>
                </span>
              </>
            ),
          }))}
        />
      </Section>
      <WeightsForm
        key={JSON.stringify(inForce)}
        address={session.address}
        names={NAMES}
        inForce={inForce}
        asked={{ nodes, accounts, names, refs }}
        mayPropose={holdsRole(session, 'NRNSP')}
      />
      {isEveryNode ? null : (
        <p className="mt-2 text-sm text-muted">
          There are more nodes than stand here: those with the lowest numbers do.
        </p>
      )}
      <Section title="What credit gave and took">
        <PermissionChanges changes={changes.items} />
        {changes.total === 0 ? null : (
          <Pager {...changes} what="change" hrefOf={(target) => `/node-provider/rating?page=${target}`} />
        )}
      </Section>
    </>
  );
}
