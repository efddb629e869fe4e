import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { nodeEvent } from '#ledger/contracts/node/definition.ts';
import { securityCodes, securityEvent, type SecurityEvent } from '#ledger/contracts/security/definition.ts';
import type { RepairCommand } from '#ledger/contracts/security/repair-words.ts';
import { takeBatch, type Verifier } from '#agent/ledger-events.ts';
import type { LedgerCommand } from '#agent/ledger-terms.ts';
import { OrderBook } from '#agent/order-book.ts';
import type { Submission } from '#agent/submission.ts';
import { SERVICE_COMMANDS } from './allowed.ts';
import type { RepairAnswer } from './commands.ts';
import { RepairDuty } from './repair-duty.ts';

const address = new Uint8Array(20).fill(7);
const NOW_MS = 1_000_000_000;
const [OPERATOR, NODE] = [1n, 5n];

let folder: string;
const open: OrderBook[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-repair-'));
});
afterEach(() => {
  for (const book of open.splice(0)) book.close();
  rmSync(folder, { recursive: true, force: true });
});

function openBook(): OrderBook {
  const opened = OrderBook.open(join(folder, 'orders.journal'));
  if (!opened.ok) throw new Error(opened.sentence);
  open.push(opened.value);
  return opened.value;
}

/** A paired agent whose node is N-5. */
function ownBook(): OrderBook {
  const book = openBook();
  book.record({ kind: 'identity', account: Number(OPERATOR), key: 1 });
  const registered = { name: 'a', class: 'service', operator: OPERATOR, key: 1n, address } as const;
  const node = nodeEvent('NodeRegistered', { ...registered, node: NODE, software: '1.0.0', endpoint: '', atMs: 1n });
  take(book, [node as never]);
  return book;
}

let logIndex = 0;
/** Hands over proved events, one item each; `isProved` false: the proof does not hold. */
function take(book: OrderBook, events: readonly SecurityEvent[], isProved = true) {
  const first = logIndex + 1;
  logIndex += events.length;
  const verifier: Verifier = {
    receipt: (at) =>
      isProved
        ? { logIndex: BigInt(at as number), events: [events[(at as number) - first] as never], checkpoint: null }
        : null,
    head: () => ({ height: logIndex, timeMs: NOW_MS - 1_000 }),
  };
  const items = events.map((_, index) => ({ logIndex: first + index, receipt: first + index }));
  return takeBatch({ items, head: {} }, { book, verifier, address });
}

const commanded = (fields: Partial<Extract<SecurityEvent, { type: 'RepairCommanded' }>> = {}): SecurityEvent => ({
  ...securityEvent('RepairCommanded', {
    incident: 1n,
    step: 1n,
    node: NODE,
    operator: OPERATOR,
    command: 're-test',
    by: 9n,
    expiresAtMs: BigInt(NOW_MS + 60_000),
    atMs: BigInt(NOW_MS),
  }),
  ...fields,
});

const decided = (code: number): Submission => ({ kind: 'decided', tx: '', code, data: null, logIndex: null });

function rig(book: OrderBook, options: { allow?: readonly RepairCommand[]; answers?: Submission[] } = {}) {
  const { allow = ['re-test'], answers = [] } = options;
  const carried: string[] = [];
  const sent: LedgerCommand['args'][] = [];
  const said: string[] = [];
  const world = { nowMs: NOW_MS };
  const duty = new RepairDuty({
    book,
    knows: SERVICE_COMMANDS,
    allow,
    nowMs: () => world.nowMs,
    carryOut: (command): Promise<RepairAnswer> => {
      carried.push(command);
      return Promise.resolve({ outcome: 'done', text: 'All of it fits.' });
    },
    submit: ({ method, args }) => {
      expect(method.name).toBe('AnswerRepair');
      sent.push(args);
      return Promise.resolve(answers.shift() ?? decided(0));
    },
    log: (sentence) => said.push(sentence),
  });
  return { duty, carried, sent, said, world };
}

describe('what a maintainer orders on the ledger', () => {
  test('is carried out once and answered, until the ledger is proved to have the answer [8.5.1-f]', async () => {
    const book = ownBook();
    const { duty, carried, sent, world } = rig(book);
    expect(take(book, [commanded()]).ok).toBe(true);
    await duty.perform();
    await duty.perform();
    expect(carried).toEqual(['re-test']);
    expect(sent).toEqual([{ incident: 1n, step: 1n, outcome: 'done', text: 'All of it fits.' }]);
    world.nowMs += 30_000;
    await duty.perform();
    expect(sent).toHaveLength(2);
    const answered = { incident: 1n, step: 1n, node: NODE, operator: OPERATOR, command: 're-test', atMs: 1n } as const;
    take(book, [securityEvent('RepairAnswered', { ...answered, outcome: 'done', text: '' })]);
    world.nowMs += 300_000;
    await duty.perform();
    expect([carried.length, sent.length]).toEqual([1, 2]);
  });

  test('does nothing when its proof does not hold: a portal cannot order anything', async () => {
    const book = ownBook();
    const { duty, carried, sent } = rig(book);
    expect(take(book, [commanded()], false)).toMatchObject({ ok: false });
    await duty.perform();
    expect([book.repairs.size, carried, sent]).toEqual([0, [], []]);
  });

  test('does nothing a second time, also handed over again and after a restart', async () => {
    const book = ownBook();
    const { duty, carried } = rig(book);
    take(book, [commanded(), commanded()]);
    await duty.perform();
    logIndex -= 2;
    take(book, [commanded(), commanded()]);
    await duty.perform();
    expect(carried).toEqual(['re-test']);
    const again = rig(openBook());
    await again.duty.perform();
    expect(again.carried).toEqual([]);
    expect(again.sent).toHaveLength(1);
  });

  test('is told as failed when the agent ended in the middle of it', async () => {
    const book = ownBook();
    take(book, [commanded()]);
    book.record({ ...book.repairs.get('1/1')!, kind: 'repair', state: 'begun' });
    const { duty, carried, sent } = rig(openBook());
    await duty.perform();
    expect(carried).toEqual([]);
    expect(sent).toMatchObject([{ outcome: 'failed', text: expect.stringContaining('stopped') as string }]);
  });

  test.each([
    ['another node of the same operator', { node: 6n }],
    ['another operator’s node', { node: 7n, operator: 2n }],
  ])('says nothing to %s', async (_what, fields) => {
    const book = ownBook();
    const { duty, carried, sent } = rig(book);
    expect(take(book, [commanded(fields)]).ok).toBe(true);
    await duty.perform();
    expect([carried, sent]).toEqual([[], []]);
  });

  test('says nothing to an agent whose key was revoked', async () => {
    const book = ownBook();
    book.record({ kind: 'identity-revoked' });
    const { duty, carried } = rig(book);
    take(book, [commanded()]);
    await duty.perform();
    expect(carried).toEqual([]);
  });

  test.each([
    ['its time is over', { expiresAtMs: BigInt(NOW_MS - 1) }, 'time was over'],
    ['the operator does not allow it', { command: 'restart-service' as const }, 'does not allow'],
    ['the agent does not know the word', { command: 'rm -rf /' as never }, 'does not know'],
  ])('is refused, and that is answered, when %s', async (_what, fields, text) => {
    const book = ownBook();
    const { duty, carried, sent, said } = rig(book);
    take(book, [commanded(fields)]);
    await duty.perform();
    expect(carried).toEqual([]);
    expect(sent).toMatchObject([{ outcome: 'refused', text: expect.stringContaining(text) as string }]);
    expect(said.join(' ')).toContain('refused');
  });

  test('is over by the time of the ledger, when the machine’s clock was set back', async () => {
    const book = ownBook();
    const { duty, world, carried } = rig(book);
    take(book, [commanded({ expiresAtMs: BigInt(NOW_MS - 2_000) })]);
    world.nowMs = NOW_MS - 600_000;
    await duty.perform();
    expect(carried).toEqual([]);
  });

  test('of the past is not answered by an agent that begins to read', async () => {
    const book = ownBook();
    const { duty, sent } = rig(book);
    take(book, [commanded({ expiresAtMs: BigInt(NOW_MS - 3_600_001) })]);
    await duty.perform();
    expect(sent).toEqual([]);
    expect(book.repairs.get('1/1')?.state).toBe('over');
  });

  test('with a word longer than any is set aside, and the agent reads on', () => {
    const book = ownBook();
    const taken = take(book, [commanded({ command: 'x'.repeat(65) as never }), commanded({ step: 2n })]);
    expect(taken).toMatchObject({ ok: true, value: { setAside: [expect.stringContaining('set aside')] } });
    expect([...book.repairs.keys()]).toEqual(['1/2']);
  });

  test('is refused beyond twelve commands an hour', async () => {
    const book = ownBook();
    const { duty, carried, sent, world } = rig(book);
    for (let step = 1n; step <= 13n; step += 1n) take(book, [commanded({ step })]);
    await duty.perform();
    expect(carried).toHaveLength(12);
    expect(sent.at(-1)).toMatchObject({ step: 13n, outcome: 'refused' });
    world.nowMs += 3_600_001;
    take(book, [commanded({ step: 14n, expiresAtMs: BigInt(world.nowMs + 1_000) })]);
    await duty.perform();
    expect(carried).toHaveLength(13);
  });

  test.each([
    ['the ledger wants no answer', securityCodes.COMMAND_UNKNOWN],
    ['the incident is closed', securityCodes.INCIDENT_UNKNOWN],
    ['its key may not say it', admissionCodes.KEY_NOT_ALLOWED],
  ])('is not said again when %s', async (_what, code) => {
    const book = ownBook();
    const { duty, sent, world } = rig(book, { answers: [decided(code)] });
    take(book, [commanded()]);
    await duty.perform();
    world.nowMs += 600_000;
    await duty.perform();
    expect(sent).toHaveLength(1);
  });

  test('is said again, later and later, while nobody answers', async () => {
    const book = ownBook();
    const lost: Submission = { kind: 'unknown', sentence: 'nobody answered' };
    const { duty, sent, world } = rig(book, { answers: [lost, lost] });
    take(book, [commanded()]);
    await duty.perform();
    await duty.perform();
    expect(sent).toHaveLength(1);
    world.nowMs += 2_000;
    await duty.perform();
    world.nowMs += 2_000;
    await duty.perform();
    expect(sent).toHaveLength(2);
    world.nowMs += 2_000;
    await duty.perform();
    expect(sent).toHaveLength(3);
  });
});
