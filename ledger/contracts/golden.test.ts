import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { possessionDigest } from './account/key-possession.ts';
import { voucherDigest } from './shared/voucher.ts';
import { resourceTestDigest } from './resource/test-report.ts';
import { INTERVAL_STATES, decodeRuns, encodeRuns } from './shared/runs.ts';

interface GoldenContracts {
  network: string;
  account: string;
  address: string;
  keyPossession: string;
  voucher: string;
  attributes: [string, string][];
  resourceTest: string;
  runs: { count: number; state: number; measured: number[] }[];
  runsBytes: string;
}

const text = readFileSync(join(import.meta.dirname, '../vectors/golden.json'), 'utf8');
const golden = (JSON.parse(text) as { contracts: GoldenContracts }).contracts;
const hex = (digits: string): Uint8Array => fromHex(digits)!;

describe('what a second program computed (ledger/vectors/golden.py)', () => {
  test('a key’s proof and an agent’s test are signed over the same digests [8.5.2-a]', () => {
    const { network, account, address, keyPossession, attributes, resourceTest } = golden;
    const possession = { network: hex(network), account: BigInt(account), address: hex(address) };
    expect(toHex(possessionDigest(possession, crypto))).toBe(keyPossession);
    const terms = attributes.map(([name, value]) => ({ name, value }));
    const tested = { kind: 'data', sourceId: 'weather', attributes: terms, testedAtMs: 1_795_435_200_000n };
    const test = { network: hex(network), owner: BigInt(account), ...tested };
    expect(toHex(resourceTestDigest(test, crypto))).toBe(resourceTest);
  });

  test('both sides of a channel sign the same digest', () => {
    const used = [
      { meter: 'bytes', amount: 48_219n },
      { meter: 'calls', amount: 12n },
    ];
    const said = { agreement: 7n, amountMicro: 1_200_000n, interval: 65_792n, used, runs: hex(golden.runsBytes) };
    expect(toHex(voucherDigest(said, hex(golden.network), crypto)!)).toBe(golden.voucher);
  });

  test('runs have the same bytes, and are the same runs again', () => {
    const runs = golden.runs.map(({ state, ...run }) => ({ ...run, state: INTERVAL_STATES[state]! }));
    expect(toHex(encodeRuns(runs))).toBe(golden.runsBytes);
    expect(decodeRuns(hex(golden.runsBytes), 2)).toEqual(runs);
  });
});
