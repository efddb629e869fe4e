import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { methods } from '#ledger/contracts/registry.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
import type { ValidatorThreadData } from './embedded/thread-protocol.ts';
import { readPublicKey } from './embedded/validator-key.ts';
import type { Engine } from './engine.ts';
import { nativeCrypto } from './native-crypto.ts';

/** Heights between a validator's snapshots: replaying so many blocks takes a moment. */
const SNAPSHOT_HEIGHTS = 1_000;

export interface OpenOptions {
  /** The ledger's data folder: `validator-<i>` for each validator of genesis, and for each other key that runs on this machine. */
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

const FOLDER_NAME = /^validator-(\d{1,3})$/;

/** Numbers of the validators of genesis and of whatever other folder is there. */
function indexesIn({ home, genesis }: OpenOptions): number[] {
  const found = readdirSync(home).flatMap((name) => FOLDER_NAME.exec(name)?.[1] ?? []);
  return [...new Set([...genesis.validators.keys(), ...found.map(Number)])].sort((a, b) => a - b);
}

/** What a validator's thread is born with; undefined when neither genesis nor its folder names a key. */
function threadData(options: OpenOptions, index: number): ValidatorThreadData | undefined {
  const { genesis, home } = options;
  const folder = validatorFolder(home, index);
  const publicKey = genesis.validators[index]?.publicKey ?? readPublicKey(folder);
  if (publicKey === undefined) return undefined;
  const applicationUrl = options.applicationUrl ?? new URL('./application.ts', import.meta.url).href;
  const methodTypes = Object.fromEntries(methods.map((method) => [method.name, method.types]));
  return {
    ...{ index, folder, publicKey, genesis },
    applicationUrl,
    cryptoUrl: new URL('./native-crypto.ts', import.meta.url).href,
    segmentBytes: options.segmentBytes,
    snapshotHeights: options.snapshotHeights ?? SNAPSHOT_HEIGHTS,
    tooManyWaiting: admissionCodes.TOO_MANY_WAITING,
    unavailable: admissionCodes.UNAVAILABLE,
    methodTypes,
  };
}

/** The engine of this ledger, not yet started: the validators of this machine in threads of this process. */
export function openEngine(options: OpenOptions): Engine {
  return createEmbeddedEngine({
    validators: indexesIn(options).flatMap((index) => threadData(options, index) ?? []),
    added: (index) => threadData(options, index),
    crypto: nativeCrypto,
    unavailable: admissionCodes.UNAVAILABLE,
    notice: options.notice,
    failed: options.failed ?? options.notice,
  });
}
