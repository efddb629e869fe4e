import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sentenceFor } from './fault.mjs';
import { lockHome, openHome, startOver } from './home.mjs';
import { requireFreeBytes } from './disk.mjs';
import { startTicks } from './processes.mjs';
import { root } from './runtime.mjs';
import { openSecrets } from './secrets.mjs';

let home;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ip-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function start(environment, args = [], input = '') {
  const env = { ...process.env, INTERPOOL_HOME: home, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/start.mjs', ...args], {
    cwd: root,
    env,
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, words: `${stdout}${stderr}` };
}

test('a port that another program uses stops the start with one sentence that names it', async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const { status, words } = await new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/start.mjs'], {
      cwd: root,
      env: { ...process.env, INTERPOOL_HOME: home, PORT: String(port) },
    });
    let words = '';
    child.stderr.on('data', (chunk) => (words += chunk));
    child.on('close', (status) => resolve({ status, words }));
  });
  server.close();
  expect(status).toBe(1);
  expect(words.trim()).toBe(
    `Port ${port} is used by another program: stop that program, or set PORT to another number.`,
  );
});

test('a variable that nothing reads is named at the start, with the one that may have been meant', () => {
  const { words } = start({ LEDGER_ENGIN: 'cometbft', PORT: 'many' });
  expect(words).toMatch(/^ *[\d.]+ s {2}LEDGER_ENGIN is not known; did you mean LEDGER_ENGINE\?$/m);
});

test.each([
  ['PORT', 'many', /PORT is “many”/],
  ['PORT', '70000', /from 1 to 65535/],
])('%s=%s is refused with a sentence', (name, value, sentence) => {
  const { status, words } = start({ [name]: value });
  expect(status).toBe(1);
  expect(words).toMatch(sentence);
});

test('one folder holds one running network', () => {
  const unlock = lockHome(home);
  expect(() => lockHome(home)).toThrow(/already runs on .* \(process \d+\)/);
  expect(() => openHome(home)).not.toThrow();
  unlock();
  expect(() => lockHome(home)()).not.toThrow();
});

test('a lock that a dead process left is taken over', () => {
  writeFileSync(join(home, 'supervisor.lock'), `${process.pid} 1\n`);
  const unlock = lockHome(home);
  expect(readFileSync(join(home, 'supervisor.lock'), 'utf8')).toBe(`${process.pid} ${startTicks(process.pid)}\n`);
  unlock();
});

test('a file in the place of the data folder, a path too long for a socket and a full disk each get a sentence', () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(() => openHome(file)).toThrow(/is a file, not a folder/);
  expect(() => openHome(join(home, 'x'.repeat(120)))).toThrow(/too long for a socket/);
  expect(() => requireFreeBytes(home, 2 ** 60, 'the ledger and the database')).toThrow(
    /nearly full: \d+ MB are free and the ledger and the database need/,
  );
  expect(sentenceFor(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatch(/^The disk is full: free some space/);
});

test('secrets are random, kept, for their owner alone, and a damaged file is said to be one', () => {
  const secrets = openSecrets(home);
  expect(openSecrets(home)).toEqual(secrets);
  expect(new Set(Object.values(secrets)).size).toBe(7);
  expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
  writeFileSync(join(home, 'secrets.json'), '{"nextAuthSecret":1}');
  expect(() => openSecrets(home)).toThrow(/is damaged: restore it from a backup/);
});

test('starting over needs a yes, deletes what is ours, and never touches a folder or a file that is not', async () => {
  const ours = ['validator-0', 'agent', 'agent-3'].map((name) => join(home, name));
  for (const folder of ours) mkdirSync(folder);
  writeFileSync(join(home, 'diary.txt'), 'mine');
  await expect(startOver(home, { isConfirmed: true })).rejects.toThrow(/does not look like a data folder/);
  writeFileSync(join(home, 'genesis.json'), '{}');
  expect(start({}, ['--fresh'], 'no\n')).toMatchObject({
    status: 1,
    words: expect.stringContaining('Nothing was deleted.'),
  });
  expect(existsSync(join(home, 'genesis.json'))).toBe(true);
  await startOver(home, { isConfirmed: true });
  expect(ours.filter((folder) => existsSync(folder))).toEqual([]);
  expect(readFileSync(join(home, 'diary.txt'), 'utf8')).toBe('mine');
});
