import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demandCodes } from '#ledger/contracts/demand/definition.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import { ledgerVerifier } from '#agent/ledger-proof.ts';
import { MarketRig, type RigPortal } from '#agent/testing/market-rig.ts';
import { MarketCopy, noticeStatusOf } from './market-copy.ts';
import { takeMarket } from './market-feed.ts';
import { Portals } from './portals.ts';
import { Sender } from './sender.ts';

/** Account of the provider whom the broker asks, and of the two node providers. */
const PROVIDER = 1;
const [FIRST, SECOND] = [3, 4] as const;

/** How long the farther portal takes: more than a busy machine adds to the nearer one's answers. */
const FAR_MS = 250;

let folder: string;
let rig: MarketRig;
let copy: MarketCopy;
let portals: Portals;
let sender: Sender;
let near: RigPortal;
let far: RigPortal;
let demand: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-broker-'));
  rig = new MarketRig();
  rig.publish('weather');
  demand = Number(rig.demand());
  // The nearer one stands second in the config file.
  far = await rig.portal(FIRST, { delayMs: FAR_MS });
  near = await rig.portal(SECOND);
  const opened = MarketCopy.open(join(folder, 'market.journal'), { regions: ['US-WA'], account: 6 });
  if (!opened.ok) throw new Error(opened.sentence);
  copy = opened.value;
  portals = portalsOf();
  sender = openSender();
  sender.identify(6, 1);
  await measure();
});
afterEach(async () => {
  await sender.close();
  copy.close();
  rig.close();
  rmSync(folder, { recursive: true });
});

function portalsOf(): Portals {
  const configured = [far, near].map(({ origin: portal, account }) => ({ portal, account }));
  return new Portals(configured, {
    network: rig.ledger.anchor.genesisHash,
    key: rig.key,
    nowMs: () => rig.ledger.nowMs,
  });
}

function openSender(): Sender {
  const opened = Sender.open(join(folder, 'sent.journal'), {
    portals: () => portals.nearestFirst,
    key: rig.key,
    network: rig.ledger.anchor.genesisHash,
    nowMs: () => rig.ledger.nowMs,
    knownToMs: () => copy.asOf?.timeMs ?? 0,
    isNoticed: (asked) => [...copy.notices.values()].some(({ sent }) => Number(sent.demand) === asked.demand),
  });
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

function measure(): Promise<void> {
  return portals.measure(new AbortController().signal);
}

function catchUp(): void {
  const taken = takeMarket(rig.feed(copy.cursor), { copy, verifier: ledgerVerifier(() => rig.ledger.anchor) });
  if (!taken.ok) throw new Error(taken.sentence);
}

const asked = () => ({ demand, provider: PROVIDER, kind: 'data' });
const notices = () =>
  [...copy.notices.values()].map((notice) => [Number(notice.sent.nodeProvider), noticeStatusOf(notice)]);

test('a request goes through the node provider with the shortest round trip that was measured, and names it [8.4.2-e]', async () => {
  expect(portals.nearestFirst.map(({ nodeProvider }) => nodeProvider)).toEqual([SECOND, FIRST]);
  const [first, second] = portals.nearestFirst.map(({ roundTripMs }) => roundTripMs ?? 0);
  expect(second).toBeGreaterThan(FAR_MS / 2);
  expect(first).toBeLessThan(second ?? 0);
  expect(await sender.notify(asked())).toMatchObject({ ok: true, value: { ended: { code: 0 } } });
  expect([near.sent.length, far.sent.length]).toEqual([1, 0]);
  catchUp();
  expect(notices()).toEqual([[SECOND, 'sent']]);
});

test('when the nearest is away the next one gets it; measured again, it is nearest again [8.4.2-e]', async () => {
  near.isAway = true;
  // It went away after it was measured: the call itself finds out.
  expect(await sender.notify(asked())).toMatchObject({
    ok: true,
    value: { ended: { code: 0 }, signed: { nodeProvider: FIRST } },
  });
  await measure();
  expect(portals.nearestFirst.map(({ nodeProvider, roundTripMs }) => [nodeProvider, roundTripMs === null])).toEqual([
    [FIRST, false],
    [SECOND, true],
  ]);
  near.isAway = false;
  await measure();
  expect(portals.nearestFirst[0]?.nodeProvider).toBe(SECOND);
});

test('a portal of another network is not used [6.2.6-e]', async () => {
  const others = new Portals([{ portal: near.origin, account: SECOND }], {
    network: new Uint8Array(32),
    key: rig.key,
    nowMs: () => rig.ledger.nowMs,
  });
  await others.measure(new AbortController().signal);
  expect(others.nearestFirst[0]).toMatchObject({
    roundTripMs: null,
    trouble: expect.stringContaining('another network') as unknown,
  });
});

test('what becomes of a request is read from the ledger: handed on, answered, stopped [8.4.2-e] [6.2.6-d]', async () => {
  const { network } = rig.ledger;
  const [first, second] = network.nodes;
  if (first === undefined || second === undefined) throw new Error('there are node providers');
  await sender.notify(asked());
  catchUp();
  rig.succeed(second, 'RelayNotice', { notice: 1n, passes: true });
  catchUp();
  expect(notices()).toEqual([[SECOND, 'relayed']]);
  rig.succeed(network.provider, 'AnswerNotice', { notice: 1n, answer: 'shared', resource: 1n });
  catchUp();
  expect(notices()).toEqual([[SECOND, 'shared']]);
});

test('an answer that got lost is asked for with the same bytes, also by the next process, and nothing is sent twice [6.2.6-e]', async () => {
  [near.losesAnswers, far.isAway] = [true, true];
  expect(await sender.notify(asked())).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('not known yet') as unknown,
  });
  // Killed here: a new process reads the same file.
  await sender.close();
  sender = openSender();
  [near.losesAnswers, far.isAway] = [false, false];
  await sender.resume();
  expect([...sender.works.values()].map(({ ended }) => ended?.code)).toEqual([0]);
  const bytes = new Set([...near.sent, ...far.sent]);
  expect([bytes.size, near.sent.length]).toEqual([1, 2]);
  await sender.notify(asked());
  await sender.resume();
  catchUp();
  expect([near.sent.length, far.sent.length, notices()]).toEqual([2, 0, [[SECOND, 'sent']]]);
});

test('with its file lost too, a request that the ledger has is not sent again [6.2.6-e]', async () => {
  await sender.notify(asked());
  catchUp();
  await sender.close();
  rmSync(join(folder, 'sent.journal'));
  sender = openSender();
  sender.identify(6, 1);
  expect(await sender.notify(asked())).toMatchObject({ ok: true, value: { ended: { code: 0 } } });
  expect([near.sent.length, notices()]).toEqual([1, [[SECOND, 'sent']]]);
});

test('bytes are made anew only when their time went by and the ledger, known up to then, does not have them', async () => {
  // Neither portal hands on what it takes: the nonce is given out, the transaction never arrives.
  near.losesAnswers = true;
  far.isAway = true;
  const submit = rig.submit.bind(rig);
  rig.submit = () => ({ refused: admissionCodes.UNAVAILABLE });
  await sender.notify(asked());
  rig.submit = submit;
  near.losesAnswers = false;
  rig.ledger.block([], 700_000n);
  // Its time is over by every clock, but what is known here ends before.
  expect(await sender.notify(asked())).toMatchObject({ ok: false });
  expect(new Set(near.sent).size).toBe(1);
  catchUp();
  rig.ledger.block([]);
  expect(await sender.notify(asked())).toMatchObject({ ok: true, value: { ended: { code: 0 } } });
  expect(new Set(near.sent).size).toBe(2);
});

test('what the ledger refuses is told with its code, and may be asked for again', async () => {
  expect(await sender.notify({ ...asked(), demand: 99 })).toMatchObject({
    ok: true,
    value: { ended: { code: demandCodes.DEMAND_UNKNOWN } },
  });
  // A customer is no provider.
  expect(await sender.notify({ ...asked(), provider: 2 })).toMatchObject({
    value: { ended: { code: demandCodes.NOTICE_INVALID } },
  });
  await sender.notify({ ...asked(), provider: 2 });
  expect(near.sent).toHaveLength(3);
});

test('a request or a proposal that was altered, forged or not allowed is refused with its code, and nothing changes [6.2.6-e]', async () => {
  const { ledger, program, broker } = rig;
  const { network } = ledger;
  const args = { demand: BigInt(demand), provider: 1n, nodeProvider: 3n, kind: 'data' };
  const sound = network.sign(program, 'SendNotice', args);
  // The node provider that it names is another one now: the bytes recover to a key that the account does not have.
  const altered = sound.slice();
  const at = altered.findLastIndex((byte, index) => byte === 3 && index < altered.length - 65);
  altered[at] = 4;
  const proposal = network.sign(program, 'ProposePlan', {
    demand: BigInt(demand),
    parts: [],
    shares: [],
    feeMicro: 7n,
  });
  const dearer = proposal.slice();
  dearer[dearer.findLastIndex((byte, index) => byte === 7 && index < dearer.length - 65)] = 6;
  const stranger = network.sign({ ...network.customer, account: broker.account, key: 1n }, 'SendNotice', args);
  const unallowed = network.sign(rig.allow(22, ['ProposeMatch'], 2n), 'SendNotice', args);
  const notBroker = network.sign(network.provider, 'SendNotice', args);
  const refusals = [altered, dearer, stranger, unallowed, notBroker].map((bytes) => {
    const taken = rig.submit(bytes);
    return 'refused' in taken ? taken.refused : taken.decided.code;
  });
  expect(refusals).toEqual([
    admissionCodes.SIGNER_MISMATCH,
    admissionCodes.SIGNER_MISMATCH,
    admissionCodes.SIGNER_MISMATCH,
    admissionCodes.KEY_NOT_ALLOWED,
    demandCodes.BROKER_ROLE_REQUIRED,
  ]);
  // The same through the portal, in the words of the program that sent it.
  const signed = await fetch(`${near.origin}/api/v1/transactions`, {
    method: 'POST',
    body: JSON.stringify({ transaction: Buffer.from(altered).toString('hex') }),
  });
  expect([signed.status, await signed.json()]).toMatchObject([409, { code: admissionCodes.SIGNER_MISMATCH }]);
  catchUp();
  expect(notices()).toEqual([]);
  // Unaltered the same bytes count, and once.
  expect(rig.submit(sound)).toMatchObject({ decided: { code: 0 } });
  expect(rig.submit(fromHex(Buffer.from(sound).toString('hex')) ?? sound)).toEqual({
    refused: admissionCodes.NONCE_USED,
  });
});
