import { Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { dial, type Network, type Rules } from './dial.ts';
import { REPLY } from './socks.ts';

/** Nothing here opens a connection: what would be connected to is told to the test. */
function networkOf(names: Readonly<Record<string, readonly string[]>>, own: readonly string[] = []) {
  const connect = vi.fn<Network['connect']>(() => Promise.resolve(new Socket()));
  const resolve = vi.fn<Network['resolve']>((name) => Promise.resolve(names[name] ?? []));
  return { connect, resolve, own: () => own };
}

const OPEN: Rules = { hasPort: () => true, isAllowed: () => false, isRefused: () => false };
const { signal } = new AbortController();

describe('addresses that are none of the Internet [I.3-5] [7.2.5-c]', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['all of loopback', '127.255.255.254'],
    ['unspecified', '0.0.0.0'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.1.1'],
    ['link-local, where clouds keep their secrets', '169.254.169.254'],
    ['shared by a carrier’s customers', '100.64.0.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['of documents', '192.0.2.1'],
    ['of documents', '198.51.100.7'],
    ['of documents', '203.0.113.9'],
    ['of benchmarks', '198.18.0.1'],
    ['loopback, IPv6', '::1'],
    ['loopback, written out', '0:0:0:0:0:0:0:1'],
    ['unspecified, IPv6', '::'],
    ['loopback, mapped', '::ffff:127.0.0.1'],
    ['private, mapped and in hex', '0:0:0:0:0:ffff:a00:1'],
    ['loopback, in a form that nobody uses', '::127.0.0.1'],
    ['private, by a translator', '64:ff9b::a00:1'],
    ['private, by a tunnel', '2002:a00:1::1'],
    ['by a tunnel', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['unique-local', 'fd00::1'],
    ['link-local, IPv6', 'fe80::1'],
    ['multicast, IPv6', 'ff02::1'],
    ['of documents, IPv6', '2001:db8::1'],
  ])(
    '%s, %s: refused as an address, and as what a name stands for, before anything is connected to',
    async (_what, address) => {
      for (const host of [address, 'looks-harmless.example']) {
        const network = networkOf({ 'looks-harmless.example': ['1.1.1.1', address] });
        const dialled = await dial({ host, port: 443 }, { rules: OPEN, network, signal });
        expect(dialled).toMatchObject({
          ok: false,
          isOwnFailure: false,
          refusal: { status: 403, reply: REPLY.notAllowed },
        });
        expect(network.connect).not.toHaveBeenCalled();
      }
    },
  );

  test('nor is an address of this machine itself, nor what its provider refuses, reached', async () => {
    const network = networkOf({}, ['9.9.9.9', '2606:4700::1']);
    for (const host of ['9.9.9.9', '2606:4700:0:0:0:0:0:1', '8.8.8.8']) {
      const rules = { ...OPEN, isRefused: (address: string) => address === '8.8.8.8' };
      expect(await dial({ host, port: 443 }, { rules, network, signal })).toMatchObject({ refusal: { status: 403 } });
    }
    expect(network.connect).not.toHaveBeenCalled();
  });

  test('a port that is not shared is refused before the name is looked up', async () => {
    const network = networkOf({ 'a.example': ['1.1.1.1'] });
    const rules = { ...OPEN, hasPort: (port: number) => port === 443 };
    const dialled = await dial({ host: 'a.example', port: 25 }, { rules, network, signal });
    expect(dialled).toMatchObject({
      ok: false,
      refusal: { status: 403, sentence: 'This relay does not connect to port 25.' },
    });
    expect(network.resolve).not.toHaveBeenCalled();
    expect(network.connect).not.toHaveBeenCalled();
  });
});

describe('what may be reached', () => {
  test('is looked up once, and that very address is connected to', async () => {
    const network = networkOf({ 'a.example': ['1.1.1.1', '2606:4700::1111'] });
    expect(await dial({ host: 'a.example', port: 443 }, { rules: OPEN, network, signal })).toMatchObject({ ok: true });
    expect(network.resolve).toHaveBeenCalledTimes(1);
    expect(network.connect.mock.calls.map(([place]) => place)).toEqual([{ address: '1.1.1.1', port: 443 }]);
  });

  test('is on this machine only at what the provider’s own settings list', async () => {
    const network = networkOf({});
    const rules = {
      ...OPEN,
      isAllowed: ({ address, port }: { address: string; port: number }) => address === '127.0.0.1' && port === 8_080,
    };
    expect(await dial({ host: '127.0.0.1', port: 8_080 }, { rules, network, signal })).toMatchObject({ ok: true });
    expect(await dial({ host: '127.0.0.1', port: 8_081 }, { rules, network, signal })).toMatchObject({ ok: false });
    expect(network.connect).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['ECONNREFUSED', 502, REPLY.refused, false],
    ['ETIMEDOUT', 504, REPLY.expired, false],
    ['EHOSTUNREACH', 502, REPLY.hostUnreachable, false],
    ['ENETUNREACH', 502, REPLY.networkUnreachable, true],
    ['EMFILE', 502, REPLY.networkUnreachable, true],
  ])('%s is told by its own code, and is the relay’s own failure or not', async (code, status, reply, isOwnFailure) => {
    const network = { ...networkOf({}), connect: () => Promise.reject(Object.assign(new Error(code), { code })) };
    const dialled = await dial({ host: '1.1.1.1', port: 443 }, { rules: OPEN, network, signal });
    expect(dialled).toMatchObject({ ok: false, isOwnFailure, refusal: { status, reply } });
  });

  test('a name that is not known is the asker’s, a resolver that says nothing the relay’s', async () => {
    const failing = (code: string) => ({
      ...networkOf({}),
      resolve: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
    const of = (network: Network) => dial({ host: 'a.example', port: 443 }, { rules: OPEN, network, signal });
    expect(await of(failing('ENOTFOUND'))).toMatchObject({
      isOwnFailure: false,
      refusal: { reply: REPLY.hostUnreachable },
    });
    expect(await of(failing('EAI_AGAIN'))).toMatchObject({ isOwnFailure: true, refusal: { reply: REPLY.failed } });
  });
});
