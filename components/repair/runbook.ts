import type { NodeClass } from '#ledger/contracts/node/definition.ts';
import {
  REPAIR_COMMANDS,
  findRepairCommand,
  type IncidentCause,
  type ManualStep,
  type RepairCommand,
} from '#ledger/contracts/security/repair-words.ts';

/**
 * One step that a kind of fault asks for: a command that the node carries out itself, something for people, or a report, by which the
 * ledger itself moves its orders. `of`: the only class of nodes that it is for.
 */
export type RunbookStep =
  | { readonly kind: 'command'; readonly command: RepairCommand; readonly why: string }
  | { readonly kind: 'manual'; readonly step: ManualStep; readonly of?: NodeClass; readonly why: string }
  | { readonly kind: 'move-orders'; readonly of: NodeClass; readonly why: string };

const command = (word: RepairCommand, why: string): RunbookStep => ({ kind: 'command', command: word, why });
const manual = (step: ManualStep, why: string): RunbookStep => ({ kind: 'manual', step, why });

const RETEST = command('re-test', 'It reads everything that it offers again, and names what does not fit.');
const REREGISTER = command('re-register', 'The portal may know an old address of it, or none.');
const RESTART = command('restart-service', 'A gateway that hangs is opened anew; downloads under way are cut.');
const ASK = manual('talked-to-operator', 'Write to the operator below: is the machine on, does the network reach it?');
const PAIR: RunbookStep = {
  kind: 'manual',
  step: 'operator-acted',
  of: 'service',
  why: 'Where its key was revoked or has run out, its owner alone can pair it anew: the owner’s page Agents says so, and shows the code that the agent offers.',
};
const MOVE_ORDERS: RunbookStep = {
  kind: 'move-orders',
  of: 'service',
  why: 'While it stays silent nobody is served. Its running orders fail then, and the backups that customers named take their places.',
};
// The others go on without it meanwhile. A node is offered only the commands of its own class.
const REVOTE = command('restart-validator', 'It reads its own journal and takes the blocks that it missed.');
const REBUILD = command(
  'rebuild-validator',
  'For a disk that a restart does not mend: what it holds is set aside first.',
);

/** What is tried, in this order, by the kind of fault. */
const RUNBOOKS: Readonly<Record<IncidentCause, readonly RunbookStep[]>> = {
  'not-reachable': [ASK, REREGISTER, RETEST, RESTART, PAIR, MOVE_ORDERS, REVOTE, REBUILD],
  'resource-failed': [
    RETEST,
    manual('operator-acted', 'What does not fit is brought back to what was published, or retired.'),
    RESTART,
  ],
  'wrong-results': [
    manual('inspected', 'Look at the verdicts of tasks and at the version that it runs.'),
    RETEST,
    REBUILD,
    manual('replaced-part', 'A machine that computes wrongly is replaced.'),
  ],
  overloaded: [
    manual('inspected', 'Look at memory, disk and delay on the page of the node.'),
    manual('changed-configuration', 'Fewer slots, or a smaller share.'),
    RESTART,
    REVOTE,
  ],
  'behind-the-ledger': [
    manual('inspected', 'Look at how far it is behind, and whether others are too.'),
    REREGISTER,
    RESTART,
    REVOTE,
    REBUILD,
  ],
  drill: [
    command('stop-validator', 'The drill begins: the others have to go on, and the monitor has to find it.'),
    manual('inspected', 'Look at Consensus: blocks go on, its votes are missing.'),
    REVOTE,
    REBUILD,
    RETEST,
  ],
  'other-fault': [ASK, RETEST, REREGISTER, RESTART, PAIR, MOVE_ORDERS, REVOTE, REBUILD],
};

/** The steps of a cause that a node of this class can be given. */
export function runbookOf(cause: IncidentCause, of: NodeClass): readonly RunbookStep[] {
  return RUNBOOKS[cause].filter((step) =>
    step.kind === 'command' ? findRepairCommand(step.command, of) !== undefined : (step.of ?? of) === of,
  );
}

/** What people are asked for. `MANUAL_STEPS` says the same as done. */
const ASKED: Readonly<Record<ManualStep, string>> = {
  inspected: 'look at the node',
  'talked-to-operator': 'talk to the operator',
  'operator-acted': 'have the operator repair it',
  'changed-configuration': 'have its configuration changed',
  'replaced-part': 'have a part of it replaced',
  'other-step': 'do something else',
};

/** A step of the runbook as a sentence. */
export function stepAsked(step: RunbookStep): string {
  switch (step.kind) {
    case 'command':
      return commandDoes(step.command);
    case 'manual':
      return `By people: ${ASKED[step.step]}.`;
    case 'move-orders':
      return 'Report it, so that its orders move to their backups.';
  }
}

/** What a command does, as a sentence begins with it. */
export function commandDoes(word: RepairCommand): string {
  const { does } = REPAIR_COMMANDS[word];
  return `${does.slice(0, 1).toUpperCase()}${does.slice(1)}.`;
}
