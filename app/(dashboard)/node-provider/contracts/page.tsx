import type { Metadata } from 'next';
import Link from 'next/link';
import { parameterInWords, parameterTitle } from '#components/ledger/parameter-words.ts';
import { countOf } from '#components/ui/count.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { Text } from '#components/ui/text.tsx';
import { Id } from '#components/ui/id.tsx';
import { Time } from '#components/ui/time.tsx';
import { getContractVersions } from '#lib/queries/contract-versions.ts';
import { getParameters } from '#lib/queries/network.ts';
import type { ContractVersionDto } from '#lib/shared/contract-version-dto.ts';
import { definitions } from '#ledger/contracts/definitions.ts';
import type { ContractDefinition, MethodDefinition } from '#ledger/contracts/shared/definition.ts';
import { holdsRole, withAccount } from '../../../_session.ts';
import { VersionForm } from './_components/version-form.tsx';

export const metadata: Metadata = { title: 'Contracts and versions' };

const CONTRACTS: readonly ContractDefinition[] = Object.values(definitions);

const COLUMNS: readonly Column<ContractDefinition>[] = [
  {
    key: 'name',
    header: 'Contract',
    isRowHeader: true,
    cell: ({ name }) => (
      <a href={`#contract-${name}`} className="prose-link font-medium">
        {name}
      </a>
    ),
  },
  { key: 'id', header: 'Number', align: 'end', cell: ({ id }) => formatCount(id) },
  {
    key: 'methods',
    header: 'Methods',
    align: 'end',
    cell: ({ methods }) => formatCount(Object.keys(methods).length),
  },
  {
    key: 'voted',
    header: 'Decided by vote',
    align: 'end',
    cell: ({ methods }) => formatCount(Object.values(methods).filter(({ byVote }) => byVote !== undefined).length),
  },
  { key: 'events', header: 'Events', align: 'end', cell: ({ events }) => formatCount(Object.keys(events).length) },
  {
    key: 'parameters',
    header: 'Parameters',
    align: 'end',
    cell: ({ parameters }) => formatCount(Object.keys(parameters).length),
  },
];

type NamedMethod = readonly [name: string, definition: MethodDefinition];

const METHOD_COLUMNS: readonly Column<NamedMethod>[] = [
  {
    key: 'name',
    header: 'Method',
    isRowHeader: true,
    cell: ([name]) => <span className="font-mono text-xs break-all">{name}</span>,
  },
  { key: 'does', header: 'What it does', cell: ([, { does }]) => <Text>{does}</Text> },
  {
    key: 'vote',
    header: 'Takes effect',
    cell: ([, { byVote }]) => <Text>{byVote === undefined ? 'at once' : 'when a vote passes'}</Text>,
  },
];

const VERSION_COLUMNS: readonly Column<ContractVersionDto>[] = [
  {
    key: 'name',
    header: 'Contract',
    isRowHeader: true,
    cell: ({ name }) => <span className="font-medium">{name}</span>,
  },
  { key: 'version', header: 'In force', align: 'end', cell: ({ version }) => formatCount(version) },
  {
    key: 'digest',
    header: 'Digest',
    cell: ({ digest, name }) => <Id id={digest} what={`digest of the contract ${name}`} />,
  },
  {
    key: 'since',
    header: 'Since',
    cell: ({ since }) =>
      since === null ? (
        <Text>genesis</Text>
      ) : (
        <span>
          <Text>{`block ${formatCount(since.height)}, by proposal ${since.proposal},`}</Text>{' '}
          <Time timeMs={since.timeMs} />
        </span>
      ),
  },
  { key: 'scheduled', header: 'Scheduled', cell: ({ scheduled }) => <Scheduled scheduled={scheduled} /> },
];

/** What a vote has decided and no block has brought yet, and whether this portal's own ledger process is ready for it. */
function Scheduled({ scheduled }: Pick<ContractVersionDto, 'scheduled'>) {
  if (scheduled === null) return <span className="text-muted">nothing</span>;
  const { version, proposal, activatesAtMs, digest, isHeld } = scheduled;
  return (
    <span className="flex flex-col gap-0.5">
      <span>
        <Text>{`version ${version} by proposal ${proposal}, at the first block from`}</Text>{' '}
        <Time timeMs={activatesAtMs} />
      </span>
      <Id id={digest} what="digest of the scheduled version" />
      <span className={isHeld ? 'text-xs text-muted' : 'text-xs font-medium text-danger'}>
        {isHeld
          ? 'This portal’s ledger process has it.'
          : 'This portal’s ledger process does not have it and stops before that block: install the release that has it.'}
      </span>
    </span>
  );
}

function Contract({ contract, values }: { contract: ContractDefinition; values: Readonly<Record<string, string>> }) {
  const { id, name, methods, parameters } = contract;
  const [own, figures] = [Object.entries(methods), Object.keys(parameters)];
  return (
    <Section title={name} id={`contract-${name}`} aside={`number ${id}`}>
      <div className="flex flex-col gap-3">
        {figures.length === 0 ? (
          <p className="text-sm text-muted">It has no parameters.</p>
        ) : (
          <Facts
            facts={figures.map((parameter) => ({
              name: parameterTitle(parameter),
              value: <Text>{parameterInWords(parameter, values[parameter] ?? '0')}</Text>,
            }))}
          />
        )}
        {own.length === 0 ? (
          <p className="text-sm text-muted">It has no methods: the machine itself records its events.</p>
        ) : (
          <Disclosure summary={countOf(own.length, 'method')}>
            <Table
              caption={`Methods of the contract ${name}`}
              columns={METHOD_COLUMNS}
              rows={own}
              rowKey={([method]) => method}
            />
          </Disclosure>
        )}
      </div>
    </Section>
  );
}

export default async function ContractsPage() {
  const session = await withAccount('/node-provider/contracts');
  const [values, answer] = await Promise.all([getParameters(), getContractVersions()]);
  const versions = answer?.contracts ?? [];
  const proposable = versions.map(({ name, version, held }) => ({
    name,
    version,
    held: held.find((one) => one.version === version + 1)?.digest ?? null,
  }));
  return (
    <>
      <PageHeader
        title="Contracts and versions"
        lead="The contracts, the version of each that every validator executes, and the values that votes have given their parameters."
      />
      <div className="mb-5">
        <Note kind="info">
          <span>
            <Text>
              A vote decides the next version of a contract by its digest. Two epochs after the vote every node executes
              it; a node whose release does not have it stops before that block and goes on from there once the release
              is installed. The digest covers methods, fields, events, codes, parameters and the name of the code, not
              the code itself. Votes about parameters are opened under{' '}
            </Text>
            <Link href="/node-provider/parameters" prefetch={false} className="prose-link">
              Rules and parameters
            </Link>
            <Text>.</Text>
          </span>
        </Note>
      </div>
      <Section title="Versions">
        {versions.length === 0 ? (
          <p className="text-muted">The ledger does not answer right now: load the page again to see the versions.</p>
        ) : (
          <Table
            caption="Versions of the contracts"
            columns={VERSION_COLUMNS}
            rows={versions}
            rowKey={({ name }) => name}
          />
        )}
      </Section>
      {holdsRole(session, 'NRNSP') && proposable.length > 0 ? (
        <Section title="Propose the next version of a contract">
          <VersionForm address={session.address} contracts={proposable} />
        </Section>
      ) : null}
      <Section title="All contracts">
        <Table caption="Contracts of this release" columns={COLUMNS} rows={CONTRACTS} rowKey={({ id }) => id} />
      </Section>
      {CONTRACTS.map((contract) => (
        <Contract key={contract.id} contract={contract} values={values} />
      ))}
    </>
  );
}
