import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  loginFor,
  parseGreeting,
  parseLogin,
  parseRequest,
  REPLY,
  requestAnswer,
  requestFor,
  type Parsed,
} from './socks.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('what SOCKS5 clients send', () => {
  // As curl 8 sends it with --proxy-user; curl is the second program here.
  test('greeting, login and requests of each kind of address are read as RFC 1928 and RFC 1929 write them', () => {
    expect(parseGreeting(hex('05 02 00 02'))).toEqual({ state: 'done', value: [0, 2], length: 4 });
    expect(parseLogin(hex('01 02 3132 03 616263'))).toEqual({
      state: 'done',
      value: { user: '12', password: 'abc' },
      length: 8,
    });
    expect(parseRequest(hex('05 01 00 01 01020304 01bb'))).toEqual({
      state: 'done',
      value: { host: '1.2.3.4', port: 443 },
      length: 10,
    });
    expect(parseRequest(hex('05 01 00 03 0b 6578616d706c652e6f7267 0050'))).toMatchObject({
      value: { host: 'example.org', port: 80 },
    });
    expect(parseRequest(hex('05 01 00 04 20010db8000000000000000000000001 01bb'))).toMatchObject({
      value: { host: '2001:db8:0:0:0:0:0:1', port: 443 },
    });
  });

  test.each([
    ['BIND', '05 02 00 01 01020304 01bb', REPLY.commandUnknown],
    ['UDP ASSOCIATE', '05 03 00 01 01020304 01bb', REPLY.commandUnknown],
    ['a command that there is not', '05 ff 00 01 01020304 01bb', REPLY.commandUnknown],
    ['a kind of address that there is not', '05 01 00 02 01020304 01bb', REPLY.addressTypeUnknown],
    ['another version', '04 01 00 01 01020304 01bb', REPLY.failed],
    ['something where nothing is', '05 01 01 01 01020304 01bb', REPLY.failed],
    ['a name of no length', '05 01 00 03 00 01bb', REPLY.failed],
    ['port 0', '05 01 00 01 01020304 0000', REPLY.failed],
    ['a name with a NUL in it', '05 01 00 03 03 610062 01bb', REPLY.failed],
    ['an address with a zone', `05 01 00 03 0a ${Buffer.from('fe80::1%lo').toString('hex')} 01bb`, REPLY.failed],
  ])('%s is refused by its own code', (_what, bytes, reply) =>
    expect(parseRequest(hex(bytes))).toEqual({ state: 'bad', reply }),
  );

  test('no greeting, no login: another version, no method, an empty name or password', () => {
    for (const bytes of ['04 01', '05 00']) expect(parseGreeting(hex(bytes)).state).toBe('bad');
    for (const bytes of ['05 01 61 01 61', '01 00 01 61', '01 01 61 00'])
      expect(parseLogin(hex(bytes)).state).toBe('bad');
  });

  test('an answer names no address of the relay', () => {
    expect(requestAnswer(REPLY.notAllowed)).toEqual(hex('05 02 00 01 00000000 0000'));
  });
});

describe('whatever is sent', () => {
  const parsers: readonly ((bytes: Buffer) => Parsed<unknown>)[] = [parseGreeting, parseLogin, parseRequest];

  test('is read or refused, never thrown at, and bytes that come one by one mean what they mean together', () => {
    const sent = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ maxLength: 300 }).map((rest) => new Uint8Array([5, 1, 0, 3, ...rest])),
      fc.uint8Array({ maxLength: 300 }).map((rest) => new Uint8Array([1, ...rest])),
    );
    fc.assert(
      fc.property(sent, (raw) => {
        const bytes = Buffer.from(raw);
        for (const parse of parsers) {
          const whole = parse(bytes);
          if (whole.state === 'done') expect(whole.length).toBeLessThanOrEqual(bytes.length);
          for (let length = 1; length < bytes.length; length += 1) {
            const part = parse(bytes.subarray(0, length));
            if (part.state === 'more') continue;
            expect(part).toEqual(whole);
            break;
          }
        }
      }),
    );
  });

  test('a request and a login are read as they were written', () => {
    const host = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]{1,20}){0,4}$/);
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
        const request = requestFor({ host: name, port });
        expect(parseRequest(request)).toEqual({ state: 'done', value: { host: name, port }, length: request.length });
      }),
    );
    const login = { user: '12', password: 'ab'.repeat(32) };
    expect(parseLogin(loginFor(login))).toMatchObject({ value: login });
  });
});
