import 'server-only';
import { LedgerClient } from '#lib/ledger-client.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { EngineStatus } from '#ledger/core/committed.ts';
import type { Figures } from '#lib/shared/monitoring.ts';
import { BLOCKS_MAX, createChainFigures } from './chain-figures.ts';

const CALL_MS_MAX = 5_000;
const STATUS_EVERY_MS = 2_000;
/** States of a validator that count as one that does not answer. */
const PROBLEM_STATES = ['stopped', 'halted', 'silent'];

/** What the ledger process and its blocks say. */
export interface ChainWatch {
  readonly status: EngineStatus | undefined;
  /** Since when it has not answered; null while it does. */
  readonly awaySinceMs: number | null;
  /** By validator's address, hex: looks in a row at which it did not work. */
  readonly failedLooks: ReadonlyMap<string, number>;
  figures(nowMs: number): Figures & Record<string, number>;
  close(): Promise<void>;
}

/** Follows the ledger process, and goes on when it is away. */
export function watchChain(socket: string, signal: AbortSignal): ChainWatch {
  const own = createChainFigures();
  const failedLooks = new Map<string, number>();
  const silentAt = new Map<string, bigint>();
  let client: LedgerClient | undefined;
  let stopBlocks: (() => void) | undefined;
  const state: { status: EngineStatus | undefined; awaySinceMs: number | null } = {
    status: undefined,
    awaySinceMs: null,
  };

  const lookAt = (status: EngineStatus): void => {
    for (const validator of status.validators) {
      if (validator.isMember === false) continue;
      const address = toHex(validator.address);
      if (!PROBLEM_STATES.includes(validator.state)) {
        failedLooks.set(address, validator.state === 'catching-up' ? 1 : 0);
        continue;
      }
      // One vote that is missing in one block is one sign, however often that block is looked at.
      const isSameBlock = validator.state === 'silent' && silentAt.get(address) === status.height;
      silentAt.set(address, status.height);
      if (!isSameBlock) failedLooks.set(address, (failedLooks.get(address) ?? 0) + 1);
    }
  };

  const look = async (): Promise<void> => {
    try {
      client ??= await LedgerClient.connect(socket, { timeoutMs: CALL_MS_MAX });
      const status = await client.status();
      const fromHeight = status.height - BigInt(BLOCKS_MAX);
      stopBlocks ??= client.subscribe(
        fromHeight < status.firstHeight ? status.firstHeight : fromHeight,
        async (block) => own.addBlock(block),
      );
      state.status = status;
      state.awaySinceMs = null;
      lookAt(status);
      // An older ledger process does not know the question: that makes it not away.
      own.measured(await client.figures().catch(() => undefined), Date.now());
    } catch {
      state.status = undefined;
      state.awaySinceMs ??= Date.now();
      own.measured(undefined, Date.now());
    }
  };

  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => (signal.aborted ? undefined : look()));
  }, STATUS_EVERY_MS);
  looking = look();
  return {
    get status() {
      return state.status;
    },
    get awaySinceMs() {
      return state.awaySinceMs;
    },
    failedLooks,
    figures(nowMs) {
      const isLedgerAway = state.awaySinceMs === null ? 0 : 1;
      return { isLedgerAway, ...own.at(nowMs) };
    },
    async close() {
      clearInterval(timer);
      await looking;
      stopBlocks?.();
      await client?.close();
    },
  };
}
