import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { BIRDSTRIKES, COMPUTER, STORE, WEATHER, ZIPCODES, type Offer } from './offers.ts';

const HOUR_MS = 3_600_000n;
/** Long enough to be used, short enough to be seen settled. */
const ORDER_MS = 300_000n;
const DECLARED = { purpose: 'planning', fieldOfBusiness: 'logistics' } as const;

/** Resources of the sample by what they share. */
export interface Published {
  readonly weather: number;
  readonly birdstrikes: number;
  readonly zipcodes: number;
  readonly store: number;
  /** Null on a machine that cannot keep the programs of other people apart. */
  readonly computer: number | null;
}

/** Between whom. */
export interface Parties {
  /** Account of the provider. */
  readonly provider: number;
  /** X25519 key that links are sealed to, 32 bytes. */
  readonly encryptionKey: Uint8Array;
}

interface Asked {
  readonly resource: number;
  readonly format: 'csv' | 'json';
  readonly durationMs: bigint;
  readonly bytes: bigint;
  readonly calls: bigint;
}

/** Six hours where the conditions allow two. */
export function longApplication(published: Published, parties: Parties): MethodArgs['Apply'] {
  const asked = { durationMs: 6n * HOUR_MS, calls: 20n, bytes: 5_000_000n } as const;
  return application(BIRDSTRIKES, { resource: published.birdstrikes, format: 'csv', ...asked }, parties);
}

export function shortApplication(published: Published, parties: Parties): MethodArgs['Apply'] {
  const asked = { durationMs: ORDER_MS, calls: 10n, bytes: 1_000_000n } as const;
  return application(WEATHER, { resource: published.weather, format: 'csv', ...asked }, parties);
}

/** Two data sets bought together: both are granted or neither is. */
export function orderOfTwo(published: Published, { provider, encryptionKey }: Parties): MethodArgs['PlaceOrder'] {
  const asked = { format: 'json', durationMs: ORDER_MS, calls: 10n, bytes: 2_000_000n } as const;
  const parts = [
    useOf(BIRDSTRIKES, { resource: published.birdstrikes, ...asked }, provider),
    useOf(ZIPCODES, { resource: published.zipcodes, ...asked }, provider),
  ].map((use) => ({ ...use, backup: [] }));
  const holdMicro = parts.reduce((sum, part) => sum + part.holdMicro, 0n);
  return { ...DECLARED, parts, holdMicro, encryptionKey, voucherKey: NO_VOUCHER_KEY };
}

/** Room for 200 MB, for an hour. */
export function storageApplication({ store }: Published, parties: Parties): MethodArgs['Apply'] {
  return hourOf(STORE, { resource: store, parties }, [
    { meter: 'bytes', amount: 1_000_000_000n },
    { meter: 'bytesIn', amount: 1_000_000_000n },
    { meter: 'calls', amount: 1_000n },
    { meter: 'storedBytes', amount: 200_000_000n },
  ]);
}

/** One slot with 64 MiB for an hour, and a minute of processor time. */
export function computingApplication(computer: number, parties: Parties): MethodArgs['Apply'] {
  return hourOf(COMPUTER, { resource: computer, parties }, [
    { meter: 'bytes', amount: 10_000_000n },
    { meter: 'calls', amount: 100n },
    { meter: 'cpuMs', amount: 60_000n },
    { meter: 'memoryMiB', amount: 64n },
    { meter: 'runs', amount: 100n },
    { meter: 'slots', amount: 1n },
  ]);
}

/** These amounts for an hour, of an offer that has no choices. */
function hourOf(
  { terms }: Offer,
  { resource, parties }: { readonly resource: number; readonly parties: Parties },
  amounts: Quantity[],
): MethodArgs['Apply'] {
  const { provider, encryptionKey } = parties;
  const durationMs = HOUR_MS;
  const holdMicro = holdMicroOf(terms.prices, { amounts, durationMs });
  const bought = { resource: BigInt(resource), provider: BigInt(provider), strategyVersion: 1n };
  const keys = { encryptionKey, voucherKey: NO_VOUCHER_KEY };
  return { ...bought, durationMs, choices: [], amounts, holdMicro, continues: 0n, ...DECLARED, ...keys };
}

function application(offer: Offer, asked: Asked, { provider, encryptionKey }: Parties): MethodArgs['Apply'] {
  const keys = { encryptionKey, voucherKey: NO_VOUCHER_KEY };
  return { ...useOf(offer, asked, provider), ...DECLARED, continues: 0n, ...keys };
}

/** One place for so long, with so many calls and bytes; `holdMicro` is the most that it can cost. */
function useOf({ terms }: Offer, asked: Asked, provider: number) {
  const { resource, durationMs, format, bytes, calls } = asked;
  const amounts = [
    { meter: 'bytes', amount: bytes },
    { meter: 'calls', amount: calls },
    { meter: 'places', amount: 1n },
  ];
  const holdMicro = holdMicroOf(terms.prices, { amounts, durationMs });
  const choices = [{ name: 'format', value: format }];
  const bought = { resource: BigInt(resource), provider: BigInt(provider), strategyVersion: 1n };
  return { ...bought, durationMs, choices, amounts, holdMicro };
}
