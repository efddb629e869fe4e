import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadAnchor } from './anchor.ts';
import { loadConfig, parseConfig } from './config.ts';
import { loadKey } from './key.ts';
import { readDataSection } from './resources/data/section.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-config-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'a.csv'), 'x\n1\n');
  writeFileSync(join(folder, 'secret.csv'), 'x\n1\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = {
  portal: 'http://localhost:3000',
  label: 'Agent',
  gateway: { host: '127.0.0.1', port: 4100, publicOrigin: 'http://localhost:4100' },
  home: '.',
  anchor: 'anchor.json',
  data: { folders: ['data'], sources: [{ id: 'a', title: 'A', format: 'csv', path: 'data/a.csv' }] },
};
const source = good.data.sources[0];

function withSources(...sources: unknown[]): object {
  return { ...good, data: { ...good.data, sources } };
}

describe('a config file', () => {
  test('gives absolute paths and defaults', () => {
    const read = parseConfig(JSON.stringify(good), join(folder, 'config.json'));
    expect(read).toMatchObject({
      ok: true,
      value: { home: folder, anchor: join(folder, 'anchor.json'), probeEveryMs: 60_000 },
    });
    expect(read.ok && read.value.sources).toEqual([{ id: 'a', title: 'A' }]);
    expect(readDataSection(good.data, folder)).toMatchObject({
      ok: true,
      value: [{ path: join(folder, 'data', 'a.csv'), publishRanges: false, types: {} }],
    });
  });

  test.each<[string, unknown]>([
    ['no object', []],
    ['an unknown field', { ...good, debug: true }],
    ['a missing field', { ...good, portal: undefined }],
    ['http to another machine', { ...good, portal: 'http://portal.example' }],
    ['an origin with a path', { ...good, portal: 'https://portal.example/x' }],
    ['an origin with a password', { ...good, portal: 'https://a:b@portal.example' }],
    ['an origin with a command in it', { ...good, portal: "https://a';id;'.example" }],
    ['a script for an origin', { ...good, portal: 'javascript:alert(1)' }],
    ['a port that is none', { ...good, gateway: { ...good.gateway, port: 70_000 } }],
    ['no source', withSources()],
    ['no kind of resource', { ...good, data: undefined }],
    ['no folder for its data', { ...good, data: { ...good.data, folders: [] } }],
    ['a source twice', withSources(source, source)],
    ['an id that is a path', withSources({ ...source, id: '../a' })],
    ['an unknown format', withSources({ ...source, format: 'xlsx' })],
    ['a type that is SQL', withSources({ ...source, types: { x: "VARCHAR'}) --" } })],
    ['a file outside the data folders', withSources({ ...source, path: 'secret.csv' })],
    ['a way out of the data folders', withSources({ ...source, path: 'data/../secret.csv' })],
    ['an absolute file elsewhere', withSources({ ...source, path: '/etc/passwd' })],
    ['a file that is not there', withSources({ ...source, path: 'data/b.csv' })],
    ['a NUL in a path', withSources({ ...source, path: 'data/a.csv\0' })],
  ])('with %s is refused with one sentence', (_, config) => {
    const read = parseConfig(JSON.stringify(config), join(folder, 'config.json'));
    expect(read.ok).toBe(false);
    expect(!read.ok && read.sentence.split('\n').length).toBe(1);
  });

  test('cannot reach out through a link', () => {
    symlinkSync(join(folder, 'secret.csv'), join(folder, 'data', 'link.csv'));
    const config = withSources({ ...source, path: 'data/link.csv' });
    expect(parseConfig(JSON.stringify(config), join(folder, 'config.json')).ok).toBe(false);
  });

  test('that is no JSON, too long or missing is refused', () => {
    expect(parseConfig('{', join(folder, 'c')).ok).toBe(false);
    expect(parseConfig(' '.repeat(300_000), join(folder, 'c')).ok).toBe(false);
    expect(loadConfig(join(folder, 'none.json')).ok).toBe(false);
    expect(loadAnchor(join(folder, 'none.json')).ok).toBe(false);
  });
});

describe('the agent’s key', () => {
  test('is made once, for its owner’s eyes only, and is the same at every start [8.5.2-b]', () => {
    const file = join(folder, 'key.json');
    const made = loadKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadKey(file)).toEqual(made);
    expect(made.ok && made.value.addressText).toMatch(/^0x[0-9a-fA-F]{40}$/);
  });

  test('is refused when others can read it, or when the file holds none [8.5.2-b]', () => {
    const file = join(folder, 'key.json');
    loadKey(file);
    chmodSync(file, 0o640);
    expect(loadKey(file)).toMatchObject({ ok: false });
    for (const [index, text] of [
      '',
      '{}',
      '{"secretKey":"00"}',
      `{"secretKey":"${'0'.repeat(64)}"}`,
      `{"secretKey":"${'f'.repeat(64)}"}`,
    ].entries()) {
      const other = join(folder, `key-${index}.json`);
      writeFileSync(other, text, { mode: 0o600 });
      expect(loadKey(other).ok).toBe(false);
    }
  });
});
