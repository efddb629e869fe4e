import { join } from 'node:path';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { methods } from '#ledger/contracts/registry.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
import type { Engine } from './engine.ts';
import { nativeCrypto } from './native-crypto.ts';

/** Heights between a validator's snapshots: replaying so many blocks takes a moment. */
const SNAPSHOT_HEIGHTS = 1_000;

export interface OpenOptions {
  /** The ledger's data folder: `validator-<i>` for each validator of genesis. */
  readonly home: string;
  readonly genesis: Genesis;
  /** Repairs and halts, a sentence each. */
  readonly notice: (sentence: string) => void;
  /** Too many validators have halted for a quorum: the process should end and say so. */
  readonly failed?: (sentence: string) => void;
  /** Another application than the machine, by module: tests of the engine itself. */
  readonly applicationUrl?: string;
  readonly segmentBytes?: number;
  readonly snapshotHeights?: number;
}

/** Folder of one validator. */
export function validatorFolder(home: string, index: number): string {
  return join(home, `validator-${index}`);
}

/** The engine of this ledger, not yet started: four validators or more in threads of this process. */
export function openEngine(options: OpenOptions): Engine {
  const { genesis, home } = options;
  const applicationUrl = options.applicationUrl ?? new URL('./application.ts', import.meta.url).href;
  const methodTypes = Object.fromEntries(methods.map((method) => [method.name, method.types]));
  const validators = genesis.validators.map((_, index) => ({
    index,
    folder: validatorFolder(home, index),
    genesis,
    applicationUrl,
    cryptoUrl: new URL('./native-crypto.ts', import.meta.url).href,
    segmentBytes: options.segmentBytes,
    snapshotHeights: options.snapshotHeights ?? SNAPSHOT_HEIGHTS,
    tooManyWaiting: admissionCodes.TOO_MANY_WAITING,
    unavailable: admissionCodes.UNAVAILABLE,
    methodTypes,
  }));
  return createEmbeddedEngine({
    validators,
    crypto: nativeCrypto,
    unavailable: admissionCodes.UNAVAILABLE,
    notice: options.notice,
    failed: options.failed ?? options.notice,
  });
}
