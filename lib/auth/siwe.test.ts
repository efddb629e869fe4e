import { existsSync, readFileSync } from 'node:fs';
import { parseSignature, serializeSignature, toHex } from 'viem';
import { createSiweMessage } from 'viem/siwe';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { parseMessage, type SignInMessage } from './sign-in-message.ts';
import { isSignedBy, verifySignIn, type SignInContext } from './siwe.ts';

const folder = `${process.env.VECTORS_DIR ?? '../shared/vectors'}/siwe-eip4361`;
const hasVectors = existsSync(folder);
if (!hasVectors) process.stdout.write(`The vectors of EIP-4361 are not at ${folder}: their tests are skipped.\n`);

function vectors<Case>(name: string): [string, Case][] {
  return hasVectors
    ? Object.entries(JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as Record<string, Case>)
    : [];
}

type MessageFields = Partial<Omit<SignInMessage, 'text'>>;

interface Fields extends MessageFields {
  signature: string;
  time?: string;
  domainBinding?: string;
  matchNonce?: string;
}

/** JSON has null where a parsed message has nothing. */
const withoutNull = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const wallet = privateKeyToAccount(`0x${'07'.repeat(32)}`);

function context(overrides: Partial<SignInContext> = {}): SignInContext {
  return {
    host: 'localhost:3000',
    origin: 'http://localhost:3000',
    nowMs: NOW,
    consumeNonce: async () => true,
    ...overrides,
  };
}

/** The text that a wallet would sign for these fields, their times as they are written; a field that must be there is empty without its value. */
function textOf(fields: MessageFields): string {
  const { scheme, statement, domain = '', address = '', uri = '', version = '', chainId = '', nonce = '' } = fields;
  const lines = [
    `${scheme === undefined ? '' : `${scheme}://`}${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    ...(statement === undefined ? [''] : [statement, '']),
    `URI: ${uri}`,
    `Version: ${version}`,
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${fields.issuedAt ?? ''}`,
    ...(fields.expirationTime === undefined ? [] : [`Expiration Time: ${fields.expirationTime}`]),
    ...(fields.notBefore === undefined ? [] : [`Not Before: ${fields.notBefore}`]),
    ...(fields.requestId === undefined ? [] : [`Request ID: ${fields.requestId}`]),
    ...(fields.resources === undefined ? [] : ['Resources:', ...fields.resources.map((uri) => `- ${uri}`)]),
  ];
  return lines.join('\n');
}

function message(overrides: MessageFields = {}): string {
  return textOf({
    domain: 'localhost:3000',
    address: wallet.address,
    statement: 'Sign in to Interpool',
    uri: 'http://localhost:3000/sign-in',
    version: '1',
    chainId: 1,
    nonce: 'abcdef0123456789',
    issuedAt: new Date(NOW).toISOString(),
    ...overrides,
  });
}

async function attempt(text: string, given: Partial<SignInContext> = {}, signature?: string) {
  return verifySignIn(
    { message: text, signature: signature ?? (await wallet.signMessage({ message: text })) },
    context(given),
  );
}

describe.skipIf(!hasVectors)('messages of EIP-4361', () => {
  test.each(vectors<{ message: string; fields: Record<string, unknown> }>('parsing_positive'))(
    'reads: %s',
    (_name, { message: text, fields }) => {
      expect(parseMessage(text)).toMatchObject(withoutNull(fields));
    },
  );

  test.each(vectors<string>('parsing_negative'))('refuses: %s', (_name, text) => {
    expect(parseMessage(text)).toBeUndefined();
  });

  test.each(vectors<Record<string, unknown>>('parsing_negative_objects'))(
    'takes text alone, no object, and not the text of its fields either: %s',
    (_name, fields) => {
      expect(parseMessage(JSON.stringify(fields))).toBeUndefined();
      expect(parseMessage(textOf(withoutNull(fields)))).toBeUndefined();
    },
  );

  test.each(vectors<Fields>('verification_positive'))(
    'accepts the signature: %s',
    (_name, { signature, time, ...fields }) => {
      const read = parseMessage(textOf(fields));
      expect(read && isSignedBy(read, signature, Date.parse(time ?? '2022-02-01T00:00:00Z'))).toBe(true);
    },
  );

  test.each(vectors<Fields>('verification_negative'))('refuses to sign in: %s', async (_name, fields) => {
    const { signature, time, domainBinding, matchNonce, ...rest } = fields;
    const result = await verifySignIn(
      { message: textOf(rest), signature },
      {
        host: domainBinding ?? rest.domain ?? '',
        origin: `https://${domainBinding ?? rest.domain ?? 'login.xyz'}`,
        nowMs: Date.parse(time ?? rest.issuedAt ?? '2022-02-01T00:00:00Z'),
        consumeNonce: async (nonce) => nonce === (matchNonce ?? rest.nonce),
      },
    );
    expect(result.ok).toBe(false);
  });

  test.each(vectors<{ message: string; signature: string }>('eip1271'))(
    'a contract wallet is refused without asking a chain: %s',
    async (_name, one) => {
      const nowMs = Date.parse(parseMessage(one.message)?.issuedAt ?? '');
      const result = await verifySignIn(
        one,
        context({ host: 'localhost:4361', origin: 'http://localhost:4361', nowMs }),
      );
      expect(result).toMatchObject({ ok: false, sentence: expect.stringContaining('ontract wallet') });
    },
  );
});

describe('sign-in', () => {
  test('the message of this portal, signed by its address, signs in', async () => {
    expect(await attempt(message())).toEqual({ ok: true, address: wallet.address.slice(2).toLowerCase() });
  });

  test('what viem writes for a wallet, with every field, is read as it was meant', () => {
    const times = { issuedAt: new Date(NOW), expirationTime: new Date(NOW + 1), notBefore: new Date(NOW - 1) };
    const resources = ['https://localhost:3000/tos?a=b#c', 'ipfs://Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu'];
    const written = {
      domain: 'localhost:3000',
      uri: 'http://localhost:3000',
      nonce: 'abcdef0123456789',
      requestId: 'r-1',
    };
    const fields = { ...written, address: wallet.address, version: '1', chainId: 1, statement: 'One line.' } as const;
    expect(parseMessage(createSiweMessage({ ...fields, ...times, scheme: 'http', resources }))).toMatchObject({
      ...fields,
      scheme: 'http',
      resources,
      issuedAt: times.issuedAt.toISOString(),
      expirationTime: times.expirationTime.toISOString(),
      notBefore: times.notBefore.toISOString(),
    });
  });

  test.each([
    ['has a line before it', (text: string) => `\n${text}`],
    ['has a line after it', (text: string) => `${text}\n`],
    ['carries a second message', (text: string) => `${text}\n${text}`],
    [
      'hides fields in its statement',
      (text: string) => text.replace('Interpool', 'Interpool\nURI: http://evil.example'),
    ],
    ['has lines that end as in Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['has letters beyond ASCII in its statement', (text: string) => text.replace('Interpool', 'Intérpool')],
    ['names a day that no month has', (text: string) => text.replace('2026-03-01', '2026-02-30')],
    ['names the hour 24', (text: string) => text.replace('T12:', 'T24:')],
  ])('a text that %s is no message', (_what, change) => {
    expect(parseMessage(message())).toBeDefined();
    expect(parseMessage(change(message()))).toBeUndefined();
  });

  test('the twin of a signature with a high s is refused: one signature, one spelling', async () => {
    const text = message();
    const { r, s, yParity } = parseSignature(await wallet.signMessage({ message: text }));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const twin = serializeSignature({ r, s: toHex(order - BigInt(s), { size: 32 }), yParity: 1 - yParity });
    expect((await attempt(text, {}, serializeSignature({ r, s, yParity }))).ok).toBe(true);
    expect((await attempt(text, {}, twin)).ok).toBe(false);
  });

  test.each<[string, MessageFields]>([
    ['another domain', { domain: 'evil.example' }],
    ['another port of the domain', { domain: 'localhost:3001' }],
    ['another URI', { uri: 'http://evil.example/sign-in' }],
    ['another scheme of the URI', { uri: 'https://localhost:3000/sign-in' }],
    ['another chain', { chainId: 2 }],
    ['older than ten minutes', { issuedAt: new Date(NOW - 10 * 60_000).toISOString() }],
    ['from the future', { issuedAt: new Date(NOW + 61_000).toISOString() }],
    ['expired', { expirationTime: new Date(NOW - 1).toISOString() }],
    ['good for longer than ten minutes', { expirationTime: new Date(NOW + 11 * 60_000).toISOString() }],
    ['not yet valid', { notBefore: new Date(NOW + 60_000).toISOString() }],
  ])('a message that is %s is refused, and its nonce is not accepted as a session', async (_what, overrides) => {
    expect((await attempt(message(overrides))).ok).toBe(false);
  });

  test.each<[string, MessageFields, RegExp]>([
    ['90 s ahead', { issuedAt: new Date(NOW + 90_000).toISOString() }, /12:01:30 UTC.*clock says.*12:00:00 UTC.*ahead/],
    [
      '6 minutes behind',
      {
        issuedAt: new Date(NOW - 6 * 60_000).toISOString(),
        expirationTime: new Date(NOW - 60_000).toISOString(),
      },
      /11:54:00 UTC.*clock says.*12:00:00 UTC.*expired at.*set the clock/,
    ],
    ['an hour behind', { issuedAt: new Date(NOW - 3_600_000).toISOString() }, /11:00:00 UTC.*clock.*behind/],
    ['not yet valid', { notBefore: new Date(NOW + 60_000).toISOString() }, /not valid before 2026-03-01 12:01:00 UTC/],
  ])('a message by a clock that is %s is refused by a sentence with both times', async (_what, overrides, sentence) => {
    const result = await attempt(message(overrides));
    expect(result.ok ? '' : result.sentence).toMatch(sentence);
  });

  test('a nonce is used up by the attempt, also by one with a wrong signature', async () => {
    const unused = new Set(['abcdef0123456789']);
    const consumeNonce = async (nonce: string): Promise<boolean> => unused.delete(nonce);
    const stranger = privateKeyToAccount(generatePrivateKey());
    const text = message();
    expect((await attempt(text, { consumeNonce }, await stranger.signMessage({ message: text }))).ok).toBe(false);
    expect((await attempt(text, { consumeNonce })).ok).toBe(false);
  });

  test.each(['', '0x', 'zz', `0x${'00'.repeat(65)}`, `0x${'ff'.repeat(65)}`, `0x${'11'.repeat(64)}`])(
    'the signature %j is refused',
    async (signature) => {
      expect((await attempt(message(), {}, signature)).ok).toBe(false);
    },
  );

  test('hostile text is no message', async () => {
    const blns = `${folder}/../naughty-strings/blns.json`;
    const strings = existsSync(blns) ? (JSON.parse(readFileSync(blns, 'utf8')) as string[]) : ['', '\0', '{}'];
    for (const text of [...strings, 'x'.repeat(100_000)]) expect((await attempt(text, {}, '0x')).ok).toBe(false);
  });
});
