import { definitions } from '#ledger/contracts/definitions.ts';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { BOUNDED, type FieldType, type Fields } from '#ledger/contracts/shared/fields.ts';
import { structs } from '#ledger/contracts/shared/structs.ts';
import { versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import type {
  ContractDefinition,
  EventDefinition,
  MethodDefinition,
  ParameterDefinition,
} from '#ledger/contracts/shared/definition.ts';
import { code, figure, listed, MADE_FROM, table } from './markdown.ts';

const contracts: readonly ContractDefinition[] = Object.values(definitions);

function typeText(type: FieldType): string {
  return typeof type === 'string' ? code(type) : `one of ${type.map(code).join(', ')}`;
}

function fieldTable(fields: Fields): string[] {
  const rows = Object.entries(fields).map(([name, type]) => [code(name), typeText(type)]);
  return rows.length === 0 ? ['No fields.', ''] : table(['field', 'type'], rows);
}

/** Readers of the whole, and of the fields whose readers differ. */
function readersText({ readers, fieldReaders = {} }: MethodDefinition | EventDefinition): string {
  const others = Object.entries(fieldReaders).map(([name, own]) => `${code(name)} ${own}`);
  return `Read by: ${[readers, ...others].join('; ')}.`;
}

function signersText({ delegation }: MethodDefinition): string {
  if (delegation.to === 'owner-only') return 'Signed by the owner’s own key alone.';
  const signed = 'Signed by the owner’s key or one that the owner authorised for it';
  switch (delegation.measuredOn) {
    case 'account':
      return `${signed}; a key that is limited to some resources may not.`;
    case 'spending':
      return `${signed}, within its spending cap.`;
    case 'resource':
      return `${signed}, of the resource that ${code(delegation.field)} names.`;
    case 'agreement':
      return `${signed}, of the resource whose order ${code(delegation.field)} names.`;
  }
}

function sendersText({ from }: MethodDefinition): string {
  if (from === 'signed-in') return 'Sent by anybody who is signed in.';
  return from === 'account' ? 'Sent by any account.' : `Sent by accounts with the role ${from.join(' or ')}.`;
}

function voteText({ byVote }: MethodDefinition): string[] {
  if (byVote === undefined) return [];
  const same =
    byVote.about.length === 0 ? 'one is open' : `one with the same ${listed(byVote.about.map(code))} is open`;
  return [`It opens a proposal, not while ${same} of the same account; a passed vote carries it out.`];
}

function methodSection(name: string, method: MethodDefinition): string[] {
  const facts = [signersText(method), sendersText(method), readersText(method), ...voteText(method)];
  return [`#### ${name}`, '', method.does, '', facts.join(' '), '', ...fieldTable(method.fields)];
}

function eventSection(name: string, event: EventDefinition): string[] {
  const about = Object.entries(event.subjects).map(
    ([kind, fields]) => `${kind} (${[fields].flat().map(String).map(code).join(', ')})`,
  );
  const publicly = event.readers === 'parties' ? [`Everybody else reads: “${event.publicly}”`] : [];
  const facts = [`About: ${about.join('; ')}.`, readersText(event), ...publicly];
  return [`#### ${name}`, '', facts.join(' '), '', ...fieldTable(event.fields)];
}

function parameterRow([name, parameter]: [string, ParameterDefinition]): string[] {
  const { title, unit, min, max, initial } = parameter;
  return [code(name), title, unit, figure(min), figure(max), figure(initial)];
}

/** What a vote on a version names; the machine changes with the program, by no vote. */
function versionText(definition: ContractDefinition): string {
  const { id, version, revision } = definition;
  if (id === definitions.machine.id) return `Contract ${id}, version ${version}.`;
  const digest = toHex(versionDigest(definition, nativeCrypto));
  return `Contract ${id}, version ${version}, code “${revision}”, digest ${code(digest)}.`;
}

function contractSection(definition: ContractDefinition): string[] {
  const { name, methods, events, codes, parameters } = definition;
  const methodSections = Object.entries(methods).flatMap(([method, definition]) => methodSection(method, definition));
  const eventSections = Object.entries(events).flatMap(([event, definition]) => eventSection(event, definition));
  const codeRows = Object.entries(codes).map(([word, definition]) => [
    definition.code.toString(),
    code(word),
    definition.status.toString(),
    definition.sentence,
  ]);
  const parameterRows = Object.entries(parameters).map(parameterRow);
  return [
    `## ${name}`,
    '',
    versionText(definition),
    '',
    ...(methodSections.length === 0 ? [] : ['### Methods', '', ...methodSections]),
    ...(eventSections.length === 0 ? [] : ['### Events', '', ...eventSections]),
    ...(codeRows.length === 0 ? [] : ['### Codes', '', ...table(['code', 'name', 'status', 'sentence'], codeRows)]),
    ...(parameterRows.length === 0
      ? []
      : [
          '### Parameters',
          '',
          ...table(['parameter', 'what it decides', 'unit', 'least', 'most', 'at first'], parameterRows),
        ]),
  ];
}

function kindSection([name, kind]: [string, Kind]): string[] {
  const meters = Object.entries(kind.meters).map(([meter, { title, unit, counting, max }]) => {
    const uses = [
      ...(kind.capacity.includes(meter) ? ['capacity'] : []),
      ...(kind.limits.includes(meter) ? ['limit'] : []),
      ...(kind.used.includes(meter) ? ['claimed'] : []),
    ];
    return [code(meter), title, unit, counting, figure(max), uses.join(', ')];
  });
  const promises = Object.entries(kind.promises).map(([meter, { title, unit, kept, max }]) => {
    const rule = kept === 'atMost' ? 'at most what is promised' : 'at least what is promised';
    return [code(meter), title, unit, rule, figure(max)];
  });
  const choices = Object.entries(kind.choices).map(([choice, title]) => [code(choice), title]);
  return [
    `### ${name}`,
    '',
    `A ${kind.title}.`,
    '',
    ...table(['meter', 'what it counts', 'unit', 'counted', 'most', 'used as'], meters),
    ...table(['promise', 'what is measured', 'unit', 'kept when', 'most'], promises),
    ...table(['choice of an application', 'title'], choices),
  ];
}

/** docs/explain/contracts.md. */
export function contractsPage(): string {
  const bounds = Object.entries(BOUNDED).map(([name, max]) => [code(name), code('uint64'), figure(max)]);
  const structSections = Object.entries(structs).flatMap(([name, fields]) => [
    `### ${name}`,
    '',
    ...fieldTable(fields),
  ]);
  const lines = [
    '# The contracts',
    '',
    MADE_FROM,
    '',
    'Every method that can be signed, every event that it leaves, every code that says why not, and every parameter. Each method is one EIP-712 primary type of its own, with the fields in this order behind `account`, `key`, `nonce` and `validUntilMs`.',
    '',
    ...contracts.flatMap(contractSection),
    '## Types',
    '',
    'Numbers are signed as `uint64` and are never larger than here (code 19), so that every reader can hold them. All other types are those of EIP-712.',
    '',
    ...table(['type', 'signed as', 'largest'], bounds),
    'Lists of terms, quantities and prices are strictly ascending by name or meter.',
    '',
    ...structSections,
    '## Kinds of resource',
    '',
    'What can be counted, limited, promised and chosen of each kind.',
    '',
    ...Object.entries(kinds).flatMap(kindSection),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}
