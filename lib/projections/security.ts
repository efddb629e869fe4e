import type { SecurityEvent } from '#ledger/contracts/security/definition.ts';
import {
  isRepair,
  type ManualStep,
  type RepairCommand,
  type StepOutcome,
} from '#ledger/contracts/security/repair-words.ts';
import type { EventContext } from './context.ts';
import { insert, set, type Row, type RowChange } from './row-change.ts';

const NOT_YET = {
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  steps: 0n,
  repairedAtMs: null,
  outcome: null,
  closedBy: null,
  closedAtMs: null,
  text: '',
} as const;

/** What a step that was done changes of its incident. */
function repaired(
  { outcome, atMs }: { outcome: StepOutcome; atMs: bigint },
  what: RepairCommand | ManualStep,
): Partial<Row<'incidents'>> {
  return isRepair(what, outcome) ? { repairedAtMs: atMs } : {};
}

export function projectSecurity(event: SecurityEvent, { tx }: EventContext): RowChange[] {
  const { incident, atMs } = event;
  const id = { id: incident };
  switch (event.type) {
    case 'IncidentOpened': {
      const { node, operator, cause, by: openedBy, detectedMs } = event;
      const facts = { node, operator, cause, openedBy, detectedMs, openedAtMs: atMs };
      return [insert('incidents', { ...NOT_YET, ...id, ...facts })];
    }
    case 'IncidentAcknowledged':
      return [set('incidents', id, { acknowledgedBy: event.by, acknowledgedAtMs: atMs })];
    case 'RepairCommanded': {
      const { step, command: what, by, expiresAtMs } = event;
      const answer = { outcome: null, text: '', answeredAtMs: null, answerTx: null };
      const row = { incident, step, isCommand: true, what, by, atMs, expiresAtMs, tx, ...answer };
      return [insert('incident_steps', row), set('incidents', id, { steps: step })];
    }
    case 'RepairAnswered': {
      const { step, command, outcome, text } = event;
      const answer = set('incident_steps', { incident, step }, { outcome, text, answeredAtMs: atMs, answerTx: tx });
      return isRepair(command, outcome) ? [answer, set('incidents', id, repaired(event, command))] : [answer];
    }
    case 'RepairStepRecorded': {
      const { step, what, outcome, text, by } = event;
      const told = { outcome, text, answeredAtMs: atMs, answerTx: null };
      const row = { incident, step, isCommand: false, what, by, atMs, expiresAtMs: null, tx, ...told };
      return [insert('incident_steps', row), set('incidents', id, { steps: step, ...repaired(event, what) })];
    }
    case 'IncidentClosed': {
      const { outcome, text, by: closedBy } = event;
      return [set('incidents', id, { outcome, text, closedBy, closedAtMs: atMs })];
    }
  }
}
