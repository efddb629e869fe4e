import { definitions } from '#ledger/contracts/definitions.ts';
import type {
  ContractDefinition,
  EventDefinition,
  MethodDefinition,
  Readers,
} from '#ledger/contracts/shared/definition.ts';
import { isSignersAlone } from '#lib/shared/signers-alone.ts';
import { code, MADE_FROM, table } from './markdown.ts';

const contracts: readonly ContractDefinition[] = Object.values(definitions);

const LEGEND = [
  '- **everyone**: anybody, signed in or not.',
  '- **parties**: the accounts that it is about (of an order its customer and its provider, of a transfer its sender and its recipient), by session or by a key that they authorised.',
  '- **signer**: the account that signed it, and nobody else.',
  '- **commitment**: the ledger itself holds only a salted hash; the portal shows what is behind it when its owner made it public.',
  '- **sealed**: encrypted to the customer’s key; nobody else can read it, the portal included.',
];

const REMAINDER = [
  'Of an event between parties everybody may know that it happened: its block, its kind in the general words above, its place in the receipt log. Of a transaction everybody sees method, height, time and result, and the account that signed it unless the method is between parties. A receipt follows the same line: of public kinds for anybody, of an order or a transfer for its parties; anybody else gets the answer of a receipt that does not exist.',
  'Several orders that are bought together are between one customer and several providers. Each provider reads the events of its own parts alone, in pages, API, search and live updates; what was signed for all parts together is read by who signed it. The receipt that a provider gets of such a purchase is a short one: it proves the events of its own parts, and of the others holds the hashes alone. What its own event says of the whole (the order’s number, the number of its part, the backup that may replace it) its agent can read.',
  'A demand with its analyses and plans is read whole by its customer and by every broker. A broker’s program is fed the market’s events with their proofs: those of resources, where a change of free capacity names the number of the agreement, not its parties, and those of demands and plans. While it is open, providers who share one of its kinds read what is asked for: not by whom, nor what it may cost. What came of it, its order and its task, is its parties’: each provider reads of its own ranges alone. A program with its inputs is ciphertext to the portal as well, and only who uploaded it and the agents that have to run it may fetch it.',
  'Of the columns of a data set, least and greatest value are public where the provider opted in, and absent otherwise. The list of proposals with their votes is for accounts; in the explorer each step of one is a sentence for everybody.',
  'A purpose is a code from a list. Free text about a person or a purpose never reaches the ledger. Live updates carry heights, and ids that the viewer may read, nothing else. Names, sessions and network addresses stay in the portal’s database (`identity`, `operations`); network addresses only as keyed hashes.',
];

/** Fields by who reads them, in their order; those whose readers differ are rows of their own. */
function fieldRows(
  fields: Readonly<Record<string, unknown>>,
  readers: Readers | 'signer',
  fieldReaders: Readonly<Record<string, Readers | undefined>>,
): [fields: string, readers: string][] {
  const byReaders = new Map<Readers | 'signer', string[]>([[readers, []]]);
  for (const name of Object.keys(fields)) {
    const own = fieldReaders[name] ?? readers;
    byReaders.set(own, [...(byReaders.get(own) ?? []), code(name)]);
  }
  return [...byReaders].filter(([, names]) => names.length > 0).map(([own, names]) => [names.join(', '), own]);
}

function methodRows(name: string, { fields, readers, fieldReaders }: MethodDefinition): string[][] {
  const signer: string[] = [code(name), 'who signed it', readers];
  const signed = fieldRows(fields, isSignersAlone(name) ? 'signer' : readers, fieldReaders ?? {});
  return [signer, ...signed.map((row) => [code(name), ...row])];
}

function eventRows(name: string, event: EventDefinition): string[][] {
  const publicly = event.readers === 'parties' ? event.publicly : '';
  return fieldRows(event.fields, event.readers, event.fieldReaders ?? {}).map((row, index) => [
    code(name),
    ...row,
    index === 0 ? publicly : '',
  ]);
}

function contractSection({ name, methods, events }: ContractDefinition): string[] {
  const signed = Object.entries(methods).flatMap(([method, definition]) => methodRows(method, definition));
  const left = Object.entries(events).flatMap(([event, definition]) => eventRows(event, definition));
  if (signed.length + left.length === 0) return [];
  return [
    `## ${name}`,
    '',
    ...table(['transaction', 'fields', 'who'], signed),
    ...table(['event', 'fields', 'who', 'what everybody else reads'], left),
  ];
}

/** docs/explain/visibility.md. */
export function visibilityPage(): string {
  const lines = [
    '# Who sees which field',
    '',
    MADE_FROM,
    '',
    'Every validator holds the whole ledger: what stands on it is visible to those who run one. The portal, its API and its live updates show the rest of the world less. These tables say, for every field that is signed and every field of every event, who reads it there.',
    '',
    ...LEGEND,
    '',
    ...contracts.flatMap(contractSection),
    '## What follows from it',
    '',
    REMAINDER.join('\n\n'),
  ];
  return `${lines.join('\n')}\n`;
}
