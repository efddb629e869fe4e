import { timeInWords } from '#ledger/contracts/shared/amount-words.ts';
import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type ArgsOf,
  type CommandOf,
  type EventOf,
  type MethodNameOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, written } from '#ledger/contracts/shared/sentence-words.ts';
import {
  CLOSINGS,
  INCIDENT_CAUSES,
  INCIDENT_CAUSE_NAMES,
  MANUAL_OUTCOMES,
  MANUAL_STEPS,
  MANUAL_STEP_NAMES,
  REPAIR_COMMANDS,
  REPAIR_COMMAND_NAMES,
  STEP_OUTCOMES,
} from './repair-words.ts';

/** Open incidents of the network; each has a node of its own. */
export const INCIDENTS_MAX = 256;
/** Steps of one incident, commanded ones and others. */
export const STEPS_MAX = 32;
/** UTF-16 units of what came of a step, and of a closing note. */
export const TEXT_MAX = 240;
/** A command is carried out within this time or not at all. */
export const COMMAND_LIFE_MS_MAX = 600_000n;
/** A fault that was seen longer ago is another one. */
export const DETECTED_AGO_MS_MAX = 31n * 86_400_000n;

const incidentName = (incident: bigint): string => `I-${incident}`;
const told = (text: string): string => (text === '' ? '' : ` (${written(text)})`);

/** Faults of nodes and their repair [8.5.1-f]: when each was detected, acknowledged, worked on and restored, and by whom. */
export const securityDefinition = defineContract({
  id: 16,
  name: 'security',
  version: 1n,
  revision: 'founding',
  methods: {
    /** `cause`: INCIDENT_CAUSES. `detectedMs`: when the fault was first seen. */
    OpenIncident: method({
      does: 'Opens an incident about a node: what is wrong with it, and since when that was seen. One node has one open incident at most.',
      fields: { node: 'Id', cause: 'string', detectedMs: 'TimeMs' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
    AcknowledgeIncident: method({
      does: 'Says that you look after this incident. The node can be ordered to repair itself from then on.',
      fields: { incident: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
    /** `command`: REPAIR_COMMANDS. The node itself reads it from the ledger, proves it, and answers by AnswerRepair. */
    CommandRepair: method({
      does: 'Orders the node to do one thing to repair itself. The node checks the order against the ledger, and does what its operator allows.',
      fields: { incident: 'Id', command: 'string', expiresAtMs: 'TimeMs' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
    /** Signed by the node's own key. `outcome`: STEP_OUTCOMES. */
    AnswerRepair: method({
      does: 'Says what came of a command: done, failed or refused, and why.',
      fields: { incident: 'Id', step: 'Id', outcome: 'string', text: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'everyone',
    }),
    /** `step`: MANUAL_STEPS; `outcome`: MANUAL_OUTCOMES. */
    RecordRepairStep: method({
      does: 'Records what was done about an incident by people, and what came of it. Everybody can read it.',
      fields: { incident: 'Id', step: 'string', outcome: 'string', text: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
    /** `outcome`: CLOSINGS. */
    CloseIncident: method({
      does: 'Closes an incident: the node is restored, or its repair was given up.',
      fields: { incident: 'Id', outcome: 'string', text: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
  },
  events: {
    IncidentOpened: event({
      fields: {
        incident: 'Id',
        node: 'Id',
        operator: 'Id',
        cause: INCIDENT_CAUSE_NAMES,
        by: 'Id',
        detectedMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ incident, node, cause, by, detectedMs }) =>
        `${accountName(by)} opened incident ${incidentName(incident)} about ${nodeName(node)}: ${INCIDENT_CAUSES[cause]}, seen since ${timeInWords(detectedMs)}.`,
    }),
    IncidentAcknowledged: event({
      fields: { incident: 'Id', node: 'Id', operator: 'Id', by: 'Id', atMs: 'TimeMs' },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ incident, node, by }) =>
        `${accountName(by)} looks after incident ${incidentName(incident)} of ${nodeName(node)}.`,
    }),
    /** `step`: its number within the incident. The node does it once, before `expiresAtMs`, or not at all. */
    RepairCommanded: event({
      fields: {
        incident: 'Id',
        step: 'Id',
        node: 'Id',
        operator: 'Id',
        command: REPAIR_COMMAND_NAMES,
        by: 'Id',
        expiresAtMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ incident, node, command, by }) =>
        `${accountName(by)} ordered ${nodeName(node)} to ${REPAIR_COMMANDS[command].does} (incident ${incidentName(incident)}).`,
    }),
    /** What the node itself says came of a command. */
    RepairAnswered: event({
      fields: {
        incident: 'Id',
        step: 'Id',
        node: 'Id',
        operator: 'Id',
        command: REPAIR_COMMAND_NAMES,
        outcome: STEP_OUTCOMES,
        text: 'string',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, command, outcome, text }) =>
        `${nodeName(node)} answered the order to ${REPAIR_COMMANDS[command].does}: ${outcome}${told(text)}.`,
    }),
    RepairStepRecorded: event({
      fields: {
        incident: 'Id',
        step: 'Id',
        node: 'Id',
        operator: 'Id',
        what: MANUAL_STEP_NAMES,
        outcome: MANUAL_OUTCOMES,
        text: 'string',
        by: 'Id',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ incident, node, what, outcome, text, by }) =>
        `For incident ${incidentName(incident)} of ${nodeName(node)}, ${accountName(by)} ${MANUAL_STEPS[what]}: ${outcome}${told(text)}.`,
    }),
    /** `repairedAtMs`: the last step that repaired and was done; 0 where none was. */
    IncidentClosed: event({
      fields: {
        incident: 'Id',
        node: 'Id',
        operator: 'Id',
        outcome: CLOSINGS,
        text: 'string',
        by: 'Id',
        detectedMs: 'TimeMs',
        repairedAtMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ incident, node, outcome, text, by }) =>
        `${accountName(by)} closed incident ${incidentName(incident)}: ${nodeName(node)} ${outcome === 'restored' ? 'is restored' : 'was given up'}${told(text)}.`,
    }),
  },
  codes: {
    MAINTAINER_ROLE_REQUIRED: code(
      1601,
      403,
      'Only maintainers look after incidents; nothing changed and no money moved. Request the role of a maintainer first.',
    ),
    NODE_UNKNOWN: code(
      1602,
      404,
      'There is no such node, or it has retired; nothing changed and no money moved. Choose one from the list.',
    ),
    CAUSE_INVALID: code(
      1603,
      400,
      'This is no cause of an incident; nothing changed and no money moved. Choose one from the list.',
    ),
    DETECTED_INVALID: code(
      1604,
      400,
      'A fault was seen in the last 31 days and not later than now; nothing changed and no money moved. Correct the time.',
    ),
    INCIDENT_OPEN_ALREADY: code(
      1605,
      409,
      'This node has an open incident; nothing changed and no money moved. Go on with that one.',
    ),
    TOO_MANY_INCIDENTS: code(
      1606,
      409,
      'As many incidents are open as there can be; nothing changed and no money moved. Close one first.',
    ),
    INCIDENT_UNKNOWN: code(
      1607,
      404,
      'There is no such open incident; nothing changed and no money moved. Choose one from the list.',
    ),
    ACKNOWLEDGED_ALREADY: code(
      1608,
      409,
      'Somebody looks after this incident already; nothing changed and no money moved. You can go on with it.',
    ),
    NOT_ACKNOWLEDGED: code(
      1609,
      409,
      'Nobody looks after this incident yet; nothing changed and no money moved. Acknowledge it first.',
    ),
    COMMAND_INVALID: code(
      1610,
      400,
      'Nodes of this class know no such command; nothing changed and no money moved. Choose one that is offered.',
    ),
    EXPIRY_INVALID: code(
      1611,
      400,
      'A command ends within the next ten minutes; nothing changed and no money moved. Give it again.',
    ),
    COMMAND_WAITS: code(
      1612,
      409,
      'The node has not answered the command before, whose time is not over; nothing changed and no money moved. Wait for it.',
    ),
    TOO_MANY_STEPS: code(
      1613,
      409,
      'This incident has as many steps as there can be; nothing changed and no money moved. Close it and open another.',
    ),
    NOT_THE_NODE: code(1614, 403, 'Only the key of the node answers its commands; nothing changed and no money moved.'),
    COMMAND_UNKNOWN: code(
      1615,
      409,
      'No such command waits for an answer; nothing changed and no money moved. It was answered, or followed by another.',
    ),
    OUTCOME_INVALID: code(
      1616,
      400,
      'This is no outcome that there is here; nothing changed and no money moved. Choose one from the list.',
    ),
    TEXT_INVALID: code(
      1617,
      400,
      'The text has at most 240 characters on one line, with no blank at its ends; nothing changed and no money moved. Shorten it.',
    ),
    STEP_INVALID: code(
      1618,
      400,
      'This is no step that people take; nothing changed and no money moved. Choose one from the list.',
    ),
    NODE_NOT_BACK: code(
      1619,
      409,
      'The node is suspended or has retired, so it is not restored; nothing changed and no money moved. Restore the node first, or give the incident up.',
    ),
  },
  parameters: {},
});

export type SecurityEvent = EventOf<typeof securityDefinition>;
export type SecurityCommand = CommandOf<typeof securityDefinition>;
export type SecurityArgs<Name extends MethodNameOf<typeof securityDefinition>> = ArgsOf<
  typeof securityDefinition,
  Name
>;

export const securityCodes = codesOf(securityDefinition);
/** Makes an event of this contract. */
export const securityEvent = eventMaker(securityDefinition);
