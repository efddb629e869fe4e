import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { dataSetTerms, dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import { filled, keyOffer, perMegabyte, places, quantities, runs, terms } from '#ledger/contracts/testing/samples.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import type { LedgerHome, Member } from './ledger-home.ts';

/** An order of a small data set from its provider's key to its claim, as a load signs it. */

/** Price of a megabyte, and what each order claims of it: the bill follows from these alone, however long the faults take. */
export const PRICE_MICRO = 2_000_000n;
const BYTES_MAX = 1_000_000n;
const BYTES_CLAIMED = 400_000n;
export const CHARGE_MICRO = 800_000n;
/** 20 per mille of the charge, which ledger-home.ts founds its ledgers with. */
export const FEE_MICRO = 16_000n;
/** Metering interval that ledger-home.ts founds its ledgers with. */
export const INTERVAL_MS = 1_000n;
/** More than any load takes. */
const PLACES = 100_000n;

const ATTRIBUTES = dataSetTerms({
  format: 'csv',
  rows: 3,
  bytes: 30,
  checksum: 'sha256:0',
  columns: [{ name: 'day', type: 'DATE', nulls: 0 }],
});
const STRATEGY = {
  accessClass: 'public',
  conditions: [],
  ways: dataWaysTerms({ columns: ['day'], formats: ['csv'], rowFilter: '' }),
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 86_400_000n,
  limits: quantities({ bytes: BYTES_MAX, calls: 100n }),
  prices: [perMegabyte(PRICE_MICRO)],
  promise: [],
  degradedPerMille: 0n,
};

/** A resource of the agent's account that was just tested; a source is offered once. */
export function publishArgs(ledger: LedgerHome, agent: Member, sourceId = 'days'): Args {
  const testedAtMs = BigInt(Date.now());
  const tested = { kind: 'data', sourceId, attributes: ATTRIBUTES, testedAtMs };
  const test = { network: ledger.network, owner: agent.account, ...tested };
  const testSignature = nativeCrypto.signRecoverable(resourceTestDigest(test, nativeCrypto), agent.secretKey);
  return {
    title: 'Days',
    summary: 'Three days',
    tags: ['weather'],
    region: 'here',
    licence: 'CC0',
    sourceUrl: '',
    agentKey: 1n,
    ...tested,
    capacity: places(PLACES),
    testSignature,
    strategy: STRATEGY,
  };
}

let publications = 0;

/** The same of a source that nobody in this process has offered yet. */
export function signPublication(ledger: LedgerHome, owner: Member, agent: Member): Uint8Array {
  publications += 1;
  return ledger.sign(owner, 'PublishResource', publishArgs(ledger, agent, `days-${publications}`));
}

/** The member's agent signs by a key of its own, the first that the account authorises. */
export function agentOf({ secretKey, account }: Member): Member {
  return { secretKey: nativeCrypto.sha256(secretKey), account, key: 1n, nextNonce: 0n };
}

export function agentKeyArgs({ network }: LedgerHome, { secretKey, account }: Member): Args {
  return {
    ...keyOffer(secretKey, { network, account }, nativeCrypto),
    label: 'agent',
    methods: ['Prepare', 'Reissue', 'ClaimUsage', 'EndAgreement', 'SuspendResource'],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now() + 86_400_000),
  };
}

export function applyArgs(of: { readonly resource: bigint; readonly provider: bigint }): Args {
  return {
    ...of,
    strategyVersion: 1n,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    durationMs: 3_600_000n,
    choices: terms({ format: 'csv' }),
    amounts: quantities({ bytes: BYTES_MAX, calls: 10n, places: 1n }),
    holdMicro: PRICE_MICRO,
    continues: 0n,
    encryptionKey: filled(9),
    voucherKey: NO_VOUCHER_KEY,
  };
}

/** Delivery as of now, by this machine's clock. */
export function prepareArgs(agreement: bigint): Args {
  return { agreement, startsAtMs: BigInt(Date.now()), descriptor: filled(5, 64) };
}

export function claimArgs(agreement: bigint, untilMs: bigint): Args {
  const used = quantities({ bytes: BYTES_CLAIMED, calls: 1n, rows: 3n });
  return { agreement, used, runs: runs(['kept', 1]), untilMs };
}

/** A number of a receipt's data. */
export function dataOf(data: CborValue, field: string): bigint {
  const value = (data as { readonly [name: string]: CborValue } | null)?.[field];
  if (typeof value !== 'bigint') throw new Error(`The receipt has no ${field}.`);
  return value;
}
