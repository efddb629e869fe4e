import { code, codesOf, defineContract, event, eventMaker, type EventOf } from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, written } from '#ledger/contracts/shared/sentence-words.ts';

/** waiting: admitted, enters the set at its time; leaving: still in the set until its time; retired: out for good. */
export const NODE_STATUSES = ['waiting', 'validating', 'leaving', 'retired'] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

export const NODE_NAME_MAX = 64;

export const nodeDefinition = defineContract({
  id: 8,
  name: 'node',
  version: 1n,
  methods: {},
  events: {
    /** Genesis names it: validating from the first block on, answered for by nobody's account. `address` (20 bytes) is how evidence names it. */
    NodeFounded: event({
      fields: { node: 'Id', name: 'string', publicKey: 'bytes', address: 'bytes', atMs: 'TimeMs' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, name }) => `${written(name)} (${nodeName(node)}) is a validator from genesis on.`,
    }),
    /** `entersAtMs`: earliest block time at which it enters the set. */
    NodeAdmitted: event({
      fields: {
        node: 'Id',
        name: 'string',
        publicKey: 'bytes',
        address: 'bytes',
        operator: 'Id',
        proposal: 'Id',
        atMs: 'TimeMs',
        entersAtMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator', proposal: 'proposal' },
      readers: 'everyone',
      says: ({ node, name, operator, proposal }) =>
        `${written(name)} (${nodeName(node)}), operated by ${accountName(operator)}, was admitted as a consensus node by proposal ${proposal}.`,
    }),
    /** `leavesAtMs`: earliest block time at which it leaves the set. */
    NodeRemovalDecided: event({
      fields: { node: 'Id', proposal: 'Id', atMs: 'TimeMs', leavesAtMs: 'TimeMs' },
      subjects: { node: 'node', proposal: 'proposal' },
      readers: 'everyone',
      says: ({ node, proposal }) => `The removal of ${nodeName(node)} was decided by proposal ${proposal}.`,
    }),
    /**
     * The one event that changes who votes on blocks: decided by this block, in force two heights later. `power` 1: a member from then on;
     * 0: none any more. `members`: afterwards.
     */
    ValidatorSetChanged: event({
      fields: { node: 'Id', publicKey: 'bytes', power: 'uint8', members: 'uint64', atMs: 'TimeMs' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, power, members }) =>
        `${nodeName(node)} ${power === 1n ? 'enters' : 'leaves'} the set of validators two blocks later: ${members} then decide.`,
    }),
    /** A decided removal did not happen: the set had become too small for it. The node goes on validating. */
    NodeRemovalDropped: event({
      fields: { node: 'Id', reason: ['too-few-validators'], members: 'uint64', atMs: 'TimeMs' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, members }) => `${nodeName(node)} was not removed: of ${members} validators none can be spared.`,
    }),
    /** The node signed two conflicting votes at `height`, whose block time is `timeMs`. `equivocations`: this time included. */
    EquivocationRecorded: event({
      fields: { node: 'Id', height: 'uint64', timeMs: 'TimeMs', equivocations: 'uint64' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, height, equivocations }) =>
        `${nodeName(node)} signed two conflicting votes at block ${height}; it has been caught ${equivocations === 1n ? 'once' : `${equivocations} times`}.`,
    }),
  },
  codes: {
    NAME_INVALID: code(
      801,
      400,
      'A validator’s name has 1 to 64 characters, no blank at its ends and no character that cannot be displayed; nothing was proposed and no money moved. Choose another name.',
    ),
    KEY_INVALID: code(
      802,
      400,
      'The public key is not a compressed secp256k1 key of 33 bytes; nothing was proposed and no money moved. Paste what the key command printed.',
    ),
    OPERATOR_UNKNOWN: code(
      803,
      404,
      'The ledger knows no account that would answer for this validator; nothing was proposed and no money moved. Check the operator’s number.',
    ),
    KEY_NOT_PROVED: code(
      804,
      400,
      'The proof is not by this key for this operator on this network; nothing was proposed and no money moved. Ask the key’s holder for a new proof.',
    ),
    KEY_IN_USE: code(
      805,
      409,
      'A validator that validates or waits has this key already; nothing changed and no money moved. Ask its holder for another key.',
    ),
    VALIDATORS_FULL: code(
      806,
      409,
      'There are as many validators as there can be; nothing changed and no money moved. Propose it again when one has left.',
    ),
    NODE_UNKNOWN: code(
      807,
      404,
      'There is no such validator; nothing was proposed and no money moved. Choose one from the list.',
    ),
    NODE_NOT_VALIDATING: code(
      808,
      409,
      'This validator does not validate, or is leaving already; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    TOO_FEW_VALIDATORS: code(
      809,
      409,
      'Fewer than four validators would be left, and the ledger could not lose one and go on; nothing was proposed and no money moved. Let another one in first.',
    ),
  },
  parameters: {},
});

export type NodeEvent = EventOf<typeof nodeDefinition>;

export const nodeCodes = codesOf(nodeDefinition);
/** Makes an event of this contract. */
export const nodeEvent = eventMaker(nodeDefinition);
