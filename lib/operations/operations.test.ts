import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database } from '#lib/db.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { findAgentByPairingCode, registerAgent } from './agents.ts';
import { sweepExpired } from './housekeeping.ts';
import { claimKey, recordAnswer } from './idempotency.ts';
import { createJob } from './jobs.ts';
import { consumeNonce, issueNonce, rememberNonce } from './nonces.ts';
import {
  claimStream,
  releaseStream,
  renewStream,
  STREAMS_PER_HOLDER_MAX,
  STREAMS_PER_NETWORK_MAX,
} from './open-streams.ts';
import { storeProfile } from './profiles.ts';
import { limits, takeToken } from './rate-limits.ts';
import { createSession, deleteSession, findSession } from './sessions.ts';
import { handOutNonce } from './transaction-nonces.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

const many = <Value>(count: number, work: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('operations', () => {
  test('a session counts until it is ended or has expired', async () => {
    await createSession({ jti: 'a', address: '01', expiresAtMs: Date.now() + 60_000 });
    await createSession({ jti: 'old', address: '01', expiresAtMs: Date.now() - 1 });
    expect((await findSession('a'))?.address).toBe('01');
    expect(await findSession('old')).toBeNull();
    await deleteSession('a');
    expect(await findSession('a')).toBeNull();
    await deleteSession('a');
  });

  test('a nonce is accepted once, by one of many at the same moment, and not after its time', async () => {
    const nonce = await issueNonce('sign-in', 60_000);
    expect(await consumeNonce('agent-request', nonce)).toBe(false);
    const wins = await many(10, () => consumeNonce('sign-in', nonce));
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await consumeNonce('sign-in', await issueNonce('sign-in', -1))).toBe(false);
    const firsts = await many(10, () => rememberNonce('agent-request', 'x', Date.now() + 60_000));
    expect(firsts.filter(Boolean)).toHaveLength(1);
  });

  test('transaction nonces never repeat, also not under 1,250 pulls, follow the ledger forward, and start over once none can be used [I.2-7]', async () => {
    const own = { account: 7n, key: 0n, isOwn: true };
    const stranger = { ...own, isOwn: false };
    const pulled: (bigint | null)[] = [];
    for (let pull = 0; pull < 50; pull += 1)
      pulled.push(...(await many(25, (index) => handOutNonce(index % 2 === 0 ? own : stranger, 3n))));
    const handed = pulled.filter((nonce) => nonce !== null).toSorted((left, right) => Number(left - right));
    expect(new Set(handed).size).toBe(handed.length);
    expect(handed.at(-1)! - 3n).toBeLessThan(1_024n);
    // Strangers have used up theirs; the account itself goes on.
    for (let given = await handOutNonce(stranger, 3n); given !== null;) given = await handOutNonce(stranger, 3n);
    expect(await handOutNonce(own, 3n)).not.toBeNull();
    expect(await handOutNonce(own, 2_000n)).toBe(2_000n);
    expect(await handOutNonce({ ...own, key: 1n }, 0n)).toBe(0n);
    const where = { account_key: { account: 7n, key: 0n } };
    await database().transactionNonce.update({ where, data: { next: 3_024n } });
    expect(await handOutNonce(own, 2_000n)).toBeNull();
    await database().transactionNonce.update({ where, data: { handedAt: new Date(Date.now() - 601_000) } });
    expect(await handOutNonce(own, 2_000n)).toBe(2_000n);
    expect(await handOutNonce(own, 2_000n)).toBe(2_001n);
  }, 60_000);

  test('an idempotency key belongs to one transaction of one person and keeps its answer', async () => {
    const request = { address: '01', key: 'press-one', tx: 'aa' };
    const claims = await many(5, () => claimKey(request));
    expect(claims.every(({ state }) => state === 'open')).toBe(true);
    expect(await claimKey({ ...request, tx: 'bb' })).toEqual({ state: 'conflict' });
    expect(await claimKey({ ...request, address: '02', tx: 'bb' })).toEqual({ state: 'open' });
    const result = { ok: true, tx: 'aa', height: 3, data: {} } as const;
    await recordAnswer(request, result);
    expect(await claimKey(request)).toEqual({ state: 'answered', result });
  });

  test('a bucket gives its burst once, to many at the same moment, and says when to come back', async () => {
    const { burst } = limits.pairing;
    const waits = await many(burst + 10, () => takeToken('pairing', 'ip:x'));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(burst);
    expect(Math.max(...waits)).toBe(5);
    expect(await takeToken('pairing', 'ip:y')).toBe(0);
    await database().rateLimit.updateMany({ data: { updatedAt: new Date(Date.now() - 60_000) } });
    expect(await takeToken('pairing', 'ip:x')).toBe(0);
  });

  test('reads cost one write for so many, and are refused once the database has no more to draw [7.2.3-c]', async () => {
    const { burst, draw } = limits.read;
    const where = { bucket_subject: { bucket: 'read', subject: 'ip:reader' } };
    const waits = await many(draw, () => takeToken('read', 'ip:reader'));
    const { updatedAt, tokens } = await database().rateLimit.findUniqueOrThrow({ where });
    expect([waits.every((wait) => wait === 0), tokens]).toEqual([true, burst - draw]);
    expect(await takeToken('read', 'ip:reader')).toBe(0);
    const second = await database().rateLimit.findUniqueOrThrow({ where });
    expect(second.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
    expect(second.tokens).toBeGreaterThanOrEqual(burst - 2 * draw);
    // What another portal has drawn is gone: an hour of refilling is missing, so no machine is too slow for this.
    await database().rateLimit.update({ where, data: { tokens: -3_600 * limits.read.perSecond } });
    const left = await many(draw, () => takeToken('read', 'ip:reader'));
    expect(left.filter((wait) => wait === 0)).toHaveLength(draw - 1);
    expect(Math.max(...left)).toBe(1);
  });

  test('a holder and a network address have so many streams open and no more, whoever opens them at once [7.2.3-c]', async () => {
    const own = await many(STREAMS_PER_HOLDER_MAX + 4, () => claimStream({ network: 'one', holder: 'session:a' }));
    const held = own.filter((id) => id !== null);
    expect(held).toHaveLength(STREAMS_PER_HOLDER_MAX);
    expect(await claimStream({ network: 'two', holder: 'session:a' })).toBeNull();
    const left = STREAMS_PER_NETWORK_MAX - STREAMS_PER_HOLDER_MAX;
    const open = await many(left + 4, () => claimStream({ network: 'one', holder: null }));
    expect(open.filter((id) => id !== null)).toHaveLength(left);
    expect(await claimStream({ network: 'one', holder: 'session:b' })).toBeNull();
    expect(await claimStream({ network: 'two', holder: 'session:b' })).not.toBeNull();
    await releaseStream(held[0]!);
    expect(await claimStream({ network: 'one', holder: 'session:a' })).not.toBeNull();
  });

  test('two who ask for the last place at once do not both get it: one waits until the other has or has not [7.2.3-c]', async () => {
    await many(STREAMS_PER_NETWORK_MAX - 1, () => claimStream({ network: 'last', holder: null }));
    const other = new pg.Client(model.webUrl);
    await other.connect();
    await other.query('BEGIN');
    const claim = `SELECT operations.claim_stream('last', null, ${STREAMS_PER_NETWORK_MAX}, 1, interval '1 minute') AS id`;
    expect((await other.query<{ id: string | null }>(claim)).rows[0]?.id).not.toBeNull();
    let isOver = false;
    const second = claimStream({ network: 'last', holder: null }).finally(() => (isOver = true));
    const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    while (!isOver && (await other.query(waiting)).rowCount === 0) continue;
    await other.query('COMMIT');
    await other.end();
    expect(await second).toBeNull();
  });

  test('a stream that nobody renews stops counting, and cannot be renewed once its place may be another’s [7.2.3-c]', async () => {
    await database().openStream.deleteMany();
    const [first, second] = await many(STREAMS_PER_HOLDER_MAX, () => claimStream({ network: 'n', holder: 'agent:a' }));
    const lapsesSoon = new Date(Date.now() + 5_000);
    await database().openStream.updateMany({ where: { id: second! }, data: { expiresAt: lapsesSoon } });
    expect(await renewStream(second!)).toBe(true);
    const { expiresAt } = await database().openStream.findUniqueOrThrow({ where: { id: second! } });
    expect(expiresAt.getTime()).toBeGreaterThan(lapsesSoon.getTime());
    await database().openStream.updateMany({ where: { id: first! }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await renewStream(first!)).toBe(false);
    expect(await claimStream({ network: 'n', holder: 'agent:a' })).not.toBeNull();
    expect(await claimStream({ network: 'n', holder: 'agent:a' })).toBeNull();
  });

  test('a pairing code finds its agent for ten minutes, and stays the same while it is fresh', async () => {
    const said = { origin: 'http://localhost:4100', label: 'A', sources: [] };
    const first = await registerAgent('01', said);
    expect((await registerAgent('01', said)).code).toBe(first.code);
    expect((await findAgentByPairingCode(first.code))?.address).toBe('01');
    await database().agent.update({ where: { address: '01' }, data: { codeExpiresAt: new Date(Date.now() - 1) } });
    expect(await findAgentByPairingCode(first.code)).toBeNull();
    expect((await registerAgent('01', said)).code).not.toBe(first.code);
  });

  test('waiting tests of an agent, names of an address, and what has expired are bounded', async () => {
    const jobs = await many(20, () => createJob({ kind: 'test', agent: '01', account: 1n, sourceId: 's' }));
    expect(jobs.filter((id) => id !== null)).toHaveLength(16);
    for (let n = 0; n < 8; n++)
      await storeProfile({ address: '01', commitment: `${n}`, name: 'N', salt: '', isPublic: true });
    expect(await database().profile.count()).toBe(5);
    await issueNonce('sign-in', -1);
    await registerAgent('ff', { origin: 'http://localhost:4100', label: 'A', sources: [] });
    const longAgo = new Date(Date.now() - 24 * 3_600_000);
    await database().agent.updateMany({ data: { seenAt: longAgo } });
    await sweepExpired(Date.now() + 3_600_000);
    expect(await database().nonce.count()).toBe(0);
    expect(await database().session.count()).toBe(0);
    expect(await database().openStream.count()).toBe(0);
    expect(await database().agent.findUnique({ where: { address: 'ff' } })).toBeNull();
  });
});
