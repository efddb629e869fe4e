import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heartbeatShape } from '#lib/shared/agent.ts';
import { NodeSample, peersAt } from './node-sample.ts';

const own = '0a'.repeat(20);
const peers = [own, '0b'.repeat(20), '0c'.repeat(20), '0d'.repeat(20)].map((address) => ({
  address,
  origin: `http://${address.slice(0, 2)}`,
}));

function sampleOf(changes: Partial<ConstructorParameters<typeof NodeSample>[0]> = {}): NodeSample {
  return new NodeSample({
    home: tmpdir(),
    address: own,
    height: () => 12,
    orders: () => 2,
    takeRefusals: () => ({ ended: 1 }),
    carriedBytes: () => 0,
    slots: () => ({ slots: 2, busy: 2, waiting: 3 }),
    call: async () => 4,
    ...changes,
  });
}

/** A sample as the portal reads it. */
async function read(sample: NodeSample): Promise<Record<string, unknown>> {
  const load = { cpu: 0, memoryBytes: 1, openLinks: 0 };
  return heartbeatShape.parse({ atMs: 1, sources: [], load, sample: await sample.take() }).sample ?? {};
}

describe('what a node says of itself', () => {
  test('is measured, is what the portal takes, and leaves out what it does not know [6.2.1-a]', async () => {
    const sample = sampleOf({ height: () => null, home: join(tmpdir(), 'interpool-no-such-folder') });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const said = await read(sample);
    sample.close();
    expect(said).toMatchObject({
      orders: 2,
      refusals: { ended: 1 },
      slots: 2,
      slotsBusy: 2,
      runsWaiting: 3,
      version: expect.any(String),
      memoryMib: expect.any(Number),
    });
    for (const name of ['height', 'diskFreeMib', 'clockOffsetMs', 'roundTripMs', 'lossPermille'])
      expect([name, name in said]).toEqual([name, false]);
  });

  test('names its clock against the portal’s from the middle of the way, and the share of calls that were lost', async () => {
    const sample = sampleOf();
    sample.heard({ sentAtMs: 10_000, roundTripMs: 100 }, { serverTimeMs: 7_050, height: 1, peers: [] });
    for (let lost = 0; lost < 3; lost += 1) sample.heard({ sentAtMs: 20_000, roundTripMs: null }, null);
    const said = await read(sample);
    sample.close();
    expect(said).toMatchObject({ clockOffsetMs: 3_000, roundTripMs: 100, lossPermille: 750 });
  });

  test('has the way to two others, chosen by the height, never to itself; one that does not answer has no round trip', async () => {
    expect(peersAt(0, peers, own).map(({ origin }) => origin)).toEqual(['http://0b', 'http://0c']);
    expect(peersAt(2, peers, own).map(({ origin }) => origin)).toEqual(['http://0d', 'http://0b']);
    expect(peersAt(7, peers.slice(0, 1), own)).toEqual([]);
    const sample = sampleOf({ call: async (origin) => (origin === 'http://0b' ? null : 4.04) });
    await sample.measure({ serverTimeMs: 1, height: 0, peers });
    const said = await read(sample);
    sample.close();
    expect(said.peers).toEqual([
      { address: '0b'.repeat(20), lossPermille: 1_000 },
      { address: '0c'.repeat(20), roundTripMs: 4, lossPermille: 0 },
    ]);
  });
});
