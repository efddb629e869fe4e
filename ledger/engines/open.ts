import { join } from 'node:path';
import { admissionCodes } from '#ledger/abci/codes.ts';
import { methods } from '#ledger/contracts/registry.ts';
import type { EngineName } from '#ledger/core/committed.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { createApplication } from './application.ts';
import { createCometbftEngine } from './cometbft/cometbft-engine.ts';
import { createEmbeddedEngine } from './embedded/embedded-engine.ts';
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

/** Every validator of genesis in this process: `validator-<i>` in `home` for each. */
export interface EmbeddedOpenOptions extends CommonOptions {
  readonly engine?: Extract<EngineName, 'embedded'>;
  /** Another application than the machine, by module: tests of the engine itself. */
  readonly applicationUrl?: string;
}

/** The application beside one CometBFT node. */
export interface CometbftOpenOptions extends CommonOptions {
  readonly engine: Extract<EngineName, 'cometbft'>;
  /** CometBFT's RPC, on loopback. */
  readonly rpcUrl: string;
  /** Heights that CometBFT may forget its blocks behind; undefined keeps all, as a node with a portal must. */
  readonly retainHeights?: bigint;
}

export type OpenOptions = EmbeddedOpenOptions | CometbftOpenOptions;

/** Folder of one validator of the embedded engine. */
export function validatorFolder(home: string, index: number): string {
  return join(home, `validator-${index}`);
}

/** Where CometBFT finds the application of a home. */
export function abciSocket(home: string): string {
  return join(home, 'abci.sock');
}

/** The engine that the configuration names, not yet started. */
export function openEngine(options: OpenOptions): Engine {
  const methodTypes = Object.fromEntries(methods.map((method) => [method.name, method.types]));
  const common = {
    crypto: nativeCrypto,
    unavailable: admissionCodes.UNAVAILABLE,
    notice: options.notice,
    failed: options.failed ?? options.notice,
  };
  const snapshotHeights = options.snapshotHeights ?? SNAPSHOT_HEIGHTS;
  const { genesis, home, segmentBytes } = options;
  if (options.engine === 'cometbft') {
    const { rpcUrl, retainHeights } = options;
    return createCometbftEngine({
      ...common,
      ...{ home, genesis, segmentBytes, snapshotHeights, methodTypes, rpcUrl, retainHeights },
      abciSocket: abciSocket(home),
      disk: realDisk,
      createApplication: () => createApplication(genesis, nativeCrypto),
    });
  }
  const applicationUrl = options.applicationUrl ?? new URL('./application.ts', import.meta.url).href;
  const validators = genesis.validators.map((_, index) => ({
    index,
    folder: validatorFolder(home, index),
    genesis,
    applicationUrl,
    cryptoUrl: new URL('./native-crypto.ts', import.meta.url).href,
    segmentBytes,
    snapshotHeights,
    tooManyWaiting: admissionCodes.TOO_MANY_WAITING,
    unavailable: admissionCodes.UNAVAILABLE,
    methodTypes,
  }));
  return createEmbeddedEngine({ ...common, validators });
}
