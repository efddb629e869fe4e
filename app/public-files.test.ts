import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GET } from './.well-known/security.txt/route.ts';

const root = new URL('../', import.meta.url);
const fileAt = (path: string): URL => new URL(`public${path}`, root);
const textAt = (path: string): string => readFileSync(fileAt(path), 'utf8');

/** Width and height of a PNG: its first chunk (PNG, 11.2.1). */
function sizeOf(path: string): string {
  const bytes = readFileSync(fileAt(path));
  expect(bytes.subarray(0, 8).toString('latin1'), path).toBe('\x89PNG\r\n\x1a\n');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

interface Manifest {
  name: string;
  start_url: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
}

describe('the manifest', () => {
  const manifest = JSON.parse(textAt('/manifest.webmanifest')) as Manifest;

  test('names pictures that are there, in the sizes that it states, and the two that an installation needs', () => {
    for (const { src, sizes, type } of manifest.icons) {
      if (type === 'image/png') expect(sizeOf(src)).toBe(sizes);
      else expect(textAt(src)).toMatch(/^<svg [^>]*viewBox="0 0 32 32"/);
    }
    const sizes = manifest.icons.filter(({ purpose }) => purpose === undefined).map((icon) => icon.sizes);
    expect(sizes).toEqual(expect.arrayContaining(['192x192', '512x512']));
    expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
    expect([manifest.name, manifest.start_url]).toEqual(['Interpool', '/']);
  });

  test('every picture has the size that the pages’ metadata and the systems that show it ask for', () => {
    expect(sizeOf('/social.png')).toBe('1200x630');
    expect(sizeOf('/icons/apple-touch-icon.png')).toBe('180x180');
    const layout = readFileSync(new URL('app/layout.tsx', root), 'utf8');
    const named = [...layout.matchAll(/'(\/[\w/.-]+\.(?:png|svg|webmanifest))'/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThanOrEqual(4);
    for (const path of named) expect(existsSync(fileAt(path)), path).toBe(true);
  });
});

/** What RFC 9309 makes of the file for every robot: the longest rule that begins a path decides. */
function isAllowed(path: string): boolean {
  const rules = [...textAt('/robots.txt').matchAll(/^(Allow|Disallow): (\S+)$/gm)].map(([, kind, prefix = '']) => ({
    isAllowing: kind === 'Allow',
    prefix,
  }));
  const matching = rules.filter(({ prefix }) => path.startsWith(prefix));
  return matching.toSorted((a, b) => b.prefix.length - a.prefix.length)[0]?.isAllowing ?? true;
}

describe('robots', () => {
  test('stay out of everything that is behind a sign-in, and may read what is public', () => {
    const areas = (group: string): string[] =>
      readdirSync(new URL(`app/${group}/`, root), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `/${name}`);
    const closed = [...areas('(dashboard)'), ...areas('(auth)')];
    expect(closed.length).toBeGreaterThan(3);
    for (const path of closed) expect([path, isAllowed(path), isAllowed(`${path}/1`)]).toEqual([path, false, false]);
    const open = ['/', ...areas('(public)'), '/catalogue/1', '/icons/icon.svg'];
    for (const path of open) expect([path, isAllowed(path)]).toEqual([path, true]);
    expect(isAllowed('/api/v1/resources')).toBe(false);
  });
});

describe('security.txt', () => {
  afterEach(() => vi.unstubAllEnvs());

  function ask(contact: string | undefined): Response {
    vi.stubEnv('DATABASE_URL_WEB', 'postgresql://interpool_web@db.example.org/interpool');
    vi.stubEnv('NEXTAUTH_SECRET', 'a hidden word of thirty-two characters');
    vi.stubEnv('NEXTAUTH_URL', 'https://portal.example.org/');
    vi.stubEnv('INTERPOOL_SECURITY_CONTACT', contact);
    return GET();
  }

  test('names the operator’s contacts in their order, until when, and where it belongs (RFC 9116)', async () => {
    const answer = ask('mailto:security@example.org, https://example.org/report');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const fields = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/: (.*)/).slice(0, 2));
    const valuesOf = (name: string) => fields.filter(([known]) => known === name).map(([, value]) => value);
    expect(valuesOf('Contact')).toEqual(['mailto:security@example.org', 'https://example.org/report']);
    expect(valuesOf('Canonical')).toEqual(['https://portal.example.org/.well-known/security.txt']);
    const [expires, ...others] = valuesOf('Expires');
    expect(others).toEqual([]);
    const days = (Date.parse(expires ?? '') - Date.now()) / 86_400_000;
    expect(days > 1 && days < 365).toBe(true);
  });

  test('is not there where nobody is named, and says so in a sentence', async () => {
    const answer = ask(undefined);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('The operator of this portal has named no contact for faults in its security.\n');
  });
});
