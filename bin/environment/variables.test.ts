import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMETBFT_VARIABLES } from '#ledger/bin/cometbft-configuration.ts';
import { LEDGER_VARIABLES } from '#ledger/bin/environment.ts';
import { environmentVariables } from '#lib/env.ts';
import { unknownVariables, VARIABLES } from './variables.mjs';

const OWN = /^(COMETBFT|LEDGER|DATABASE|INTERPOOL)_/;

describe('the list of variables', () => {
  test('has every name with our prefixes that a program reads and that the documents describe, and no other', () => {
    const page = readFileSync(new URL('../../docs/operate/configuration.md', import.meta.url), 'utf8');
    const described = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
    const read = [
      ...environmentVariables().map(({ name }) => name),
      ...Object.keys(LEDGER_VARIABLES),
      ...Object.keys(COMETBFT_VARIABLES),
    ];
    const own = (names: readonly string[]): string[] => names.filter((name) => OWN.test(name)).sort();
    expect(VARIABLES).toEqual(own(described));
    expect(VARIABLES).toEqual(own(read));
  });
});

describe('a variable that no program reads', () => {
  test.each([
    ['COMETBFT_PEER', 'COMETBFT_PEERS'],
    ['COMETBFT_P2P_EXTERNAL_ADDRESS', 'COMETBFT_P2P_EXTERNAL'],
    ['LEDGER_SNAPSHOT_HEIGHT', 'LEDGER_SNAPSHOT_HEIGHTS'],
    ['LEDGER_ENGINES', 'LEDGER_ENGINE'],
    ['DATABASE_URL_WEBB', 'DATABASE_URL_WEB'],
    ['INTERPOOL_HOMES', 'INTERPOOL_HOME'],
  ])('%s is named with the one that may have been meant, %s', (name, nearest) => {
    expect(unknownVariables({ [name]: '1' })).toEqual([`${name} is not known; did you mean ${nearest}?`]);
  });

  test('that is like none is named alone, and its value never', () => {
    expect(unknownVariables({ DATABASE_PORT_5432_TCP_ADDRESS: 'secret' })).toEqual([
      'DATABASE_PORT_5432_TCP_ADDRESS is not known: docs/operate/configuration.md has every variable.',
    ]);
  });

  test('is one of ours by its prefix; what is known, or another program’s, is passed over in silence', () => {
    const known = Object.fromEntries(VARIABLES.map((name) => [name, '1']));
    const suite = { COMETBFT_VERIFIER: '1', COMETBFT_PROOFS: '1' };
    const others = { COMETBFT: '/bin/cometbft', PATH: '/bin', PGHOST: 'x', MY_LEDGER_ENGINE: '1', CMT_HOME: 'x' };
    expect(unknownVariables({ ...known, ...suite, ...others, LEDGER_X: undefined })).toEqual([]);
  });

  test('costs a bounded number of short lines, whatever stands in an environment', () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, at) => [`DATABASE_${'x\n'.repeat(5_000)}${at}`, '']),
    );
    const sentences = unknownVariables(many);
    expect(sentences).toHaveLength(10);
    for (const sentence of sentences) {
      expect(sentence.length).toBeLessThan(200);
      expect(sentence).not.toContain('\n');
    }
  });
});

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NO_HOME = join(tmpdir(), 'interpool-no-such-folder');

describe('every process that an operator starts', () => {
  // Each is started with nothing that it needs: it names the variable, then says what is missing and ends.
  test.each([
    ['the ledger process', ['ledger/bin/node.ts', '--home', NO_HOME]],
    ['cometbft-home', ['ledger/bin/cometbft-home.ts', '--home', NO_HOME]],
    ['the migrations', ['prisma/migrate.ts']],
    ['the projector', ['lib/projector/main.ts']],
    ['the portal', ['-e', "import('./instrumentation.ts').then(({ register }) => register())"]],
  ])('%s says at its start what it does not know', (_what, args) => {
    const { PATH } = process.env;
    const environment = { PATH, NODE_ENV: 'test', NEXT_RUNTIME: 'nodejs', LEDGER_ENGIN: 'cometbft' } as const;
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=react-server', ...args], {
      cwd: ROOT,
      env: environment,
      encoding: 'utf8',
      timeout: 100_000,
    });
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('LEDGER_ENGIN is'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/LEDGER_ENGIN is not known; did you mean LEDGER_ENGINE\?$/);
  });
});
