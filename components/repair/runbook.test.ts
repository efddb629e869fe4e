import { expect, test } from 'vitest';
import {
  INCIDENT_CAUSE_NAMES,
  REPAIR_COMMAND_NAMES,
  findRepairCommand,
} from '#ledger/contracts/security/repair-words.ts';
import { movesInWords, runningInWords } from './order-moves.ts';
import { commandDoes, runbookOf, stepAsked } from './runbook.ts';

const commandsFor = (of: 'service' | 'consensus') => {
  const steps = INCIDENT_CAUSE_NAMES.flatMap((cause) => runbookOf(cause, of));
  return new Set(steps.flatMap((step) => (step.kind === 'command' ? [step.command] : [])));
};

test('every kind of fault has steps for a node that serves and for a validator [8.5.1-f]', () => {
  for (const of of ['service', 'consensus'] as const)
    for (const cause of INCIDENT_CAUSE_NAMES) expect(runbookOf(cause, of).length, `${cause}, ${of}`).toBeGreaterThan(0);
});

test('every command is tried for some fault of the nodes that know it, and offered to no other node [8.5.1-f]', () => {
  for (const of of ['service', 'consensus'] as const)
    expect([...commandsFor(of)].toSorted()).toEqual(
      REPAIR_COMMAND_NAMES.filter((word) => findRepairCommand(word, of) !== undefined).toSorted(),
    );
});

test('a validator that is behind or not reachable can be ordered to restart before it is rebuilt [8.5.1-f]', () => {
  for (const cause of ['not-reachable', 'behind-the-ledger'] as const) {
    const commands = runbookOf(cause, 'consensus').flatMap((step) => (step.kind === 'command' ? [step.command] : []));
    expect(commands).toEqual(['restart-validator', 'rebuild-validator']);
  }
});

test('a step that people take is asked for, not told as done', () => {
  const [ask] = runbookOf('not-reachable', 'service');
  expect(ask === undefined ? '' : stepAsked(ask)).toBe('By people: talk to the operator.');
  const [, restart] = runbookOf('not-reachable', 'consensus');
  expect(restart === undefined ? '' : stepAsked(restart)).toBe(
    'Stop voting and begin again with what it has on its disk.',
  );
});

test('a step for one class of nodes is asked of no other: an agent’s orders move, a validator has none [8.5.1-f]', () => {
  const kinds = (of: 'service' | 'consensus') => runbookOf('not-reachable', of).map(({ kind }) => kind);
  expect(kinds('service')).toContain('move-orders');
  expect(kinds('consensus')).not.toContain('move-orders');
  const asked = runbookOf('not-reachable', 'consensus').map(stepAsked);
  expect(asked).not.toContain('By people: have the operator repair it.');
  const order = { resource: 1, title: 'a', orders: 2, hadBackup: true, to: null };
  expect(runningInWords({ running: 0, withBackup: 0 })).toBe('No order of it runs.');
  expect(runningInWords({ running: 1, withBackup: 1 })).toBe('1 order runs, with a backup.');
  expect(runningInWords({ running: 3, withBackup: 1 })).toContain('3 orders run: 1 with a backup, 2 without');
  expect(movesInWords({ moves: [order, { ...order, orders: 1, to: { resource: 2, title: 'b', node: null } }] })).toBe(
    'Since the fault was seen 1 order moved to its backup, 2 orders ended and are refunded.',
  );
});

test('a command is said in a sentence', () => {
  for (const word of REPAIR_COMMAND_NAMES) expect(commandDoes(word)).toMatch(/^[A-Z].*\.$/);
});
