import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';
import { scrape, valuesOf } from '#metrics/testing/exposition.ts';

let folder = '';
let ledger: LedgerHome;
let running: NodeProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-figures-'));
  ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  running = await startNodeProcess(ledger.home, { LEDGER_METRICS_LISTEN: '127.0.0.1:0' });
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => running.metrics ?? '';

test('the ledger process tells Prometheus its height, blocks, refusals, waiting room, due work, journals and state [7.2.6-b]', async () => {
  const [alice, bob] = ledger.members as [LedgerHome['members'][0], LedgerHome['members'][0]];
  const before = await scrape(url());
  const journal = valuesOf(before.samples, 'interpool_ledger_journal_bytes')['validator-0'] ?? 0;
  expect(journal).toBeGreaterThan(0);
  const bytes = ledger.transfer(alice, bob);
  const taken = await running.client.submit(bytes);
  expect(taken.ok).toBe(true);
  if (taken.ok) await running.client.outcome(taken.txId, 10_000);
  expect(await running.client.submit(new Uint8Array([1]))).toEqual({ ok: false, code: admissionCodes.MALFORMED });
  // What is read from the stream of blocks comes a moment after the outcome.
  await vi.waitFor(async () => {
    const { samples } = await scrape(url());
    const of = (name: string): Record<string, number> => valuesOf(samples, `interpool_ledger_${name}`);
    expect(of('executed_items_total').transaction).toBeGreaterThanOrEqual(1);
    expect(of('height')['']).toBe(Number((await running.client.status()).height));
    expect(of('blocks_total')['']).toBeGreaterThan(0);
    expect(of('refusals_total')).toEqual({ [`admission machine ${admissionCodes.MALFORMED}`]: 1 });
    expect(of('admitted_transactions_total')).toEqual({ '': 1 });
    expect(of('waiting_transactions')).toEqual({ '': 0 });
    expect(of('due_backlog_items')).toEqual({ '': 0 });
    expect(of('state_records')['']).toBeGreaterThan(10);
    expect(of('validators')).toEqual({ running: 4 });
    expect(Object.keys(of('journal_bytes'))).toEqual(['validator-0', 'validator-1', 'validator-2', 'validator-3']);
    expect(of('journal_bytes')['validator-0']).toBeGreaterThan(journal);
  }, 10_000);
});

test('its socket says the same figures to a client', async () => {
  const figures = await running.client.figures();
  expect(figures).toMatchObject({ waiting: 0, dueBacklog: 0, dueItems: expect.any(Number) });
  expect(figures.stateRecords).toBeGreaterThan(10);
  expect(figures.journals).toHaveLength(4);
});
