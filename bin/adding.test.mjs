// docs/explain/adding.md says where each fact of a new kind, contract, method or role goes. Its tables are held to the tree, and the
// compiler is shown a tree in which one of each was added in the first place alone: it has to name every other place.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './supervisor/runtime.mjs';

const COMPILE_MS_MAX = 180_000;
const text = readFileSync(join(root, 'docs/explain/adding.md'), 'utf8');

/** Sections of the page: `{title, edited: paths, created: paths}`. */
const sections = text
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const paths = (heading) => {
      const table = section.split(`| ${heading} | what |`)[1]?.split('\n\n')[0] ?? '';
      return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path);
    };
    return { title: section.split('\n')[0], edited: paths('edited'), created: paths('created') };
  });

/** What stands in the tree for the example's word. */
const standIn = (path) =>
  path
    .replace('contracts/bridge', 'contracts/agreement')
    .replace('projections/bridge', 'projections/agreement')
    .replace('queries/bridge', 'queries/orders')
    .replace('customer/bridge/_components/bridge-form', 'customer/wallet/_components/transfer-form')
    .replace('customer/bridge', 'customer/orders');

const counts = {
  'A kind of resource': [6, 12],
  'A contract with three methods': [6, 12],
  'A method of a contract that exists': [2, 1],
  'A role with one page': [4, 8],
};

describe('adding.md', () => {
  test.each(sections)('$title: every file that is edited is there, and what is created has its like', (section) => {
    expect(section.edited.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(section.created.filter((path) => !existsSync(join(root, standIn(path))))).toEqual([]);
  });

  test.each(sections)('$title: within what it may cost', ({ title, edited, created }) => {
    const [editedMax, createdMax] = counts[title];
    expect(edited.length).toBeGreaterThan(0);
    expect(edited.length).toBeLessThanOrEqual(editedMax);
    expect(created.length).toBeLessThanOrEqual(createdMax);
  });

  test('a module of a kind has no file at the root of its side that the page does not name as its list or interface', () => {
    for (const folder of ['ledger/contracts/kinds', 'agent/resources', 'components/kinds']) {
      const files = readdirSync(join(root, folder)).filter((name) => /\.tsx?$/.test(name));
      const known = [
        'kind.ts',
        'kinds.ts',
        ...(folder.startsWith('ledger') ? ['computing.ts', 'connection.ts', 'data.ts', 'storage.ts'] : []),
        'first-byte.ts',
      ];
      expect([folder, files.filter((name) => !known.includes(name) && !name.includes('.test.'))]).toEqual([folder, []]);
    }
  });
});

/** Folders that the compiler reads; prisma's client is generated. */
const COPIED = [
  'agent',
  'app',
  'components',
  'ledger',
  'lib',
  'metrics',
  'prisma',
  'bin/environment',
  'package.json',
  'tsconfig.json',
  'next-env.d.ts',
];

const BRIDGE = `
import { defineContract, event, method, votedMethod } from '#ledger/contracts/shared/definition.ts';
const common = { delegation: { to: 'owner-only' }, from: 'account' } as const;
export const bridgeDefinition = defineContract({
  id: 17, name: 'bridge', version: 1n, revision: 'first',
  methods: {
    AskByVote: votedMethod({ ...common, does: 'Asks.', fields: { what: 'string' }, readers: 'everyone', byVote: { about: ['what'], proposes: ({ what }) => what } }),
  },
  events: {
    Asked: event({ fields: { by: 'Id' }, subjects: { account: 'by' }, readers: 'everyone', says: ({ by }) => String(by) }),
  },
  codes: {}, parameters: {},
});
`;
const WITHOUT_READERS = `
import { event, method } from '#ledger/contracts/shared/definition.ts';
export const silent = method({ does: 'Asks.', fields: { what: 'string' }, delegation: { to: 'owner-only' }, from: 'account' });
`;
const WITHOUT_PUBLIC_WORDS = `
import { event } from '#ledger/contracts/shared/definition.ts';
export const hidden = event({ fields: { by: 'Id' }, subjects: { account: 'by' }, readers: 'parties', says: ({ by }) => String(by) });
`;
const WITHOUT_SENTENCE = `
import { event } from '#ledger/contracts/shared/definition.ts';
export const mute = event({ fields: { by: 'Id' }, subjects: { account: 'by' }, readers: 'everyone' });
`;
const WITHOUT_WORDS = `
import { defineContract } from '#ledger/contracts/shared/definition.ts';
export const wordless = defineContract({ id: 12, name: 'x', version: 1n, revision: 'first', methods: {}, events: {}, parameters: {}, codes: { BROKEN: { code: 1201, status: 400 } } });
`;
const OF_ANOTHER_FIELD = `
import { method } from '#ledger/contracts/shared/definition.ts';
export const lost = method({ does: 'Asks.', fields: { what: 'string' }, delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' }, from: 'account', readers: 'everyone' });
`;

/** Files of their own, and places where one word is added. */
const written = {
  'ledger/contracts/bridge/definition.ts': BRIDGE,
  'ledger/contracts/bridge/without-readers.ts': WITHOUT_READERS,
  'ledger/contracts/bridge/without-public-words.ts': WITHOUT_PUBLIC_WORDS,
  'ledger/contracts/bridge/without-sentence.ts': WITHOUT_SENTENCE,
  'ledger/contracts/bridge/without-words.ts': WITHOUT_WORDS,
  'ledger/contracts/bridge/of-another-field.ts': OF_ANOTHER_FIELD,
};
const changed = [
  [
    'ledger/contracts/kinds/kinds.ts',
    'export const kinds = { computing, connection, data, storage }',
    'export const kinds = { computing, connection, data, storage, link: data }',
  ],
  [
    'ledger/contracts/definitions.ts',
    '  node: nodeDefinition,\n',
    '  node: nodeDefinition,\n  bridge: bridgeDefinition,\n',
  ],
  [
    'ledger/contracts/definitions.ts',
    'import { accountDefinition }',
    "import { bridgeDefinition } from './bridge/definition.ts';\nimport { accountDefinition }",
  ],
  [
    'ledger/contracts/settlement/definition.ts',
    '    ContestClaim: method({',
    "    WaiveBill: method({ does: 'Waives.', fields: { agreement: 'Id' }, delegation: { to: 'owner-only' }, from: 'account', readers: 'parties' }),\n    ContestClaim: method({",
  ],
  ['ledger/contracts/shared/roles.ts', "'NO'] as const", "'NO', 'NRX'] as const"],
  ['ledger/contracts/agreement/definition.ts', "  'settled',\n] as const", "  'settled',\n  'paused',\n] as const"],
];

describe('the compiler', () => {
  let scratch;
  let output;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'interpool-adding-'));
    const isRead = (path) => !/\.(test|spec)\.tsx?$|node_modules/.test(path);
    for (const path of COPIED)
      if (existsSync(join(root, path)))
        cpSync(join(root, path), join(scratch, path), { recursive: true, filter: isRead });
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
    for (const [path, content] of Object.entries(written)) {
      mkdirSync(join(scratch, dirname(path)), { recursive: true });
      writeFileSync(join(scratch, path), content);
    }
    for (const [path, before, after] of changed) {
      const old = readFileSync(join(scratch, path), 'utf8');
      expect([path, old.includes(before)]).toEqual([path, true]);
      writeFileSync(join(scratch, path), old.replace(before, after));
    }
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    output = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '--incremental', 'false', '-p', '.'], {
      cwd: scratch,
      encoding: 'utf8',
      timeout: COMPILE_MS_MAX,
      maxBuffer: 64 * 1024 * 1024,
    }).stdout;
  }, COMPILE_MS_MAX);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each([
    ['a kind without its module at the agent [8.2.5-a]', 'agent/resources/kinds.ts'],
    ['a kind without its module on the screens [8.2.5-a]', 'components/kinds/kinds.ts'],
    ['a kind that the catalogue does not know', 'lib/projections/kind-facets.ts'],
    ['a contract that is not wired', 'ledger/contracts/registry.ts'],
    ['a contract without a projection', 'lib/projections/events.ts'],
    ['a method by vote without its ballot', 'ledger/contracts/ballots.ts'],
    ['a method without readers', 'ledger/contracts/bridge/without-readers.ts'],
    ['an event between parties without words for everybody else', 'ledger/contracts/bridge/without-public-words.ts'],
    ['an event without a sentence', 'ledger/contracts/bridge/without-sentence.ts'],
    ['a code without words', 'ledger/contracts/bridge/without-words.ts'],
    ['a key’s scope measured on a field that the method lacks', 'ledger/contracts/bridge/of-another-field.ts'],
    ['a method without its case', 'ledger/contracts/settlement/contract.ts'],
    ['a role without its words and pages', 'lib/shared/roles.ts'],
    ['a status without its word and look', 'components/ledger/status.tsx'],
  ])('refuses %s', (_, path) => {
    expect(output).toContain(`${path}(`);
  });
});
