import type { NodeClass } from '#ledger/contracts/node/definition.ts';

/** What is wrong, why an incident is open, and how a sentence says it. */
export const INCIDENT_CAUSES = {
  'not-reachable': 'not reachable',
  'resource-failed': 'a resource that fails its test',
  'wrong-results': 'wrong results',
  overloaded: 'overload',
  'behind-the-ledger': 'too far behind the ledger',
  drill: 'a drill',
  'other-fault': 'another fault',
} as const;
export type IncidentCause = keyof typeof INCIDENT_CAUSES;
export const INCIDENT_CAUSE_NAMES = Object.keys(INCIDENT_CAUSES) as IncidentCause[];

/**
 * What a maintainer can order a node to do by itself: fixed words, never a line of a shell. `classes`: nodes that know the command. This
 * table is the one place of a command's word and sentence; validators (class consensus) get theirs here, too. What carries a service
 * node's commands out stands in `agent/repair/commands.ts`.
 */
export const REPAIR_COMMANDS = {
  're-test': { does: 'test everything that it offers again', classes: ['service'] },
  're-register': {
    does: 'register with the portal again, and say its version and address on the ledger',
    classes: ['service'],
  },
  'restart-service': { does: 'close its gateway, read its sources anew and open it again', classes: ['service'] },
  'restart-validator': { does: 'stop voting and begin again with what it has on its disk', classes: ['consensus'] },
  'rebuild-validator': {
    does: 'set aside what it has on its disk, take a snapshot that the others prove, and vote again',
    classes: ['consensus'],
  },
  // A drill begins with it: the others have to go on, and somebody has to find it out.
  'stop-validator': { does: 'stop voting until it is ordered to begin again', classes: ['consensus'] },
} as const satisfies Readonly<Record<string, { does: string; classes: readonly NodeClass[] }>>;
export type RepairCommand = keyof typeof REPAIR_COMMANDS;
type CommandOf<Class extends NodeClass> = {
  [Name in RepairCommand]: Class extends (typeof REPAIR_COMMANDS)[Name]['classes'][number] ? Name : never;
}[RepairCommand];
export type ServiceCommand = CommandOf<'service'>;
export type ValidatorCommand = CommandOf<'consensus'>;
export const REPAIR_COMMAND_NAMES = Object.keys(REPAIR_COMMANDS) as RepairCommand[];

/** Every command that nodes of a class know, in the order of the table. */
export function repairCommandsOf<Class extends NodeClass>(of: Class): CommandOf<Class>[] {
  return REPAIR_COMMAND_NAMES.filter((name): name is CommandOf<Class> =>
    (REPAIR_COMMANDS[name].classes as readonly NodeClass[]).includes(of),
  );
}

/** The command of a word that nodes of this class know; undefined for every other word. */
export function findRepairCommand(word: string, of: NodeClass): RepairCommand | undefined {
  return repairCommandsOf(of).find((name) => name === word);
}

/** What people do themselves and then write down. */
export const MANUAL_STEPS = {
  inspected: 'looked at the node',
  'talked-to-operator': 'talked to the operator',
  'operator-acted': 'had the operator repair it',
  'changed-configuration': 'had its configuration changed',
  'replaced-part': 'had a part of it replaced',
  'other-step': 'did something else',
} as const;
export type ManualStep = keyof typeof MANUAL_STEPS;
export const MANUAL_STEP_NAMES = Object.keys(MANUAL_STEPS) as ManualStep[];

/** A look, a talk or the stop of a drill leaves the node as it was, or worse: an incident is not repaired by it, however well it was done. */
const NO_REPAIR: readonly (RepairCommand | ManualStep)[] = ['inspected', 'talked-to-operator', 'stop-validator'];

/** Whether a step with this outcome leaves the node repaired, as far as who took it can tell. */
export function isRepair(what: RepairCommand | ManualStep, outcome: StepOutcome): boolean {
  return outcome === 'done' && !NO_REPAIR.includes(what);
}

/** What came of a step. `refused`: the node would not, and says why. */
export const STEP_OUTCOMES = ['done', 'failed', 'refused'] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];
/** What came of a step that a person took. */
export const MANUAL_OUTCOMES = ['done', 'failed'] as const satisfies readonly StepOutcome[];

export const CLOSINGS = ['restored', 'given-up'] as const;
export type Closing = (typeof CLOSINGS)[number];
