import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { must } from '#agent/testing/kind-rig.ts';
import { readRelay } from '#ledger/contracts/kinds/connection.ts';
import { readConnectionSection } from './section.ts';
import { ConnectionService } from './service.ts';

const relay = {
  id: 'line',
  title: 'Line',
  connections: 16,
  downBytesPerS: 50_000_000,
  upBytesPerS: 50_000_000,
  ports: '443',
  region: 'EU-DE',
  probe: { url: 'https://probe.example/file' },
};
const section = {
  listen: { host: '127.0.0.1', port: 1_080 },
  publicAddress: 'relay.example:1080',
  relays: [relay],
};

describe('the part of the config file', () => {
  test('is taken with what is usual, and allows nothing of this machine by itself', () => {
    const config = must(readConnectionSection(section));
    expect(config).toMatchObject({ idleMs: 300_000, relays: [{ id: 'line', ports: '443' }] });
    expect(config.isAllowed({ address: '127.0.0.1', port: 443 })).toBe(false);
  });

  test('allows the ranges and ports that it lists, and refuses what it lists', () => {
    const config = must(
      readConnectionSection({
        ...section,
        allow: [
          { range: '10.1.0.0/16', ports: '80' },
          { range: 'fd00::/8', ports: '443' },
        ],
        refuse: ['93.184.0.0/16'],
      }),
    );
    const allowed = (address: string, port: number) => config.isAllowed({ address, port });
    expect([allowed('10.1.2.3', 80), allowed('10.1.2.3', 443), allowed('10.2.0.1', 80)]).toEqual([true, false, false]);
    expect([allowed('fd00::1', 443), allowed('fd00::1', 80)]).toEqual([true, false]);
    expect([config.isRefused('93.184.1.1'), config.isRefused('93.185.1.1')]).toEqual([true, false]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no relay', { ...section, relays: [] }, /^connection\.relays/],
    [
      'an address that is none',
      { ...section, publicAddress: 'http://relay.example' },
      /publicAddress: must be a host and a port/,
    ],
    ['a range without bits', { ...section, allow: [{ range: '10.0.0.1', ports: '80' }] }, /allow\.0\.range/],
    ['a range with too many bits', { ...section, refuse: ['10.0.0.0/33'] }, /refuse\.0/],
    [
      'ports that go backwards',
      { ...section, relays: [{ ...relay, ports: '443,80' }] },
      /relays\.0\.ports: must be ports/,
    ],
    ['a probe of a file', { ...section, relays: [{ ...relay, probe: { url: 'file:///etc/passwd' } }] }, /probe\.url/],
    ['a word that there is not', { ...section, tunnel: true }, /connection/],
  ])('with %s is refused with its place', (_what, wrong, words) => {
    const read = readConnectionSection(wrong);
    expect(read.ok ? '' : read.sentence).toMatch(words);
  });
});

describe('the provider’s own test of a relay [6.2.3-a]', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function targetOf(answer: (requests: number) => { status: number; bytes: number }): Promise<string> {
    let requests = 0;
    server = createServer((_request, response) => {
      requests += 1;
      const { status, bytes } = answer(requests);
      response.writeHead(status).end(Buffer.alloc(bytes));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/probe`;
  }

  const serviceFor = (url: string, place?: string) =>
    new ConnectionService(must(readConnectionSection({ ...section, relays: [{ ...relay, place, probe: { url } }] })), {
      log: () => undefined,
    });

  test('measures round trip and throughput through a relay like the customers’, and describes what the settings say', async () => {
    const service = serviceFor(await targetOf(() => ({ status: 200, bytes: 500_000 })));
    const { attributes, preview } = must(await service.test('line'));
    const found = readRelay(attributes);
    expect(found).toMatchObject({ connections: 16n, downBytesPerS: 50_000_000n, ports: '443', region: 'EU-DE' });
    expect(Number(found?.probeBytesPerS)).toBeGreaterThan(1_000_000);
    expect(preview).toHaveLength(1);
  });

  test('states its place where the settings do, and takes none that is finer than a tenth of a degree [I.3-3]', async () => {
    const service = serviceFor(await targetOf(() => ({ status: 200, bytes: 500_000 })), '52.5,13.4');
    expect(readRelay(must(await service.test('line')).attributes)?.place).toBe('52.5,13.4');
    expect(readConnectionSection({ ...section, relays: [{ ...relay, place: '52.52,13.40' }] }).ok).toBe(false);
  });

  test('is slower where the line that is offered is: the rate holds for a probe too', async () => {
    const url = await targetOf(() => ({ status: 200, bytes: 500_000 }));
    const slow = { ...relay, downBytesPerS: 1_000_000, probe: { url } };
    const service = new ConnectionService(must(readConnectionSection({ ...section, relays: [slow] })), {
      log: () => undefined,
    });
    const found = readRelay(must(await service.test('line')).attributes);
    expect(Number(found?.probeBytesPerS)).toBeLessThan(1_050_000);
  });

  test.each([
    ['answers with an error', { status: 500, bytes: 10 }],
    ['answers with nothing', { status: 200, bytes: 0 }],
  ])('says so where the target %s', async (_what, answer) => {
    const tested = await serviceFor(await targetOf(() => answer)).test('line');
    expect(tested.ok ? '' : tested.sentence).toMatch(
      /^The relay line did not reach .*: the target of the probe answered/,
    );
  });

  test('says so where nothing listens, and where the agent has no such relay', async () => {
    const url = await targetOf(() => ({ status: 200, bytes: 1 }));
    server?.close();
    const refused = await serviceFor(url).test('line');
    expect(refused.ok ? '' : refused.sentence).toMatch(/which its probe fetches: the relay answered 5/);
    expect(await serviceFor(url).test('other')).toMatchObject({ ok: false });
  });

  test('compared with what was published it measures nothing anew: a target that is away takes no listing off [I.2-7]', async () => {
    const url = await targetOf(() => ({ status: 200, bytes: 1_000 }));
    const service = serviceFor(url);
    const { attributes } = must(await service.test('line'));
    server?.closeAllConnections();
    server?.close();
    const published = { resource: 1, kind: 'connection', sourceId: 'line', attributes };
    expect(must(await service.test('line', published)).attributes).toEqual(attributes);
  });
});
