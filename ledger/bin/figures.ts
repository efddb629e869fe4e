import { contractOfCode } from '#ledger/contracts/definitions.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { Figures, only, together } from '#metrics/figures.ts';

/** Upper bounds in seconds: a block of the embedded engine to an idle one of CometBFT, and what is worse. */
const BLOCK_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120];

export interface CountedEngine {
  readonly figures: Figures;
  /** The same engine; what it refuses to take in is counted. */
  readonly engine: Engine;
  /** Counts what is decided from now on. Returns the function that ends it. */
  follow(): Promise<() => void>;
}

function refusalOf(code: number): { contract: string; code: string } {
  const contract = contractOfCode(code);
  // A code that this version does not know has one place, whatever its number is.
  return contract === undefined ? { contract: 'unknown', code: 'unknown' } : { contract, code: String(code) };
}

/** What the engine says of itself when it is asked. */
function addGauges(figures: Figures, engine: Engine): void {
  const status = together(() => engine.status());
  const measured = together(() => engine.figures());
  const gauge = (name: string, help: string, read: () => Promise<number | null>): void =>
    figures.gauge({ name, help }, async () => only(await read()));
  gauge('interpool_ledger_height', 'Height of the newest block.', async () => Number((await status()).height));
  figures.gauge(
    { name: 'interpool_ledger_validators', help: 'Members of the validator set, by state.', labels: ['state'] },
    async () => {
      const members = (await status()).validators.filter(({ isMember }) => isMember !== false);
      const counts = new Map<string, number>();
      for (const { state } of members) counts.set(state, (counts.get(state) ?? 0) + 1);
      return [...counts].map(([state, value]) => ({ of: { state }, value }));
    },
  );
  gauge(
    'interpool_ledger_troubles',
    'Sentences that the ledger process has about itself.',
    async () => (await status()).troubles.length,
  );
  gauge(
    'interpool_ledger_waiting_transactions',
    'Transactions that were admitted and are not decided.',
    async () => (await measured()).waiting,
  );
  gauge(
    'interpool_ledger_due_items',
    'Work that the ledger will do by itself.',
    async () => (await measured()).dueItems,
  );
  gauge(
    'interpool_ledger_due_backlog_items',
    'Work that should have been done by now.',
    async () => (await measured()).dueBacklog,
  );
  gauge(
    'interpool_ledger_state_records',
    'Records of the committed state.',
    async () => (await measured()).stateRecords,
  );
  figures.gauge(
    { name: 'interpool_ledger_journal_bytes', help: 'What a journal takes on the disk.', labels: ['journal'] },
    async () => (await measured()).journals.map(({ name, bytes }) => ({ of: { journal: name }, value: bytes })),
  );
}

/** What the ledger process tells Prometheus: what its engine says when it is asked, and counts of what was decided and refused since it began. */
export function countedEngine(engine: Engine): CountedEngine {
  const figures = new Figures();
  addGauges(figures, engine);
  const refusals = figures.counter({
    name: 'interpool_ledger_refusals_total',
    help: 'Transactions that a contract refused: at admission, or in a block.',
    labels: ['stage', 'contract', 'code'],
  });
  const admitted = figures.counter({
    name: 'interpool_ledger_admitted_transactions_total',
    help: 'Transactions that this process took in.',
  });
  const blocks = figures.counter({ name: 'interpool_ledger_blocks_total', help: 'Blocks decided.' });
  const rounds = figures.counter({
    name: 'interpool_ledger_extra_rounds_total',
    help: 'Rounds that were needed beyond the first of each height.',
  });
  const items = figures.counter({
    name: 'interpool_ledger_executed_items_total',
    help: 'What blocks executed: transactions, and work that was due.',
    labels: ['kind'],
  });
  const interval = figures.histogram(
    { name: 'interpool_ledger_block_interval_seconds', help: 'Time from block to block, as their headers say.' },
    BLOCK_SECONDS,
  );
  let lastMs: bigint | undefined;
  const take = async (block: CommittedBlock): Promise<void> => {
    blocks.inc();
    rounds.inc(block.lastRound);
    if (lastMs !== undefined) interval.observe(Number(block.timeMs - lastMs) / 1_000);
    lastMs = block.timeMs;
    for (const { txId, code } of block.items) {
      items.inc({ kind: txId === undefined ? 'due' : 'transaction' });
      if (txId !== undefined && code !== 0) refusals.inc({ stage: 'block', ...refusalOf(code) });
    }
  };
  return {
    figures,
    engine: {
      ...engine,
      submit: async (bytes) => {
        const result = await engine.submit(bytes);
        if (result.ok) admitted.inc();
        else refusals.inc({ stage: 'admission', ...refusalOf(result.code) });
        return result;
      },
    },
    follow: async () => engine.subscribe((await engine.status()).height + 1n, take),
  };
}
