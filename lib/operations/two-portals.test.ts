import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyBlocks } from '#lib/projector/projector.ts';
import { readCheckpoint } from '#lib/projector/store.ts';
import { startPortal, type PortalProcess } from '#lib/testing/portal-process.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { sampleBlock } from '#lib/testing/sample-block.ts';
import type { Intake } from './heartbeats.ts';
import { STREAMS_PER_HOLDER_MAX } from './open-streams.ts';
import { limits } from './rate-limits.ts';

let model: TestReadModel;
let portals: [PortalProcess, PortalProcess];
beforeAll(async () => {
  model = await startReadModel();
  portals = [startPortal(), startPortal()];
});
afterAll(async () => {
  for (const portal of portals) await portal.stop();
  await model.stop();
});

/** The same work in both processes in turn, all at once. */
function inBoth<Value>(
  count: number,
  work: (portal: PortalProcess, index: number) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(portals[index % 2]!, index)));
}

async function project(height: bigint): Promise<void> {
  const database = new pg.Client(model.projectorUrl);
  await database.connect();
  const checkpoint = await readCheckpoint(database);
  const block = sampleBlock(height, 1_000n + height, []);
  await applyBlocks([block], checkpoint!, { database, readTransaction: () => undefined });
  await database.end();
}

describe('two portals on one database', () => {
  test('a session that one makes counts in the other, and ends in both at once [7.2.3-c]', async () => {
    const [one, two] = portals;
    await one.call('createSession', { jti: 's', address: '01', expiresAtMs: Date.now() + 60_000 });
    expect((await two.call('findSession', 's'))?.address).toBe('01');
    await two.call('deleteSession', 's');
    expect(await one.call('findSession', 's')).toBeNull();
  });

  test('a nonce that one issues the other accepts, once, and a request’s nonce is new in one of them only [7.2.3-c]', async () => {
    const [one, two] = portals;
    const nonce = await one.call('issueNonce', 'sign-in', 60_000);
    const wins = await inBoth(8, (portal) => portal.call('consumeNonce', 'sign-in', nonce));
    expect(wins.filter(Boolean)).toHaveLength(1);
    const expiresAtMs = Date.now() + 60_000;
    const firsts = await inBoth(8, (portal) => portal.call('rememberNonce', 'agent-request', 'n', expiresAtMs));
    expect(firsts.filter(Boolean)).toHaveLength(1);
    expect(await two.call('consumeNonce', 'sign-in', nonce)).toBe(false);
  });

  test('a limit is one limit: who asks both in turn gets its burst once [7.2.3-c]', async () => {
    const { burst } = limits.pairing;
    const waits = await inBoth(burst + 10, (portal) => portal.call('takeToken', 'pairing', 'ip:both'));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(burst);
  });

  test('reads that each portal hands out were drawn from one bucket: two give no more than one [7.2.3-c]', async () => {
    const { burst, perSecond } = limits.read;
    const startMs = performance.now();
    const waits = await inBoth(2 * burst, (portal) => portal.call('takeToken', 'read', 'ip:both'));
    const refilled = ((performance.now() - startMs) / 1_000) * perSecond;
    const given = waits.filter((wait) => wait === 0).length;
    expect(given).toBeGreaterThanOrEqual(burst);
    expect(given).toBeLessThanOrEqual(burst + refilled);
  });

  test('open streams are counted together: both give out one holder’s places once, and one gives back what the other took [7.2.3-c]', async () => {
    const [one, two] = portals;
    const owner = { network: 'both', holder: 'session:both' };
    const ids = await inBoth(STREAMS_PER_HOLDER_MAX + 6, (portal) => portal.call('claimStream', owner));
    const held = ids.filter((id) => id !== null);
    expect(held).toHaveLength(STREAMS_PER_HOLDER_MAX);
    expect(await two.call('renewStream', held[0]!)).toBe(true);
    await two.call('releaseStream', held[0]!);
    expect(await one.call('renewStream', held[0]!)).toBe(false);
    expect(await one.call('claimStream', owner)).not.toBeNull();
  });

  test('a heartbeat that both are sent at once is taken by one of them, and none signed before it by either [7.2.3-c]', async () => {
    const [one, two] = portals;
    const address = '0b'.repeat(20);
    const registration = { origin: 'http://localhost:4100', label: 'B', sources: [] };
    await one.call('registerAgent', address, registration);
    const beat = { atMs: 1, sources: [], load: { cpu: 0, memoryBytes: 1, openLinks: 0 } };
    const send = (portal: PortalProcess, signedAtMs: number): Promise<Intake> =>
      portal.call('recordHeartbeat', { address, beat, atMs: signedAtMs, signedAtMs });
    for (let signedAtMs = 1_000; signedAtMs < 1_020; signedAtMs += 1) {
      const intakes = await inBoth(2, (portal) => send(portal, signedAtMs));
      expect(intakes.toSorted()).toEqual(['overtaken', 'taken']);
    }
    expect(await send(two, 2_000)).toBe('taken');
    await one.call('registerAgent', address, registration);
    // What the other took counts here too, whatever is remembered here, and registering again opens no way back.
    expect([await send(one, 1_999), await send(one, 2_000), await send(one, 2_001)]).toEqual([
      'overtaken',
      'overtaken',
      'taken',
    ]);
    expect([await send(two, 2_001), await send(two, 2_002)]).toEqual(['overtaken', 'taken']);
  });

  test('transaction nonces that both hand out never meet [7.2.3-c]', async () => {
    const handed = await inBoth(40, (portal) => portal.call('handOutNonce', { account: 7n, key: 0n, isOwn: true }, 0n));
    expect(new Set(handed).size).toBe(40);
  });

  test('a button pressed once and sent to both is one transaction with one answer [7.2.3-c]', async () => {
    const [one, two] = portals;
    const request = { address: '01', key: 'press-both', tx: 'aa' };
    const claims = await inBoth(6, (portal, index) =>
      portal.call('claimKey', { ...request, tx: index < 3 ? 'aa' : 'bb' }),
    );
    expect(new Set(claims.map(({ state }) => state))).toEqual(new Set(['open', 'conflict']));
    const tx = claims[0]?.state === 'open' ? 'aa' : 'bb';
    const result = { ok: true, tx, height: 3, data: {} } as const;
    await one.call('recordAnswer', { ...request, tx }, result);
    expect(await two.call('claimKey', { ...request, tx })).toEqual({ state: 'answered', result });
  });

  test('an agent that registers at one is paired and works at the other, within one bound of waiting tests [7.2.3-c]', async () => {
    const [one, two] = portals;
    const { code } = await one.call('registerAgent', '0a', {
      origin: 'http://localhost:4100',
      label: 'A',
      sources: [],
    });
    expect((await two.call('findAgentByPairingCode', code))?.address).toBe('0a');
    const jobs = await inBoth(24, (portal) =>
      portal.call('createJob', { kind: 'test', agent: '0a', account: 1n, sourceId: 's' }),
    );
    expect(jobs.filter((id) => id !== null)).toHaveLength(16);
    const [job] = await two.call('waitingJobs', '0a');
    const answer = { what: 'failure', sentence: 'Gone.' } as const;
    const kept = await inBoth(4, (portal) => portal.call('answerJob', '0a', job!.id, answer));
    expect(kept.filter(Boolean)).toHaveLength(1);
  });

  test('both sweep at the same moment without a fault, and what has expired is gone for both [7.2.3-c]', async () => {
    const [one, two] = portals;
    for (let n = 0; n < 20; n++) await one.call('issueNonce', 'sign-in', -1);
    await one.call('createSession', { jti: 'old', address: '01', expiresAtMs: Date.now() - 1 });
    await inBoth(2, (portal) => portal.call('sweepExpired', Date.now() + 3_600_000));
    const database = new pg.Client(model.webUrl);
    await database.connect();
    const { rows } = await database.query(
      `SELECT (SELECT count(*)::int FROM operations.nonces WHERE scope = 'sign-in') AS nonces,
        (SELECT count(*)::int FROM operations.sessions) AS sessions`,
    );
    await database.end();
    expect(rows).toEqual([{ nonces: 0, sessions: 0 }]);
    expect(await two.call('findSession', 'old')).toBeNull();
  });

  test('open pages of both hear of every height, also after the database has ended their connections [7.2.3-c]', async () => {
    const [first, second] = await inBoth(2, (portal) => portal.call('openStream'));
    expect(JSON.parse(String(first))).toMatchObject({ height: 7, changed: [] });
    expect(second).toBe(first);
    await project(8n);
    expect(await inBoth(2, (portal) => portal.call('readStream'))).toEqual(Array(2).fill('{"height":8,"changed":[]}'));
    const database = new pg.Client(model.url);
    await database.connect();
    const ended = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'interpool_web' AND query LIKE 'LISTEN%'`;
    expect((await database.query(ended)).rowCount).toBe(2);
    await database.end();
    await project(9n);
    expect(await inBoth(2, (portal) => portal.call('readStream'))).toEqual(Array(2).fill('{"height":9,"changed":[]}'));
  });
});
