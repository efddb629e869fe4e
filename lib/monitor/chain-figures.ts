import 'server-only';
import { contractOfCode } from '#ledger/contracts/definitions.ts';
import type { CommittedBlock, EngineFigures } from '#ledger/core/committed.ts';
import { refusalName } from '#lib/shared/monitoring.ts';
import { medianOf } from './detection/unusual.ts';

/** Blocks that block time, rounds, votes and refusals are read from. */
export const BLOCKS_MAX = 100;
/** Codes that a series is kept of; a faulty version could make up more. */
const CODES_MAX = 256;
/** What the journals' growth is read from. */
const GROWTH_MS = 10 * 60_000;
const GROWTH_MS_MIN = 60_000;
const HOUR_MS = 3_600_000;

interface SeenBlock {
  readonly timeMs: number;
  readonly round: number;
  readonly missing: number;
  readonly signers: number;
  readonly refused: readonly number[];
  readonly transactions: number;
}

function seen(block: CommittedBlock): SeenBlock {
  const transactions = block.items.filter(({ txId }) => txId !== undefined);
  return {
    timeMs: Number(block.timeMs),
    round: block.lastRound,
    missing: block.signers.filter(({ signed }) => !signed).length,
    signers: block.signers.length,
    refused: transactions.map(({ code }) => code).filter((code) => code !== 0),
    transactions: transactions.length,
  };
}

function blockFigures(blocks: readonly SeenBlock[], nowMs: number): Record<string, number> {
  const last = blocks.at(-1);
  if (last === undefined) return {};
  const times = blocks.slice(1).map(({ timeMs }, index) => timeMs - (blocks[index]?.timeMs ?? timeMs));
  const sum = (of: (block: SeenBlock) => number): number => blocks.reduce((total, each) => total + of(each), 0);
  const signers = sum((each) => each.signers);
  const figures: Record<string, number> = {
    sinceBlockMs: Math.max(0, nowMs - last.timeMs),
    rounds: sum(({ round }) => round) / blocks.length,
    transactions: sum((each) => each.transactions),
    refused: sum(({ refused }) => refused.length),
  };
  if (times.length > 0) figures.blockTimeMs = medianOf(times);
  if (signers > 0) figures.missedPermille = Math.round((sum(({ missing }) => missing) * 1_000) / signers);
  return figures;
}

/** What the network's series are made of: the last blocks, and what the ledger process measures of itself. */
export interface ChainFigures {
  addBlock(block: CommittedBlock): void;
  /** Undefined: it did not say. */
  measured(figures: EngineFigures | undefined, nowMs: number): void;
  at(nowMs: number): Record<string, number>;
}

export function createChainFigures(): ChainFigures {
  const blocks: SeenBlock[] = [];
  const codes = new Set<number>();
  let journals: { readonly atMs: number; readonly bytes: number }[] = [];
  let engine: EngineFigures | undefined;

  /** A code that was refused once is told as 0 from then on: what is absent would count for nothing in a mean. */
  const refusals = (): Record<string, number> => {
    const counts = new Map([...codes].map((code) => [code, 0]));
    for (const code of blocks.flatMap(({ refused }) => refused)) {
      if (counts.has(code)) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return Object.fromEntries(
      [...counts].map(([code, count]) => [refusalName({ contract: contractOfCode(code) ?? 'unknown', code }), count]),
    );
  };

  const growth = (): Record<string, number> => {
    const [first, last] = [journals[0], journals.at(-1)];
    if (first === undefined || last === undefined) return {};
    const grown = { journalBytes: last.bytes };
    if (last.atMs - first.atMs < GROWTH_MS_MIN) return grown;
    return {
      ...grown,
      journalBytesPerHour: Math.round(((last.bytes - first.bytes) * HOUR_MS) / (last.atMs - first.atMs)),
    };
  };

  return {
    addBlock(block) {
      const next = seen(block);
      blocks.push(next);
      if (blocks.length > BLOCKS_MAX) blocks.shift();
      for (const code of next.refused) if (codes.size < CODES_MAX) codes.add(code);
    },
    measured(figures, nowMs) {
      engine = figures;
      const bytes =
        figures === undefined || figures.journals.length === 0
          ? null
          : Math.max(...figures.journals.map((each) => each.bytes));
      if (bytes === null) return;
      // A journal that is smaller than before is another one: one that a validator began anew.
      const isAnother = bytes < (journals.at(-1)?.bytes ?? 0);
      journals = isAnother ? [] : journals.filter(({ atMs }) => nowMs - atMs <= GROWTH_MS);
      journals.push({ atMs: nowMs, bytes });
    },
    at(nowMs) {
      const counts =
        engine === undefined ? [] : Object.entries(engine).filter(([, value]) => typeof value === 'number');
      const own = engine === undefined ? {} : growth();
      return { ...blockFigures(blocks, nowMs), ...refusals(), ...Object.fromEntries(counts), ...own };
    },
  };
}
