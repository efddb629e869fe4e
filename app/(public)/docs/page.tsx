import type { Metadata } from 'next';
import Link from 'next/link';
import { rangeInWords } from '#components/ledger/parameter-change.ts';
import { parameterInWords } from '#components/ledger/parameter-words.ts';
import { Disclosure } from '#components/ui/disclosure.tsx';
import { Facts } from '#components/ui/facts.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Table, type Column } from '#components/ui/table.tsx';
import { roleName, roles } from '#lib/shared/roles.ts';
import {
  codeDefinitions,
  methods,
  PARAMETERS,
  parameterDefinition,
  type NamedMethod,
  type Parameter,
} from '#ledger/contracts/definitions.ts';
import type { CodeDefinition } from '#ledger/contracts/shared/definition.ts';
import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { PageFrame } from '../../_components/page-frame.tsx';
import { API_ROUTES, type ApiRoute } from './_components/api-routes.ts';

export const metadata: Metadata = { title: 'Docs and API' };

const PLACES = [
  { href: '/catalogue', label: 'Catalogue', says: 'finds a resource; its page has its conditions in plain words.' },
  { href: '/sign-in', label: 'Sign in', says: 'with a wallet, a key of this browser, or the link of a sample person.' },
  { href: '/customer/orders', label: 'Orders', says: 'shows what you bought: the link, the time left, the bill.' },
  { href: '/verify', label: 'Verify a receipt', says: 'checks, with the network off, what the ledger recorded.' },
  { href: '/provider/agents', label: 'Agents', says: 'pairs the program that serves what you share.' },
  { href: '/explorer', label: 'Explorer', says: 'lists blocks, transactions and accounts, and who signed.' },
];

const API_COLUMNS: readonly Column<ApiRoute>[] = [
  {
    key: 'path',
    header: 'Address',
    isRowHeader: true,
    cell: ({ method, path }) => <span className="font-mono text-[0.8125rem] break-words">{`${method} ${path}`}</span>,
  },
  { key: 'does', header: 'What it does', cell: ({ does }) => does },
  { key: 'for', header: 'For', cell: (route) => route.for },
];

/** Who may send a method, in words. */
function senders({ definition: { from } }: NamedMethod): string {
  if (from === 'signed-in') return 'whoever is signed in';
  return from === 'account' ? 'every account' : from.map(roleName).join(', ');
}

const METHOD_COLUMNS: readonly Column<NamedMethod>[] = [
  { key: 'name', header: 'Action', isRowHeader: true, cell: ({ name }) => <span className="font-mono">{name}</span> },
  { key: 'does', header: 'What it does', cell: ({ definition }) => definition.does },
  { key: 'from', header: 'Sent by', cell: senders },
];

const PARAMETER_COLUMNS: readonly Column<Parameter>[] = [
  { key: 'title', header: 'Parameter', isRowHeader: true, cell: (name) => parameterDefinition(name).title },
  {
    key: 'first',
    header: 'At first',
    align: 'end',
    cell: (name) => parameterInWords(name, parameterDefinition(name).initial.toString()),
  },
  { key: 'bounds', header: 'A vote may set', align: 'end', cell: (name) => rangeInWords(name) },
];

const CODE_COLUMNS: readonly Column<CodeDefinition>[] = [
  { key: 'code', header: 'Code', isRowHeader: true, cell: ({ code }) => code },
  { key: 'status', header: 'HTTP status', align: 'end', cell: ({ status }) => status },
  { key: 'sentence', header: 'What it says', cell: ({ sentence }) => sentence },
];

/** Everything here but the first section is read from the definitions that the ledger and the API work by. */
export default function DocsPage() {
  return (
    <PageFrame>
      <PageHeader
        title="Docs and API"
        lead="What can be done here, by hand and by programs. Every action on a page shows the API call that it is."
      />
      <Section title="Where to begin">
        <ul className="flex flex-col gap-1">
          {PLACES.map(({ href, label, says }) => (
            <li key={href}>
              <Link href={href} prefetch={false} className="prose-link">
                {label}
              </Link>{' '}
              <span>{says}</span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Roles">
        <Facts facts={ROLES.map((role) => ({ name: roleName(role), value: roles[role].does }))} />
      </Section>
      <Section title="HTTP API" aside="answers JSON; every error is a problem (RFC 9457) with a sentence">
        <Table caption="Addresses of the API" columns={API_COLUMNS} rows={API_ROUTES} rowKey={({ path }) => path} />
      </Section>
      <Section title="Actions that are signed" aside="each is one EIP-712 type, which a wallet shows field by field">
        <Table caption="Actions" columns={METHOD_COLUMNS} rows={methods} rowKey={({ name }) => name} />
      </Section>
      <Section title="Parameters" aside="node providers change them by vote">
        <Table caption="Parameters" columns={PARAMETER_COLUMNS} rows={PARAMETERS} rowKey={(name) => name} />
      </Section>
      <Section title="Codes" aside="why something was not done">
        <Disclosure summary="Every code of the ledger with its sentence">
          <Table caption="Codes" columns={CODE_COLUMNS} rows={codeDefinitions} rowKey={({ code }) => code.toString()} />
        </Disclosure>
      </Section>
    </PageFrame>
  );
}
