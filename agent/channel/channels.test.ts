import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isVoucherSigned, voucherDigest } from '#ledger/contracts/shared/voucher.ts';
import { perHour, quantities } from '#ledger/contracts/testing/samples.ts';
import { VOUCHER_KEY, VOUCHER_SECRET } from '#ledger/contracts/testing/vouchers.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { filled } from '#ledger/abci/testing/test-network.ts';
import { Rig } from '#agent/testing/order-rig.ts';
import type { ChannelState, OfferedVoucher } from './channel-state.ts';

let rig: Rig;
let link: { url: string; token: string };

/** A minute of sixty one-second intervals at 1 token an hour, with a channel, delivered. */
beforeEach(async () => {
  rig = new Rig();
  await rig.open();
  await rig.publish({ prices: [perHour(3_600_000n)] });
  rig.apply({ voucherKey: VOUCHER_KEY });
  await rig.work();
  await rig.work();
  link = await rig.link();
});
afterEach(() => rig.close());

const address = () => `${rig.url}/v1/agreements/1/vouchers`;
async function ask(): Promise<ChannelState> {
  const response = await fetch(address(), { headers: { authorization: `Bearer ${link.token}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as ChannelState;
}
function voucher(due: OfferedVoucher) {
  const { interval, amountMicro, used, runs } = due;
  const numbers = { agreement: 1n, amountMicro: BigInt(amountMicro), interval: BigInt(interval) };
  const counted = Object.fromEntries(
    Object.entries(used)
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => [name, BigInt(amount)]),
  );
  return { ...numbers, used: quantities(counted), runs: fromHex(runs)! };
}
function sign(due: OfferedVoucher, secret = VOUCHER_SECRET): { interval: number; signature: string } {
  const digest = voucherDigest(voucher(due), rig.ledger.anchor.genesisHash, crypto)!;
  return { interval: due.interval, signature: toHex(crypto.signRecoverable(digest, secret)) };
}
function send(body: unknown, token = link.token): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(address(), { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}
async function agree(): Promise<ChannelState> {
  const { due } = await ask();
  const answer = await send(sign(due!));
  expect(answer.status).toBe(200);
  return (await answer.json()) as ChannelState;
}
/** A second goes by, and a round of work. */
async function pass(seconds: number): Promise<void> {
  await rig.pass(seconds);
  await rig.work();
}
function end(): Promise<void> {
  rig.ledger.run(rig.ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'done' });
  return rig.hear().then(() => undefined);
}

describe('the provider’s side of a payment channel', () => {
  test('signs what each interval comes to, and serves two ahead: then 402 with what is due, until it comes back signed [8.1.2-a]', async () => {
    expect(await ask()).toMatchObject({ agreed: null, due: null, isPaused: false });
    expect((await rig.get(link)).status).toBe(200);
    await pass(1);
    const { due } = await ask();
    expect(due).toMatchObject({ interval: 1, amountMicro: '1000', used: { calls: 1 } });
    const by = {
      signature: fromHex(due!.signature)!,
      address: rig.ledger.network.agent.address,
      network: rig.ledger.anchor.genesisHash,
    };
    expect(isVoucherSigned(voucher(due!), by, crypto)).toBe(true);
    expect((await rig.get(link)).status).toBe(200);
    await pass(1);
    const refused = await rig.get(link);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      402,
      { reason: 'voucher-due', channel: { isPaused: true, due: { interval: 2, amountMicro: '2000' } } },
    ]);
    expect(await agree()).toMatchObject({ agreed: { interval: 2, amountMicro: '2000' }, due: null, isPaused: false });
    expect((await rig.get(link)).status).toBe(200);
  });

  test('takes only what the voucher key signed of what is due', async () => {
    await pass(1);
    const due = (await ask()).due!;
    const codes: [unknown, number, string][] = [
      [sign(due, filled(42)), 409, 'voucher-not-taken'],
      [sign({ ...due, amountMicro: '1' }), 409, 'voucher-not-taken'],
      [{ ...sign(due), interval: 2 }, 409, 'voucher-not-taken'],
      [{ interval: 1, signature: 'zz' }, 400, 'request-invalid'],
      ['{', 400, 'request-invalid'],
      ['x'.repeat(2_000), 413, 'request-too-large'],
    ];
    for (const [body, status, reason] of codes) {
      const answer = await send(body);
      expect([answer.status, await answer.json()]).toMatchObject([status, { reason }]);
    }
    expect((await send(sign(due), 'ab'.repeat(32))).status).toBe(401);
    expect((await ask()).agreed).toBeNull();
    expect((await send(sign(due))).status).toBe(200);
    // The same again is a replay: it changes nothing.
    expect((await send(sign(due))).status).toBe(200);
    expect((await ask()).agreed).toMatchObject({ interval: 1 });
  });

  test('what it waited for a voucher costs nothing', async () => {
    await pass(6);
    expect((await rig.get(link)).status).toBe(402);
    const state = await agree();
    expect(state.agreed).toEqual({ interval: 6, amountMicro: '2000' });
    await pass(2);
    // The seventh interval began while it waited.
    expect((await ask()).due).toMatchObject({ interval: 8, amountMicro: '3000' });
  });

  test('shows the last voucher by itself when the order has ended, and the bill stands on it [8.1.2-a]', async () => {
    await pass(1);
    await agree();
    await pass(1);
    await end();
    await agree();
    await rig.work();
    expect(rig.sent).toContainEqual({ method: 'CloseChannel', code: 0 });
    rig.ledger.block([], 20_000n);
    await rig.work();
    const { agreedMicro, claimedMicro } = rig.newest('ChannelClosed', 1n);
    const { chargeMicro } = rig.newest('AgreementSettled', 1n);
    expect([agreedMicro, claimedMicro]).toEqual([chargeMicro, 0n]);
    expect(chargeMicro).toBeGreaterThan(1_999n);
    expect(rig.vouchers.of(1).agreed).toBeNull();
  });

  test('after a crash at any moment it offers the same again, keeps what was agreed, and closes with it', async () => {
    await pass(1);
    const { due } = await ask();
    await rig.restart();
    expect((await ask()).due).toEqual(due);
    await agree();
    await rig.restart();
    expect((await ask()).agreed).toMatchObject({ interval: 1 });
    await end();
    rig.isPortalUp = false;
    await rig.duties.perform();
    await rig.restart();
    rig.isPortalUp = true;
    rig.ledger.block([], 3_000n);
    await rig.work();
    expect(rig.sent).toContainEqual({ method: 'CloseChannel', code: 0 });
  });

  test('answers a customer’s older voucher with its newer one', async () => {
    await pass(1);
    const old = (await ask()).due!;
    await agree();
    await pass(1);
    await agree();
    await end();
    const shown = { ...voucher(old), signature: fromHex(old.signature)! };
    expect(rig.ledger.run(rig.ledger.network.customer, 'CloseChannel', shown).code).toBe(0);
    await rig.work();
    expect(rig.newest('VoucherShown', 1n)).toMatchObject({ by: 1n, interval: 2n, outdone: 2n });
  });
});
