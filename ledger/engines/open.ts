import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import type { EngineName } from '#ledger/core/committed.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { createApplication } from './application.ts';
import { createCometbftEngine } from './cometbft/cometbft-engine.ts';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
import type { ValidatorThreadData } from './embedded/thread-protocol.ts';
import { readPublicKey } from './embedded/validator-key.ts';
import type { Engine } from './engine.ts';
import { nativeCrypto } from './native-crypto.ts';

/** Heights between a validator's snapshots: replaying so many blocks takes a moment. */
const SNAPSHOT_HEIGHTS = 1_000;

interface CommonOptions {
  /** The ledger's data folder. */
  readonly home: string;
  readonly genesis: Genesis;
  /** Repairs and halts, a sentence each. */
  readonly notice: (sentence: string) => void;
  /** Nothing can be decided or answered here any more: the process should end and say so. */
  readonly failed?: (sentence: string) => void;
  readonly segmentBytes?: number;
  readonly snapshotHeights?: number;
}

/** `validator-<i>` in `home` for each validator of genesis, and for each other key that runs on this machine. */
export interface EmbeddedOpenOptions extends CommonOptions {
  readonly engine?: Extract<EngineName, 'embedded'>;
  /** Another application than the machine, by module: tests of the engine itself. */
  readonly applicationUrl?: string;
  /** Another thread than the real one, by module: tests with validators that are faulty. */
  readonly workerUrl?: string;
}

/** The application beside one CometBFT node. */
export interface CometbftOpenOptions extends CommonOptions {
  readonly engine: Extract<EngineName, 'cometbft'>;
  /** CometBFT's RPC, on loopback. */
  readonly rpcUrl: string;
  /** Heights that CometBFT may forget its blocks behind; undefined keeps all, as a node with a portal must. */
  readonly retainHeights?: bigint;
  /** Another release of the machine: tests of what a network does that not everybody upgraded. */
  readonly createApplication?: typeof createApplication;
}

export type OpenOptions = EmbeddedOpenOptions | CometbftOpenOptions;

const methodTypes = Object.fromEntries(methods.map((method) => [method.name, method.types]));

/** Folder of one validator of the embedded engine. */
export function validatorFolder(home: string, index: number): string {
  return join(home, `validator-${index}`);
}

/** Where CometBFT finds the application of a home. */
export function abciSocket(home: string): string {
  return join(home, 'abci.sock');
}

const FOLDER_NAME = /^validator-(\d{1,3})$/;

/** Numbers of the validators of genesis and of whatever other folder is there. */
function indexesIn({ home, genesis }: EmbeddedOpenOptions): number[] {
  const found = readdirSync(home).flatMap((name) => FOLDER_NAME.exec(name)?.[1] ?? []);
  return [...new Set([...genesis.validators.keys(), ...found.map(Number)])].sort((a, b) => a - b);
}

/** What a validator's thread is born with; undefined when neither genesis nor its folder names a key. */
function threadData(options: EmbeddedOpenOptions, index: number): ValidatorThreadData | undefined {
  const { genesis, home } = options;
  const folder = validatorFolder(home, index);
  const publicKey = genesis.validators[index]?.publicKey ?? readPublicKey(folder);
  if (publicKey === undefined) return undefined;
  return {
    index,
    folder,
    publicKey,
    genesis,
    applicationUrl: options.applicationUrl ?? new URL('./application.ts', import.meta.url).href,
    workerUrl: options.workerUrl ?? new URL('./embedded/worker.ts', import.meta.url).href,
    cryptoUrl: new URL('./native-crypto.ts', import.meta.url).href,
    segmentBytes: options.segmentBytes,
    snapshotHeights: options.snapshotHeights ?? SNAPSHOT_HEIGHTS,
    tooManyWaiting: admissionCodes.TOO_MANY_WAITING,
    unavailable: admissionCodes.UNAVAILABLE,
    methodTypes,
  };
}

/** The engine that the configuration names, not yet started. */
export function openEngine(options: OpenOptions): Engine {
  const { genesis, home, notice } = options;
  const common = {
    crypto: nativeCrypto,
    unavailable: admissionCodes.UNAVAILABLE,
    notice,
    failed: options.failed ?? notice,
  };
  if (options.engine !== 'cometbft') {
    return createEmbeddedEngine({
      ...common,
      disk: realDisk,
      validators: indexesIn(options).flatMap((index) => threadData(options, index) ?? []),
      added: (index) => threadData(options, index),
    });
  }
  const { rpcUrl, retainHeights, segmentBytes } = options;
  return createCometbftEngine({
    ...common,
    home,
    genesis,
    segmentBytes,
    methodTypes,
    rpcUrl,
    retainHeights,
    snapshotHeights: options.snapshotHeights ?? SNAPSHOT_HEIGHTS,
    abciSocket: abciSocket(home),
    disk: realDisk,
    createApplication: () => (options.createApplication ?? createApplication)(genesis, nativeCrypto),
  });
}
