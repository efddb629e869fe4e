import { sentenceCase } from '#components/ui/format.ts';
import type { IncidentDto, RepairStepDto } from '#lib/shared/repair.ts';
import {
  INCIDENT_CAUSES,
  MANUAL_STEPS,
  REPAIR_COMMANDS,
  type IncidentCause,
  type ManualStep,
  type RepairCommand,
} from '#ledger/contracts/security/repair-words.ts';

export function incidentLabel(id: number): string {
  return `I-${id}`;
}

export function causeInWords(cause: IncidentCause): string {
  return sentenceCase(INCIDENT_CAUSES[cause]);
}

/** A step as the history names it. */
export function stepInWords({ isCommand, what }: Pick<RepairStepDto, 'isCommand' | 'what'>): string {
  return isCommand
    ? `The node was ordered to ${REPAIR_COMMANDS[what as RepairCommand].does}`
    : `A maintainer ${MANUAL_STEPS[what as ManualStep]}`;
}

/** Where an incident stands, in the order in which it goes. */
export function phaseOf({ outcome, acknowledgedAtMs, repairedAtMs }: IncidentDto): string {
  if (outcome !== null) return outcome === 'restored' ? 'restored' : 'given up';
  if (acknowledgedAtMs === null) return 'waits for somebody';
  return repairedAtMs === null ? 'looked after' : 'repaired';
}
