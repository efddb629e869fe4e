import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { x25519 } from '@noble/curves/ed25519.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { amountsOfUse, quantities, runs, ways } from '#ledger/contracts/testing/samples.ts';
import { takeBatch } from './ledger-events.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import { readEvent, type EventPayload } from './ledger-terms.ts';
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
      used: quantities({ bytes, calls: 2n, rows: 6n }),
      keptMs: 60_000n,
      degradedMs: 0n,
      downMs: 0n,
      chargeMicro: 60_000n,
    });
    expect(rig.sent.map(({ code }) => code)).toEqual([0, 0]);
  });

  test('is not delivered where the strategy’s row filter cannot be evaluated, and the whole hold comes back [6.2.4-b]', async () => {
    const rowFilter = '{"column":"date","op":"ge","value":"2026-02-30"}';
    await rig.publish({ ways: ways({ rowFilter }) });
    rig.apply();
    await rig.work();
    expect(rig.said.join(' ')).toContain(
      'Order O-1 is not delivered: the row filter of its strategy cannot be evaluated: a value in it does not fit the type of its column',
    );
    await rig.pass(600);
    expect(rig.sent.filter(({ method }) => method === 'Prepare')).toEqual([]);
    expect(rig.newest('AgreementEnded')).toMatchObject({ reason: 'not-delivered' });
    expect(rig.newest('AgreementSettled')).toMatchObject({ chargeMicro: 0n });
  });

  test('is delivered with the rows that pass the strategy’s filter', async () => {
    await rig.publish({ ways: ways({ rowFilter: '{"column":"date","op":"ge","value":"2026-01-02"}' }) });
    rig.apply();
    await rig.work();
    expect(await rig.get(await rig.link())).toMatchObject({
      text: 'date,temp_max\r\n2026-01-02,4.0\r\n2026-01-03,\r\n',
    });
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
    expect(settled).toMatchObject({ keptMs: 38_000n, downMs: 22_000n, chargeMicro: 38_000n });
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
    await rig.publish({ promise: quantities({ firstByteMs: 100n }) });
    rig.apply();
    await rig.work();
    const { terms } = rig.order();
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

  test('of two parts is delivered, measured and settled part by part, each with a link that opens no other [I.2-5]', async () => {
    await rig.publish();
    rig.placePair();
    await rig.work();
    const [first, second] = [await rig.link(1n, CUSTOMER_SECRET, 1n), await rig.link(1n, CUSTOMER_SECRET, 2n)];
    expect((await rig.get(first)).status).toBe(200);
    const state = await rig.get({ ...second, url: second.url.replace(/\/rows$/, '') });
    expect(JSON.parse(state.text)).toMatchObject({ agreement: 2, order: 1, part: 2, calls: 0, callsLeft: 100 });
    expect((await rig.get({ url: second.url, token: first.token })).status).toBe(401);
    await rig.pass(60);
    await rig.work();
    await rig.pass(6);
    expect(rig.newest('AgreementSettled', 1n)).toMatchObject({ keptMs: 60_000n, chargeMicro: 60_000n });
    expect(rig.newest('AgreementSettled', 2n)).toMatchObject({ used: [], keptMs: 60_000n, chargeMicro: 60_000n });
  });

  test('pays the stated part for an interval in which a call waited longer than was promised [8.1.2-b]', async () => {
    await rig.publish({ promise: quantities({ firstByteMs: 100n }), degradedPerMille: 250n });
    rig.apply();
    await rig.work();
    const link = await rig.link();
    await rig.get(link);
    await rig.pass(10);
    rig.slowDown(900n);
    expect((await rig.get(link)).status).toBe(200);
    await rig.pass(50);
    await rig.work();
    await rig.pass(6);
    expect(rig.newest('UsageClaimed')).toMatchObject({
      runs: runs(['kept', 10, 0], ['degraded', 1, 900], ['kept', 49, 0]),
      keptMs: 59_000n,
      degradedMs: 1_000n,
      downMs: 0n,
    });
    // An hour costs 3.6 tokens: 59 seconds in full and one at a quarter.
    expect(rig.newest('AgreementSettled')).toMatchObject({
      degradedMs: 1_000n,
      chargeMicro: 59_250n,
      refundMicro: 750n,
    });
  });

  test('is claimed every 10 minutes, each claim from where the last ended, and the end from there [I.2-6]', async () => {
    await rig.publish({ promise: quantities({ firstByteMs: 100n }), degradedPerMille: 0n });
    rig.apply({ durationMs: 900_000n, holdMicro: 900_000n });
    await rig.work();
    const link = await rig.link();
    rig.slowDown(500n);
    await rig.get(link);
    await rig.pass(320);
    await rig.pass(320);
    await rig.work();
    const { window } = rig.order();
    const startsAtMs = BigInt(window?.startsAtMs ?? 0);
    const regular = rig.newest('UsageClaimed');
    expect(regular).toMatchObject({ fromMs: startsAtMs, downMs: 0n, degradedMs: 1_000n });
    const untilMs = regular['untilMs'] as bigint;
    expect(rig.ledger.nowMs - Number(untilMs)).toBeGreaterThanOrEqual(30_000);
    await rig.pass(100);
    rig.ledger.block([], 400n);
    rig.ledger.run(rig.ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'done' });
    await rig.work();
    await rig.work();
    const ended = rig.newest('AgreementEnded')['endedAtMs'] as bigint;
    expect((ended - startsAtMs) % 1_000n).not.toBe(0n);
    expect(rig.newest('UsageClaimed')).toMatchObject({
      fromMs: untilMs,
      untilMs: ended,
      degradedMs: 1_000n,
      downMs: 0n,
    });
    expect(rig.sent.filter(({ code }) => code !== 0)).toEqual([]);
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
    rig.apply({ amounts: amountsOfUse({ calls: 1n }) });
    await rig.work();
    expect((await rig.get(await rig.link())).status).toBe(200);
    await rig.work();
    expect(rig.newest('AgreementEnded')).toMatchObject({ reason: 'used-up' });
    await rig.pass(1);
    await rig.work();
    expect(rig.newest('UsageClaimed')).toMatchObject({
      used: expect.arrayContaining(quantities({ calls: 1n, rows: 3n })) as unknown,
    });
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

  test('of a claim that was not the agent’s own are taken: the next claim takes nothing of it back, also after a restart', async () => {
    await rig.publish();
    rig.apply();
    await rig.work();
    const { network } = rig.ledger;
    const used = quantities({ calls: 2n, rows: 1n << 44n });
    const claim = {
      agreement: 1n,
      used,
      runs: new Uint8Array(0),
      untilMs: BigInt(rig.order().window?.startsAtMs ?? 0),
    };
    expect(rig.ledger.run(network.provider, 'ClaimUsage', claim).code).toBe(0);
    expect(await rig.hear()).toMatchObject({ ok: true });
    await rig.restart();
    expect(rig.order().claimed?.used).toEqual({ calls: 2, rows: 2 ** 44 });
    await rig.pass(61);
    await rig.work();
    await rig.work();
    expect(rig.newest('UsageClaimed')).toMatchObject({ used });
    expect(rig.sent.filter(({ code }) => code !== 0)).toEqual([]);
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
