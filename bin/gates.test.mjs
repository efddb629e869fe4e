// Each gate is shown a file that breaks its rule, in a scratch copy of the gates' settings, and has to refuse it by that rule.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './supervisor/runtime.mjs';

const SETTINGS = [
  'package.json',
  'tsconfig.json',
  'eslint.config.js',
  '.dependency-cruiser.mjs',
  'knip.json',
  '.prettierrc.json',
  '.prettierignore',
  'ledger/tsconfig.json',
  'bin/tidy.mjs',
  'bin/bare-text.mjs',
  'bin/requirements/titles.mjs',
  'docs/requirements.json',
];
const TOOL_TIMEOUT_MS = 120_000;
let scratch;

function write(path, text) {
  mkdirSync(join(scratch, dirname(path)), { recursive: true });
  writeFileSync(join(scratch, path), text);
}

function run(tool, ...args) {
  const program = join(root, 'node_modules', tool);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [tool.startsWith('bin/') ? join(scratch, tool) : program, ...args],
    {
      cwd: scratch,
      encoding: 'utf8',
      timeout: TOOL_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    },
  );
  return { output: `${stdout}${stderr}`, stdout, status };
}

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'interpool-gates-'));
  for (const path of SETTINGS) {
    mkdirSync(join(scratch, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(scratch, path));
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const long = `export function long(): number {\n${'  let n = 0;\n  n += 1;\n'
  .repeat(40)
  .replace(/let n = 0/g, (_, at) => `let n${at} = 0;\n  n${at} += 0`)
  .replace(/^ {2}n \+= 1;\n/gm, '')}  return 0;\n}\n`;

const bareText = (markup) => `import type { ReactElement, ReactNode } from 'react';
interface Props {
  mark: ReactElement | null;
  count: number;
  names: string[];
  children: ReactNode;
}
export const Text = ({ children }: { children: readonly (string | number)[] }) => <span>{children.join('')}</span>;
export const Words = () => 'words';
export const Shown = ({ mark, count, names, children }: Props) => (
  <div title={String(names.length + count)}>
    <div>{children}</div>
    <div>{mark}</div>
    ${markup}
  </div>
);
`;

const lintOffences = [
  ['ledger/core/a-clock.ts', 'export const now = () => Date.now();\n', 'no-restricted-globals'],
  [
    'ledger/core/a-locale.ts',
    'export const order = (a: string, b: string) => a.localeCompare(b);\n',
    'no-restricted-syntax',
  ],
  ['ledger/core/a-format.ts', 'export const shown = Intl;\n', 'no-restricted-globals'],
  ['ledger/contracts/token/chance.ts', 'export const dice = () => Math.random();\n', 'no-restricted-syntax'],
  ['ledger/contracts/token/float.ts', 'export const fee = 0.1;\n', 'no-restricted-syntax'],
  ['ledger/contracts/token/quotient.ts', 'export const half = (a: bigint) => a / 2n;\n', 'no-restricted-syntax'],
  [
    'ledger/consensus/waits.ts',
    'export async function wait(work: PromiseLike<void>) {\n  await work;\n}\n',
    'no-restricted-syntax',
  ],
  ['ledger/abci/throws.ts', "export function stop(): never {\n  throw new Error('no');\n}\n", 'no-restricted-syntax'],
  ['ledger/verify/global.ts', 'export const everything = globalThis;\n', 'no-restricted-globals'],
  ['ledger/storage/kind.ts', 'export enum Kind {\n  One,\n}\n', 'no-restricted-syntax'],
  ['ledger/storage/spread.ts', 'export const both = { ...{ a: 1, b: 2 }, c: 3 };\n', 'no-restricted-syntax'],
  ['lib/queries/loose.ts', 'export const parse = (text: any) => String(text);\n', '@typescript-eslint/no-explicit-any'],
  [
    'lib/queries/sure.ts',
    'export const first = (list: string[]) => list[0]!;\n',
    '@typescript-eslint/no-non-null-assertion',
  ],
  [
    'lib/queries/lost.ts',
    'export function go(work: () => Promise<void>) {\n  work();\n}\n',
    '@typescript-eslint/no-floating-promises',
  ],
  ['lib/queries/nameless.ts', 'const query = 1;\nexport default query;\n', 'no-restricted-syntax'],
  ['lib/queries/environment.ts', 'export const secret = process.env.SECRET;\n', 'no-restricted-properties'],
  ['lib/queries/chatty.ts', "export const say = () => console.log('hello');\n", 'no-console'],
  [
    'lib/queries/silenced.ts',
    "/* eslint-disable no-console */\nexport const say = () => console.log('hello');\n",
    'no-console',
  ],
  ['lib/queries/relative.ts', "export { target } from '../db.ts';\n", 'no-restricted-imports'],
  ['agent/long.ts', long, 'max-lines-per-function'],
  ...[
    ['after', '<p>{mark}as of now</p>'],
    ['conditional', "<p>{count > 1 ? 'several' : null}<b>rows</b></p>"],
    ['value', '<p>{count} rows</p>'],
    ['children', '<p><b>rows</b>{children}</p>'],
    ['list', '<p><b>rows</b>{names.map((name) => `${name},`)}</p>'],
    ['fragment', '<>rows</>'],
    ['component', '<p><Words /><b>rows</b></p>'],
  ].map(([name, markup]) => [`components/ui/bare-${name}.tsx`, bareText(markup), 'interpool/no-bare-text']),
];

/** What a page translator can do nothing to. */
const lintFine = [
  ['alone', '<p>{`${count} rows`}</p>'],
  ['fixed', '<p>as of <b>now</b> and later</p>'],
  ['apart', '<p>{mark} <Text>as of {count}</Text></p>'],
  ['before', '<p>as of {mark}</p>'],
].map(([name, markup]) => [`components/ui/fine-${name}.tsx`, bareText(markup)]);

describe('eslint', () => {
  let found;
  beforeAll(() => {
    const files = [...lintOffences, ...lintFine];
    for (const [path, text] of files) write(path, text);
    const { stdout } = run('eslint/bin/eslint.js', '--format', 'json', ...files.map(([path]) => path));
    found = new Map(
      JSON.parse(stdout).map(({ filePath, messages }) => [filePath, messages.map(({ ruleId }) => ruleId)]),
    );
  }, TOOL_TIMEOUT_MS);

  test.each(lintOffences)('%s is refused', (path, _, rule) => {
    expect(found.get(join(scratch, path))).toContain(rule);
  });

  test.each(lintFine)('%s is accepted', (path) => {
    expect(found.get(join(scratch, path))).toEqual([]);
  });
});

// Before the imports below, for whose sake the compiler would read the types of whole libraries.
const outsideWorld = ['fetch', 'process', 'Buffer', 'setTimeout', 'TextEncoder', 'crypto', 'document', 'console'];

describe('tsc', () => {
  let output;
  beforeAll(() => {
    outsideWorld.forEach((name) =>
      write(`ledger/core/uses-${name.toLowerCase()}.ts`, `export const outside = ${name};\n`),
    );
    write('ledger/verify/uses-node.ts', "export { readFileSync } from 'node:fs';\n");
    write('lib/wrong-type.ts', "export const count: number = 'one';\n");
    ({ output } = run('typescript/bin/tsc', '--noEmit', '-p', 'ledger'));
  }, TOOL_TIMEOUT_MS);

  test.each(outsideWorld)('%s does not compile in the pure program', (name) => {
    expect(output).toMatch(new RegExp(`ledger/core/uses-${name.toLowerCase()}\\.ts.*error TS`));
  });

  test('node: modules do not compile in the pure program', () => {
    expect(output).toMatch(/ledger\/verify\/uses-node\.ts.*error TS/);
  });

  test(
    'a wrong type anywhere is refused',
    () => {
      expect(run('typescript/bin/tsc', '--noEmit', '-p', '.').output).toMatch(/lib\/wrong-type\.ts.*error TS2322/);
    },
    TOOL_TIMEOUT_MS,
  );
});

const importOffences = [
  ['ledger/core/reads.ts', 'node:fs', 'ledger-core'],
  ['ledger/core/outer.ts', '#ledger/storage/target.ts', 'ledger-pure-reaches-no-shell'],
  ['ledger/contracts/token/neighbour.ts', '#ledger/contracts/account/target.ts', 'ledger-contracts-apart'],
  ['ledger/contracts/token/cel.ts', '@bufbuild/cel', 'ledger-contracts'],
  ['ledger/consensus/knows.ts', '#ledger/contracts/account/target.ts', 'ledger-consensus'],
  ['ledger/abci/engine.ts', '#ledger/engines/engine.ts', 'ledger-abci'],
  ['ledger/verify/node.ts', 'node:crypto', 'ledger-verify'],
  ['ledger/storage/rules.ts', '#ledger/consensus/target.ts', 'ledger-storage'],
  ['ledger/engines/embedded/other.ts', '#ledger/engines/cometbft/target.ts', 'ledger-engine-embedded'],
  ['ledger/engines/cometbft/other.ts', '#ledger/consensus/target.ts', 'ledger-engine-cometbft'],
  ['ledger/client/engine.ts', '#ledger/engines/embedded/target.ts', 'ledger-client'],
  ['ledger/engines/embedded/faults.ts', '#ledger/sim/target.ts', 'ledger-sim-only-tests'],
  ['ledger/bin/portal.ts', '#lib/db.ts', 'ledger-within-ledger'],
  ['lib/projections/rows.ts', '#lib/db.ts', 'lib-projections'],
  ['lib/commands/writes.ts', '#lib/db.ts', 'lib-commands'],
  ['lib/queries/opens.ts', '#ledger/engines/embedded/target.ts', 'lib-one-ledger-door'],
  ['lib/auth/slowly.ts', '#ledger/core/crypto-noble.ts', 'lib-native-signatures'],
  ['ledger/engines/native-crypto.ts', '#ledger/engines/engine.ts', 'native-crypto'],
  ['lib/operations/asks.ts', '#lib/ledger-client.ts', 'lib-operations'],
  ['lib/shared/server.ts', '#lib/db.ts', 'lib-shared'],
  ['lib/queries/agent.ts', '#agent/target.ts', 'lib-outside'],
  ['components/ui/rows.tsx', '#lib/shared/through.ts', 'components-reach-no-server'],
  ['components/ui/signs.tsx', 'wagmi', 'components'],
  ['app/page.tsx', '#lib/db.ts', 'app'],
  ['app/(dashboard)/orders/page.tsx', '#ledger/core/target.ts', 'app'],
  ['app/(dashboard)/wallet/page.tsx', '../orders/_components/target.tsx', 'app-own-components'],
  ['agent/portal.ts', '#lib/queries/target.ts', 'agent'],
  ['metrics/knows.ts', '#agent/target.ts', 'metrics'],
  ['lib/queries/counts.ts', '#metrics/figures.ts', 'metrics-apart'],
  ['prisma/seed/shortcut.ts', '#lib/db.ts', 'prisma-seed'],
  ['e2e/inside.ts', '#lib/shared/target.ts', 'e2e'],
  ['bin/loads.mjs', 'zod', 'bin'],
  ['ledger/core/ring-a.ts', './ring-b.ts', 'no-circular'],
  ['ledger/core/missing.ts', './nowhere.ts', 'no-unresolved'],
  ['ledger/core/leans.ts', './target.test.ts', 'no-import-of-tests'],
];

const importTargets = [
  'ledger/storage/target.ts',
  'ledger/contracts/account/target.ts',
  'ledger/consensus/target.ts',
  'ledger/engines/engine.ts',
  'ledger/engines/embedded/target.ts',
  'ledger/engines/cometbft/target.ts',
  'ledger/sim/target.ts',
  'ledger/core/target.ts',
  'ledger/core/crypto-noble.ts',
  'ledger/core/target.test.ts',
  'lib/db.ts',
  'lib/ledger-client.ts',
  'lib/queries/target.ts',
  'lib/shared/target.ts',
  'agent/target.ts',
  'metrics/figures.ts',
  'app/(dashboard)/orders/_components/target.tsx',
];

describe('dependency-cruiser', () => {
  let violations;
  beforeAll(() => {
    for (const path of importTargets) write(path, 'export const target = 1;\n');
    for (const [path, specifier] of importOffences)
      write(path, `import * as target from '${specifier}';\nexport const found = target;\n`);
    write('ledger/core/ring-b.ts', "import * as target from './ring-a.ts';\nexport const found = target;\n");
    write('lib/shared/through.ts', "import * as target from '../db.ts';\nexport const found = target;\n");
    const { stdout } = run(
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      '--no-cache',
      'ledger',
      'lib',
      'components',
      'app',
      'agent',
      'metrics',
      'prisma',
      'e2e',
      'bin',
    );
    violations = JSON.parse(stdout).summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
  }, TOOL_TIMEOUT_MS);

  test.each(importOffences)('%s may not import %s', (path, _, rule) => {
    expect(violations).toContain(`${path} ${rule}`);
  });
});

const names = (count) => Array.from({ length: count }, (_, at) => `n${at}`);
const statements = (count) =>
  names(count)
    .map((name) => `export const ${name} = 1;\n`)
    .join('');
const methodsOf = (count) =>
  names(count)
    .map((name) => `  ${name}() {}\n`)
    .join('');

/** Long, and yet of one subject: what no reader has to follow step by step does not count. */
const tidyFiles = [
  ['lib/queries/enough.ts', statements(240)],
  ['lib/queries/enough.test.ts', statements(300)],
  ['lib/queries/table.ts', `export const table = {\n${names(2_000).join(': 1,\n')}: 1,\n};\n`],
  ['lib/queries/shape.ts', `export interface Shape {\n${names(2_000).join(': 1;\n')}: 1;\n}\n`],
  ['lib/queries/explained.ts', '// line\n'.repeat(2_000)],
];

const tidyOffences = [
  ['lib/queries/later.ts', '// TODO\n', 'forbidden-words'],
  ['lib/queries/hidden.ts', '// @ts-ignore\n', 'forbidden-words'],
  ['app/soon/page.tsx', '// Coming soon\n', 'forbidden-words'],
  ['lib/queries/pretend.ts', 'export const mock = 1;\n', 'forbidden-words'],
  ['lib/queries/mine.ts', "export const place = '/home/someone';\n", 'forbidden-words'],
  ['lib/queries/alone.test.ts', "test.only('x', () => {});\n", 'forbidden-words'],
  ['lib/queries/index.ts', 'export const all = 1;\n', 'no-barrel'],
  ['lib/queries/CamelCase.ts', 'export const all = 1;\n', 'kebab-case'],
  ['lib/queries/endless.ts', statements(241), 'file-statements'],
  ['lib/queries/inside.ts', `export function all() {\n${'  go();\n'.repeat(240)}}\n`, 'file-statements'],
  ['lib/queries/several.ts', `export const ${names(241).join(' = 1,\n  ')} = 1;\n`, 'file-statements'],
  ['lib/queries/members.ts', `export class All {\n${methodsOf(240)}}\n`, 'file-statements'],
  ['lib/queries/endless.test.ts', statements(301), 'file-statements'],
  ['bin/endless.mjs', statements(301), 'file-statements'],
  ['lib/queries/claims.test.ts', "test('holds [9.9.9-z]', () => {});\n", 'requirement-ids'],
  ['orphan/file.ts', 'export const all = 1;\n', 'folder-readme'],
  ['ledger/newcomer/file.ts', 'export const all = 1;\n', 'folder-readme'],
];

describe('tidy', () => {
  let output;
  beforeAll(() => {
    for (const [path, text] of [...tidyOffences, ...tidyFiles]) write(path, text);
    mkdirSync(join(scratch, 'lib/empty'), { recursive: true });
    ({ output } = run('bin/tidy.mjs', scratch));
  });

  test.each(tidyOffences)('%s is refused', (path, _, rule) => {
    const place = rule === 'folder-readme' ? dirname(path) : path;
    expect(
      output
        .split('\n')
        .filter((line) => line.startsWith(place))
        .join('\n'),
    ).toContain(rule);
  });

  test.each(tidyFiles)('%s is accepted', (path) => {
    expect(output.split('\n').filter((line) => line.startsWith(path))).toEqual([]);
  });

  test('an empty folder is refused', () => {
    expect(output).toMatch(/^lib\/empty {2}empty-folder/m);
  });
});

describe('prettier and knip', () => {
  test('a file in another format is refused', () => {
    write('lib/queries/untidy.ts', 'export const  a="b"\n');
    const { output, status } = run('prettier/bin/prettier.cjs', '--check', 'lib/queries/untidy.ts');
    expect(status).toBe(1);
    expect(output).toContain('untidy.ts');
  });

  test(
    'a file that nothing uses, an export that nothing imports and a package that nothing needs are refused',
    () => {
      write('agent/main.ts', "import { used } from './partly.ts';\nused();\n");
      write('agent/partly.ts', 'export const used = () => 1;\nexport const unused = () => 2;\n');
      const settings = JSON.parse(readFileSync(join(scratch, 'package.json'), 'utf8'));
      write(
        'package.json',
        JSON.stringify({ ...settings, dependencies: { ...settings.dependencies, pg: '8.0.0', leftpad: '1.0.0' } }),
      );
      const { stdout } = run('knip/bin/knip.js', '--reporter', 'json', '--no-config-hints');
      const { issues } = JSON.parse(stdout);
      const named = (kind) => issues.flatMap((issue) => (issue[kind] ?? []).map(({ name }) => name));
      expect(named('exports')).toContain('unused');
      expect(named('dependencies')).toContain('leftpad');
      expect(named('files')).toContain('lib/queries/mine.ts');
    },
    TOOL_TIMEOUT_MS,
  );
});
