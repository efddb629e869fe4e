import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { takeBatch } from './ledger-events.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import { readEvent, type EventPayload } from './ledger-terms.ts';
import { probeSources } from './probe.ts';
import { openLink } from './sealing.ts';
import { CUSTOMER_KEY, CUSTOMER_SECRET, Rig } from './testing/order-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = new Rig();
  await rig.open();
});
afterEach(() => rig.close());

describe('an order at the agent', () => {
  test('is delivered, served, cut off at its end by the agent alone, claimed and settled to what was counted [I.2-5] [I.2-6] [6.2.4-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    const first = await rig.get(link);
    expect(first).toEqual({
      status: 200,
      text: 'date,temp_max\r\n2026-01-01,3.5\r\n2026-01-02,4.0\r\n2026-01-03,\r\n',
    });
    await rig.pass(30);
    await rig.get(link);
    rig.isPortalUp = false;
    await rig.pass(30);
    expect((await rig.get(link)).status).toBe(410);
    rig.isPortalUp = true;
    await rig.work();
    await rig.pass(6);
    const bytes = BigInt(first.text.length * 2);
    expect(rig.newest('AgreementSettled')).toMatchObject({
      calls: 2n,
      rows: 6n,
      bytes,
      intervalsServed: 60n,
      intervalsDown: 0n,
      chargeMicro: 60_000n,
    });
    expect(rig.sent.map(({ code }) => code)).toEqual([0, 0]);
  });

  test('keeps one token over restarts and lost answers, and no file holds it [8.5.2-b] [7.2.5-a]', async () => {
    await rig.publish();
    rig.apply();
    await rig.hear();
    rig.isPortalUp = false;
    await rig.duties.perform();
    await rig.restart();
    rig.isPortalUp = true;
    await rig.work();
    const { url, token } = await rig.link();
    await rig.restart();
    await rig.work();
    expect((await rig.get({ url: url.replace(/^http:\/\/[^/]+/, rig.url), token })).status).toBe(200);
    expect(rig.sent.filter(({ method }) => method === 'Prepare')).toEqual([{ method: 'Prepare', code: 0 }]);
    const journal = readFileSync(join(rig.folder, 'orders.journal'), 'utf8');
    expect(journal).not.toContain(token);
    expect(journal).toContain(createHash('sha256').update(token, 'utf8').digest('hex'));
  });

  test('stops answering as soon as its end is proved, also to an open link [I.2-6]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    rig.ledger.run(rig.ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    await rig.hear();
    const refused = await rig.get(link);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([410, { reason: 'ended', agreement: 1 }]);
  });

  test('counts as down what the agent could not serve, also after a crash [I.2-6]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    await rig.pass(10);
    for (let second = 0; second < 20; second += 1) rig.ledger.block([], 1_000n);
    await rig.restart();
    await rig.pass(31);
    await rig.work();
    await rig.pass(6);
    const settled = rig.newest('AgreementSettled');
    // 20 seconds away, and the two intervals in which it went and came back.
    expect(settled).toMatchObject({ intervalsServed: 38n, intervalsDown: 22n, chargeMicro: 38_000n });
  });

  test('gets a new link for another device, and the old one is refused from then on [8.5.2-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const old = await rig.link();
    const secret = filled(6);
    rig.ledger.run(rig.ledger.network.customer, 'RequestReissue', {
      agreement: 1n,
      encryptionKey: x25519.getPublicKey(secret),
    });
    await rig.work();
    expect((await rig.get(await rig.link(2n, secret))).status).toBe(200);
    expect(JSON.parse((await rig.get(old)).text)).toMatchObject({ status: 401, reason: 'link-replaced' });
  });

  test('is measured where something was promised, over a restart, and let go and forgotten once it is claimed [8.1.2-b]', async () => {
    await rig.publish();
    rig.apply();
    const read = readEvent(rig.newest('AgreementReserved') as EventPayload);
    if (!read.ok || read.value?.fact !== 'reserved') throw new Error('the application was granted');
    const terms = { ...read.value.terms, promise: [{ meter: 'firstByteMs', amount: 100 }] };
    rig.book.record({ kind: 'reserved', terms });
    await rig.work();
    await rig.pass(2);
    const atMs = rig.ledger.nowMs;
    rig.shelf.kindOf(terms)?.open.answered(terms, { atMs, firstByteMs: 900 });
    await rig.pass(2);
    await rig.restart();
    await rig.pass(1);
    const startsAtMs = rig.book.orders.get(1)?.window?.startsAtMs ?? 0;
    const fromMs = atMs - ((atMs - startsAtMs) % 1_000);
    expect([...rig.meter.measurements(1)]).toEqual([[fromMs, { firstByteMs: 900 }]]);
    await rig.pass(56);
    await rig.work();
    expect(rig.book.orders.get(1)).toMatchObject({ isReleased: true, ended: { reason: 'time-up' } });
    await rig.work();
    expect(rig.meter.measurements(1).size).toBe(0);
    expect(rig.meter.claimedUntilMs(1)).toBe(startsAtMs + 60_000);
    expect(rig.newest('UsageClaimed')).toMatchObject({ untilMs: BigInt(startsAtMs + 60_000) });
  });

  test('of a kind that this agent does not know is not delivered, before and after a restart', async () => {
    await rig.publish();
    rig.apply();
    const read = readEvent(rig.newest('AgreementReserved') as EventPayload);
    if (!read.ok || read.value?.fact !== 'reserved') throw new Error('the application was granted');
    rig.book.record({ kind: 'reserved', terms: { ...read.value.terms, kind: 'constructor' } });
    await rig.work();
    expect([rig.sent, rig.said.at(-1)]).toEqual([
      [],
      'Order O-1 is not delivered: this agent offers nothing of the kind "constructor"',
    ]);
    await rig.restart();
    await rig.work();
    expect(rig.sent).toEqual([]);
  });

  test('is ended as used up when its last call was served [6.2.4-b]', async () => {
    await rig.publish();
    rig.apply({ callsMax: 1n });
    await rig.work();
    expect((await rig.get(await rig.link())).status).toBe(200);
    await rig.work();
    expect(rig.newest('AgreementEnded')).toMatchObject({ reason: 'used-up' });
    await rig.pass(1);
    await rig.work();
    expect(rig.newest('UsageClaimed')).toMatchObject({ calls: 1n, rows: 3n });
  });
});

describe('the probe', () => {
  test('suspends a listing whose source changed, and open orders keep the data that was described [I.2-7]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const { book, shelf, duties } = rig;
    const probe = (): Promise<void> => probeSources({ book, shelf, duties, log: () => undefined });
    await probe();
    await rig.work();
    expect(rig.book.resources.get(1)?.status).toBe('published');
    appendFileSync(rig.file, '2026-01-04,9.0,sun\n');
    await probe();
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'metadata-mismatch' });
    expect((await rig.get(await rig.link())).text.split('\r\n').length).toBe(5);
  });

  test('suspends a listing whose source is gone [I.2-7]', async () => {
    await rig.publish();
    rmSync(rig.file);
    await probeSources({ book: rig.book, shelf: rig.shelf, duties: rig.duties, log: () => undefined });
    await rig.work();
    expect(rig.newest('ResourceStatusChanged')).toMatchObject({ to: 'suspended', reason: 'source-unavailable' });
  });
});

describe('events from the portal', () => {
  test('that do not verify change nothing, and nothing after them is believed [8.5.2-a]', async () => {
    await rig.publish();
    rig.apply();
    const parts = {
      book: rig.book,
      verifier: ledgerVerifier(() => rig.ledger.anchor),
      address: rig.ledger.network.agent.address,
    };
    const genuine = rig.ledger.events(rig.book.cursor) as unknown as {
      items: { logIndex: string; receipt: Record<string, unknown> }[];
      head: Record<string, unknown>;
    };
    const { cursor, head } = rig.book;
    const [item] = genuine.items;
    if (item === undefined) throw new Error('the application has an event');
    const { receipt } = item;
    const forged: unknown[] = [
      null,
      'x',
      {},
      {
        ...genuine,
        items: [{ ...item, receipt: { ...receipt, events: [...(receipt['events'] as string[])].reverse() } }],
      },
      { ...genuine, items: [{ ...item, receipt: { ...receipt, commit: '' } }] },
      { ...genuine, items: [{ ...item, receipt: null }] },
      { ...genuine, items: [{ ...item, logIndex: '99' }] },
      { ...genuine, items: [], head: null },
      { ...genuine, items: [], head: { ...genuine.head, network: '00'.repeat(32) } },
    ];
    for (const body of forged) expect(takeBatch(body, parts).ok).toBe(false);
    expect([rig.book.cursor, rig.book.head, rig.book.orders.size]).toEqual([cursor, head, 0]);
    const other = ledgerVerifier(() => ({ ...rig.ledger.anchor, genesisHash: filled(1) }));
    expect(takeBatch(genuine, { ...parts, verifier: other }).ok).toBe(false);
    expect(takeBatch(genuine, parts).ok).toBe(true);
    expect(takeBatch(genuine, parts).ok).toBe(true);
    expect(rig.book.orders.size).toBe(1);
  });

  test('with more than any meter can count are taken, and the agent starts again after them', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const { network } = rig.ledger;
    const claim = { agreement: 1n, calls: 0n, rows: 2n ** 64n - 1n, bytes: 0n, served: new Uint8Array(0) };
    const item = rig.ledger.run(network.provider, 'ClaimUsage', { ...claim, untilMs: network.nowMs });
    expect(item.code).toBe(0);
    expect(await rig.hear()).toMatchObject({ ok: true });
    for (let start = 0; start < 2; start += 1) {
      await rig.restart();
      expect(rig.book.orders.get(1)?.claimed?.used).toMatchObject({ rows: Number.MAX_SAFE_INTEGER });
    }
    await rig.work();
    expect((await rig.get(await rig.link())).status).toBe(200);
  });

  test('that the agent cannot read leave open orders served for 10 minutes at most [8.5.2-a]', async () => {
    await rig.publish();
    rig.apply({ durationMs: 3_600_000n, holdMicro: 3_600_000n });
    await rig.work();
    const link = await rig.link();
    const { book, ledger } = rig;
    const newer = ledgerVerifier(() => ledger.anchor);
    const verifier = {
      ...newer,
      receipt: (receipt: unknown) => {
        const proved = newer.receipt(receipt);
        return proved === null
          ? null
          : { ...proved, events: proved.events.map((event) => ({ ...event, version: 2n })) };
      },
    };
    const hearNewer = (): boolean =>
      takeBatch(ledger.events(book.cursor), { book, verifier, address: ledger.network.agent.address }).ok;
    ledger.run(ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    ledger.block([], 599_000n);
    expect(hearNewer()).toBe(false);
    expect((await rig.get(link)).status).toBe(200);
    ledger.block([], 2_000n);
    expect(hearNewer()).toBe(false);
    expect(JSON.parse((await rig.get(link)).text)).toMatchObject({ status: 503, reason: 'ledger-not-heard' });
    await rig.hear();
    expect((await rig.get(link)).status).toBe(410);
  });

  test('shut the gateway when the owner revokes the agent’s key [8.5.2-b]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const link = await rig.link();
    rig.ledger.run(rig.ledger.network.provider, 'RevokeKey', { revokedKey: 1n });
    await rig.hear();
    expect(JSON.parse((await rig.get(link)).text)).toMatchObject({ status: 503, reason: 'agent-not-authorised' });
  });
});

describe('the agent’s descriptor', () => {
  test('opens for its order, key and issue only [7.2.5-a]', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const descriptor = rig.newest('AgreementPrepared')['descriptor'] as Uint8Array;
    const binding = { network: rig.ledger.anchor.genesisHash, agreement: 1n, encryptionKey: CUSTOMER_KEY, issue: 1n };
    const open = (changes: Partial<typeof binding>, secretKey = CUSTOMER_SECRET) =>
      openLink(descriptor, { binding: { ...binding, ...changes }, secretKey });
    expect(await open({})).toBeDefined();
    expect(await open({ agreement: 2n })).toBeUndefined();
    expect(await open({ issue: 2n })).toBeUndefined();
    expect(await open({ network: filled(1) })).toBeUndefined();
    expect(await open({}, filled(6))).toBeUndefined();
    expect(descriptor.length <= 1_024).toBe(true);
  });
});
