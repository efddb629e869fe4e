import { possessionDigest } from '#ledger/contracts/account/key-possession.ts';
import { dataSetTerms, dataWaysTerms, type DataSet, type DataWays } from '#ledger/contracts/kinds/data.ts';
import type { Price } from '#ledger/contracts/shared/price.ts';
import { encodeRuns, type IntervalState, type Run } from '#ledger/contracts/shared/runs.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { addressOf } from '#ledger/core/address.ts';
import type { Crypto } from '#ledger/core/crypto.ts';

/** One data set, its strategy and its price in the ledger's own words, for every test that publishes, applies or claims. */

export const HOUR_MS = 3_600_000n;

export function filled(byte: number, length = 32): Uint8Array {
  return new Uint8Array(length).fill(byte);
}

/** `{calls: 5n, bytes: 9n}` as a list ascends by meter. */
export function quantities(amounts: Readonly<Record<string, bigint>>): Quantity[] {
  return Object.entries(amounts)
    .map(([meter, amount]) => ({ meter, amount }))
    .sort((left, right) => (left.meter < right.meter ? -1 : 1));
}

/** `{format: 'csv'}` as a list ascends by name. */
export function terms(values: Readonly<Record<string, string>>): Term[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, value }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

export function places(amount: bigint): Quantity[] {
  return quantities({ places: amount });
}

export const DATA_SET: DataSet = {
  format: 'csv',
  rows: 1_461,
  bytes: 48_219,
  checksum: 'ab'.repeat(32),
  columns: [
    { name: 'date', type: 'DATE', nulls: 0, min: '2012-01-01', max: '2015-12-31' },
    { name: 'temp_max', type: 'DOUBLE', nulls: 0, min: null, max: null },
    { name: 'weather', type: 'VARCHAR', nulls: 0 },
  ],
};
export const ATTRIBUTES = dataSetTerms(DATA_SET);

/** Ways of the sample data set, with what a test changes of them. */
export function ways(fields: Partial<DataWays> = {}): Term[] {
  return dataWaysTerms({ columns: ['date', 'temp_max'], formats: ['csv', 'json'], rowFilter: '', ...fields });
}

/** A price line for each place and hour. */
export function perHour(amountMicro: bigint): Price {
  return { meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro };
}

/** A price line for the whole use. */
export function perUse(amountMicro: bigint): Price {
  return { meter: 'places', per: 1n, perMs: 0n, amountMicro };
}

/** A price line for each million bytes. */
export function perMegabyte(amountMicro: bigint): Price {
  return { meter: 'bytes', per: 1_000_000n, perMs: 0n, amountMicro };
}

/** Research and education, csv and json, at most two hours, an hour at 3.6 tokens; nothing promised. */
export function strategy(fields: Partial<StrategyArgs> = {}): StrategyArgs {
  return {
    accessClass: 'conditional',
    conditions: [
      { rule: "use.purpose in ['research', 'education']", sentence: 'purpose must be research or education' },
    ],
    ways: ways(),
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 2n * HOUR_MS,
    limits: quantities({ bytes: 10_000_000n, calls: 1_000n }),
    prices: [perHour(3_600_000n)],
    promise: [],
    degradedPerMille: 500n,
    ...fields,
  };
}

/** What a use of the sample data set asks for: one place, a hundred calls and a megabyte unless a test says otherwise. */
export function amountsOfUse(fields: Readonly<Record<string, bigint>> = {}): Quantity[] {
  return quantities({ bytes: 1_000_000n, calls: 100n, places: 1n, ...fields });
}

/** Runs of a claim, written `['kept', 5]` or `['degraded', 2, 900]` with what was measured behind the count. */
export function runs(...list: readonly (readonly [IntervalState, number, ...number[]])[]): Uint8Array {
  return encodeRuns(list.map(([state, count, ...measured]): Run => ({ state, count, measured })));
}

/** Address of a 32-byte secret key. */
export function addressOfSecret(secret: Uint8Array, crypto: Crypto): Uint8Array {
  const digest = crypto.sha256(secret);
  const publicKey = crypto.recover(digest, crypto.signRecoverable(digest, secret));
  return addressOf(publicKey ?? new Uint8Array(65), crypto);
}

/** What the holder of a key offers to an account: the key's address and its proof. */
export function keyOffer(
  secret: Uint8Array,
  to: { readonly network: Uint8Array; readonly account: bigint },
  crypto: Crypto,
): { keyAddress: Uint8Array; proof: Uint8Array } {
  const keyAddress = addressOfSecret(secret, crypto);
  const digest = possessionDigest({ ...to, address: keyAddress }, crypto);
  return { keyAddress, proof: crypto.signRecoverable(digest, secret) };
}
