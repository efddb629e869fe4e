import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filled, runs } from '#ledger/contracts/testing/samples.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Beside } from './rule.ts';
import type { SignerParts } from './signer.ts';
import { sampleOffer, sampleSigner, START_MS } from './testing/sample-signer.ts';

type Posted = { interval: number; signature: string };
let folder: string;
let gateway: Server;
let url: string;
let due: unknown;
let posted: Posted[];
/** What happens when a signature arrives. */
let onPosted: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voucher-signer-'));
  posted = [];
  onPosted = () => undefined;
  gateway = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      if (request.method === 'POST') {
        posted.push(JSON.parse(body) as Posted);
        onPosted();
      }
      const state = { agreement: 7, agreed: null, due: request.method === 'POST' ? null : due, isPaused: false };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(state));
    })();
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterEach(() => {
  gateway.closeAllConnections();
  gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'vouchers.journal');
const signerOf = (parts: Partial<SignerParts> = {}) => sampleSigner({ file: file(), url, ...parts });
/** What a step says of an offer, after others were signed. */
async function said(offer: unknown, of: { before?: unknown; parts?: Partial<SignerParts> } = {}): Promise<string> {
  const { signer: one, kept } = signerOf(of.parts);
  if (of.before !== undefined) {
    due = of.before;
    expect((await one.step()).ok).toBe(true);
  }
  posted = [];
  due = offer;
  const step = await one.step();
  kept.close();
  if (!step.ok) expect(posted).toEqual([]);
  return step.ok ? 'signed' : step.sentence;
}

/** Other parts under the same rule, of which the first minute is signed. */
const beside = (fields: Partial<Beside>): Beside => {
  const startsAtMs = BigInt(START_MS);
  return { amountMicro: 0n, startsAtMs, untilMs: startsAtMs + 60_000n, ...fields };
};

describe('a program that signs vouchers [8.1.2-a] [7.2.5-c]', () => {
  test('signs what its rule and the price allow, and what follows on it', async () => {
    expect(await said(sampleOffer(), {})).toBe('signed');
    expect(await said(sampleOffer({ interval: 3 }))).toBe('signed');
    expect(await said(null)).toBe('signed');
  });

  test.each<[string, unknown, string, { before?: unknown; parts?: Partial<SignerParts> }?]>([
    [
      'more than the price makes of it',
      sampleOffer({ amountMicro: '60001' }),
      'the price makes',
      { parts: { rule: { perMinuteMicro: 99_999n, inAllMicro: 99_999n } } },
    ],
    [
      'more a minute than the rule',
      sampleOffer({ interval: 2, amountMicro: '120001' }),
      '0.06 tokens a minute that you allow',
    ],
    [
      'more in all than the rule',
      sampleOffer({ interval: 9 }),
      'that you allow in all',
      { parts: { rule: { perMinuteMicro: 60_000n, inAllMicro: 500_000n } } },
    ],
    [
      'more in all than the rule, with what was signed for other parts',
      sampleOffer({ interval: 9 }),
      'with 1.47 tokens for its other parts more than the 2.00 tokens that you allow in all',
      { parts: { beside: () => beside({ amountMicro: 1_470_000n }) } },
    ],
    [
      'more a minute than the rule, with what was signed for other parts',
      sampleOffer(),
      'with 0.000001 tokens for its other parts more than the 0.06 tokens a minute that you allow',
      { parts: { beside: () => beside({ amountMicro: 1n }) } },
    ],
    ['time that has not passed', sampleOffer({ interval: 12 }), 'time that has not passed'],
    ['no interval at all', sampleOffer({ interval: 0, amountMicro: '0' }), 'time that has not passed'],
    [
      'less than was signed',
      sampleOffer({ interval: 2, amountMicro: '1' }),
      'numbers only grow',
      { before: sampleOffer() },
    ],
    ['earlier intervals', sampleOffer({ interval: 2 }), 'numbers only grow', { before: sampleOffer({ interval: 3 }) }],
    [
      'other numbers for what was signed',
      sampleOffer({ used: { calls: 3 } }),
      'changed a voucher',
      { before: sampleOffer() },
    ],
    ['more calls than were asked for', sampleOffer({ used: { calls: 101 } }), 'counts more than was asked for'],
    ['other intervals than it names', sampleOffer({ runs: toHex(runs(['kept', 2])) }), 'other intervals than it names'],
    ['what another key than the agent’s signed', sampleOffer({}, filled(9)), 'did not sign'],
    ['what is no voucher', { interval: -1 }, 'not understood'],
  ])('refuses %s in a sentence', async (_what, offer, sentence, of = {}) => {
    expect(await said(offer, of)).toContain(sentence);
  });

  test('a part that lags behind the others is signed by the time that all of them cover', async () => {
    const others = beside({ amountMicro: 540_000n, untilMs: BigInt(START_MS) + 540_000n });
    const rule = { perMinuteMicro: 120_000n, inAllMicro: 2_000_000n };
    expect(await said(sampleOffer({ interval: 3 }), { parts: { rule, beside: () => others } })).toBe('signed');
  });

  test('refuses a gateway that answers about another order', async () => {
    gateway.removeAllListeners('request');
    gateway.on('request', (_request, response) =>
      response.end(JSON.stringify({ agreement: 8, agreed: null, due: sampleOffer(), isPaused: false })),
    );
    expect(await said(sampleOffer())).toContain('another order');
  });

  test('killed when its signature has left and no answer came, it sends the same one again and signs nothing else for it', async () => {
    due = sampleOffer({ interval: 2 });
    const run = () => spawn(process.execPath, [join(import.meta.dirname, 'testing/signing-worker.ts'), file(), url]);
    const first = run();
    onPosted = () => first.kill('SIGKILL');
    const [, signal] = (await once(first, 'exit')) as [number | null, string];
    expect(signal).toBe('SIGKILL');
    onPosted = () => undefined;
    due = sampleOffer({ interval: 2, amountMicro: '119999' });
    await once(run(), 'exit');
    expect(posted).toHaveLength(1);
    due = sampleOffer({ interval: 2 });
    await once(run(), 'exit');
    expect(posted).toHaveLength(2);
    expect(posted[1]).toEqual(posted[0]);
  }, 60_000);

  test('a clock that is half a minute behind signs what is due', async () => {
    expect(await said(sampleOffer(), { parts: { nowMs: () => START_MS + 30_000 } })).toBe('signed');
  });
});
