// Commands that pages, screens and programs print are typed on machines whose own Node is older than the one that comes as a package.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './supervisor/runtime.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const FOLDERS = ['agent', 'app', 'bench', 'bin', 'components', 'docs', 'e2e', 'ledger', 'lib', 'metrics', 'prisma'];

/** Every text of the project that people may read a command in. */
const texts = [...readdirSync(root), ...FOLDERS.flatMap((folder) => namesIn(folder))]
  .filter((path) => /\.(md|mjs|ts|tsx)$/.test(path) && !path.includes('generated/'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

function namesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name));
}

/** `path: what was found` for everything that the pattern's first group finds and that is not right. */
function wrong(pattern, isRight) {
  return texts.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].filter(([, found]) => !isRight(found)).map(([, found]) => `${path}: ${found}`),
  );
}

test('no text prints a command that needs the machine’s own Node to read TypeScript', () => {
  // A line of package.json may: npm puts the packaged Node first on the path.
  const bare = /(?<![\w./-])(node (?:--[\w=-]+ )*[\w-]+\/[\w/-]+\.ts)\b/g;
  expect(wrong(bare, () => false)).toEqual([]);
});

test('every npm command that a text prints is one of package.json’s', () => {
  const names = /npm run (?:--silent )?([a-z][\w-]*(?::[\w-]+)*)/g;
  expect(wrong(names, (name) => Object.hasOwn(scripts, name))).toEqual([]);
});

/** The machine's own Node and npm: a test inherits a path on which the packaged Node stands first. */
const PATH = process.env.PATH.split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':');

test.each([
  'agent',
  'buy',
  'control',
  'genesis',
  'node-keys',
  'cometbft-home',
  'application',
  'validator-key',
  'verify',
  'fsck',
])('npm run %s answers on the machine’s own Node, and how it is used is how it was typed', (name) => {
  const { stderr, stdout } = spawnSync('npm', ['run', '--silent', name], {
    cwd: root,
    env: { ...process.env, PATH },
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toMatch(new RegExp(`usage: npm run ${name} --`, 'i'));
});
