import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendConnectionAddresses, callerAddress } from './caller-address.ts';

const server = createServer((request, response) => response.end(request.headers['x-forwarded-for']));

beforeAll(async () => {
  appendConnectionAddresses();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

/** The header as a handler sees it, for what a request said. */
async function seen(said: string | string[] | undefined): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const headers = said === undefined ? {} : { 'x-forwarded-for': said };
  const [response] = (await once(get({ port, host: '127.0.0.1', headers, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe('whom a request is counted against', () => {
  test('without a proxy it is the connection, whatever the request says [7.2.3-c]', async () => {
    for (const said of [undefined, '', '203.0.113.9', ['203.0.113.9', '::1'], ', ,', 'unknown', '127.0.0.2, '])
      expect([said, callerAddress(await seen(said), 0)]).toEqual([said, '127.0.0.1']);
  });

  test('behind proxies it is what the outermost of them saw, not what the caller sent before [7.2.3-c]', async () => {
    expect(callerAddress(await seen('203.0.113.9'), 1)).toBe('203.0.113.9');
    expect(callerAddress(await seen('198.51.100.1, 203.0.113.9'), 1)).toBe('203.0.113.9');
    expect(callerAddress(await seen('198.51.100.1, 203.0.113.9, 192.0.2.1'), 2)).toBe('203.0.113.9');
    expect(callerAddress(await seen(undefined), 2)).toBe('127.0.0.1');
  });

  test('every address of one IPv6 network, however it is written, is one caller [7.2.3-c]', () => {
    const one = ['2001:db8:0:7::1', '2001:DB8::7:1:2:3:4', '2001:0db8:0000:0007:ffff:ffff:ffff:ffff', '2001:db8:0:7::'];
    expect(one.map((address) => callerAddress(address, 0))).toEqual(Array(4).fill('2001:db8:0:7::/64'));
    expect(callerAddress('2001:db8:0:8::1', 0)).toBe('2001:db8:0:8::/64');
    expect(['::1', 'fe80::1%eth0', '::'].map((address) => callerAddress(address, 0))).toEqual([
      '0:0:0:0::/64',
      'fe80:0:0:0::/64',
      '0:0:0:0::/64',
    ]);
    expect(callerAddress('::ffff:192.0.2.7', 0)).toBe('192.0.2.7');
  });

  test('what is no address is one caller together [7.2.3-c]', () => {
    const said = ['', 'unknown', '192.0.2.7:4711', '"[2001:db8::1]"', '192.0.2', '<script>'];
    expect(said.map((address) => callerAddress(address, 0))).toEqual(Array(6).fill('unknown'));
    expect(callerAddress(null, 0)).toBe('unknown');
  });
});
