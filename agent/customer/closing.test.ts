import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Payload } from '#agent/proved-events.ts';
import { Rig } from '#agent/testing/order-rig.ts';
import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import { SignedVouchers } from '#agent/voucher-signer/signed-vouchers.ts';
import { VoucherSigner } from '#agent/voucher-signer/signer.ts';
import { data } from '#ledger/contracts/kinds/data.ts';
import { amountsOfUse, perHour } from '#ledger/contracts/testing/samples.ts';
import { VOUCHER_KEY, VOUCHER_SECRET } from '#ledger/contracts/testing/vouchers.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorToJson } from '#ledger/core/genesis.ts';
import { closingStep } from './closing.ts';
import { ledgerPortal, type LedgerPortal } from './testing/ledger-portal.ts';

const last = { agreement: 1, interval: 5 } as SignedVoucher;
const event = (type: string, fields: Record<string, unknown> = {}) =>
  ({ type, agreement: 1n, customer: 2n, ...fields }) as unknown as Payload;
const ended = event('AgreementEnded', { endedAtMs: 1_000n, settleAtMs: 9_000n });
const shown = (interval: bigint, by: bigint, settleAtMs = 12_000n) =>
  event('VoucherShown', { interval, by, settleAtMs });

describe('when a customer’s program shows its last voucher [8.1.2-a]', () => {
  test.each<[string, Payload[], number, unknown]>([
    ['not while the order runs', [event('AgreementReserved')], 8_000, { what: 'nothing', why: 'runs' }],
    ['the agent has three quarters of the time', [ended], 6_999, { what: 'wait', untilMs: 7_000 }],
    ['then the program does', [ended], 7_000, { what: 'show' }],
    ['at once where the agent showed an older one', [ended, shown(4n, 1n)], 2_000, { what: 'show' }],
    ['not where it showed as new a one', [ended, shown(5n, 1n)], 8_000, { what: 'nothing', why: 'shown' }],
    ['once', [ended, shown(4n, 2n), shown(6n, 1n)], 8_000, { what: 'nothing', why: 'shown' }],
    ['not when it is too late', [ended], 9_000, { what: 'nothing', why: 'too-late' }],
    ['a voucher that was shown gives more time', [ended, shown(4n, 1n)], 11_999, { what: 'show' }],
    ['nothing of one that is settled', [ended, event('AgreementSettled')], 8_000, { what: 'nothing', why: 'settled' }],
    ['another order counts for nothing', [{ ...ended, agreement: 7n }], 8_000, { what: 'nothing', why: 'runs' }],
  ])('%s', (_what, events, nowMs, step) => expect(closingStep(events, last, nowMs)).toEqual(step));

  test('of a long time to contest the agent has a quarter of an hour', () => {
    const day = event('AgreementEnded', { endedAtMs: 0n, settleAtMs: 86_400_000n });
    expect(closingStep([day], last, 1)).toEqual({ what: 'wait', untilMs: 900_000 });
  });
});

describe('on a real ledger, whose agent has fallen silent [8.1.2-a] [8.1.2-b]', () => {
  let rig: Rig;
  let portal: LedgerPortal;
  const journal = () => join(rig.folder, 'program.journal');

  /** A minute at 1 token an hour; the program has signed two intervals, the order has ended, and the agent does nothing any more. */
  beforeEach(async () => {
    rig = new Rig();
    await rig.open();
    await rig.publish({ prices: [perHour(3_600_000n)] });
    rig.apply({ voucherKey: VOUCHER_KEY });
    await rig.work();
    await rig.work();
    const link = await rig.link();
    await rig.pass(2);
    await rig.work();
    const kept = SignedVouchers.open(journal());
    if (!kept.ok) throw new Error(kept.sentence);
    const signer = new VoucherSigner({
      last: null,
      keep: (signed) => kept.value.keep(signed),
      network: rig.ledger.anchor.genesisHash,
      secretKey: VOUCHER_SECRET,
      terms: {
        agreement: 1n,
        kind: data,
        prices: [perHour(3_600_000n)],
        promise: [],
        amounts: amountsOfUse(),
        degradedPerMille: 0n,
        durationMs: 60_000n,
        intervalMs: 1_000n,
        holdMicro: 60_000n,
        startsAtMs: rig.newest('AgreementPrepared', 1n)['startsAtMs'] as bigint,
      },
      rule: { perMinuteMicro: 60_000n, inAllMicro: 60_000n },
      url: `${rig.url}/v1/agreements/1`,
      token: link.token,
      nowMs: () => rig.ledger.nowMs,
      isAgent: () => Promise.resolve(true),
    });
    expect(await signer.step()).toMatchObject({ ok: true, value: { agreed: { interval: 2 } } });
    kept.value.close();
    rig.ledger.run(rig.ledger.network.customer, 'EndAgreement', { agreement: 1n, reason: 'done' });
    writeFileSync(join(rig.folder, 'anchor.json'), anchorToJson(rig.ledger.anchor));
    portal = await ledgerPortal(rig.ledger, rig.ledger.network.customer);
  });
  afterEach(async () => {
    portal.close();
    await rig.close();
  });

  /** The ledger's time when so many quarters of the time to contest are over. */
  function quartersOver(quarters: bigint): bigint {
    const { endedAtMs, settleAtMs } = rig.newest('AgreementEnded', 1n) as { endedAtMs: bigint; settleAtMs: bigint };
    return endedAtMs + ((settleAtMs - endedAtMs) * quarters) / 4n;
  }

  function start() {
    const nowMs = quartersOver(3n);
    const worker = join(import.meta.dirname, 'testing/closing-worker.ts');
    const secret = toHex(rig.ledger.network.customer.secret);
    const args = [worker, portal.origin, journal(), join(rig.folder, 'anchor.json'), secret, nowMs.toString()];
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** Starts it again, and waits until it has nothing left to do; what it said. */
  async function finish(): Promise<string> {
    return text(start().stdout);
  }

  const bill = () => {
    rig.ledger.block([], 40_000n);
    return { ...rig.newest('ChannelClosed', 1n), ...rig.newest('AgreementSettled', 1n) };
  };

  test('the program shows it, and the bill stands on what both agreed', async () => {
    expect(await finish()).toContain('The last voucher of O-1, about 2 intervals, was shown on the ledger.');
    expect(portal.codes).toEqual([0]);
    expect(rig.newest('VoucherShown', 1n)).toMatchObject({ interval: 2n, by: rig.ledger.network.customer.account });
    expect(bill()).toMatchObject({ agreedMicro: 2_000n, chargeMicro: 2_000n });
  });

  test.each(['before', 'after'] as const)(
    'killed %s the ledger took it, it is shown once when the program starts again',
    async (killedAt) => {
      const first = start();
      portal.onSent = (moment) => {
        if (moment !== killedAt) return;
        first.kill('SIGKILL');
        throw new Error('the connection is gone');
      };
      const [, signal] = (await once(first, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      portal.onSent = () => undefined;
      const said = await finish();
      expect(said.includes('was shown on the ledger')).toBe(killedAt === 'before');
      expect(portal.codes).toEqual([0]);
      expect(bill()).toMatchObject({ agreedMicro: 2_000n, chargeMicro: 2_000n });
    },
  );

  test('where the agent has shown as new a one, it sends nothing', async () => {
    rig.ledger.block([], quartersOver(2n) - BigInt(rig.ledger.nowMs));
    await rig.work();
    expect(rig.sent).toContainEqual({ method: 'CloseChannel', code: 0 });
    await finish();
    expect(portal.codes).toEqual([]);
  });
});
