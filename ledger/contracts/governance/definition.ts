import { timeInWords } from '#ledger/contracts/shared/amount-words.ts';
import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  votedMethod,
  type ArgsOf,
  type EventOf,
  type MethodDefinition,
  type MethodNameOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, tokensInWords, written } from '#ledger/contracts/shared/sentence-words.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { decode } from '#ledger/core/codec.ts';

export const PROPOSAL_STATUSES = ['open', 'passed', 'rejected', 'expired'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];
const PROPOSAL_OUTCOMES = ['passed', 'rejected', 'expired'] as const;

type AnyByVote = NonNullable<MethodDefinition['byVote']>;

/** What an opened proposal asks for, in the words of the method that it carries. */
function proposed(event: { method: string; args: Uint8Array; by: bigint }, byVote: AnyByVote | undefined): string {
  const args = decode(event.args, event.args.length);
  return byVote === undefined || !args.ok ? event.method : byVote.proposes(args.value as never, event.by);
}

/** Proposals that the NRNSPs decide: at least two thirds of them in favour. Methods of any contract can be marked `byVote`. */
export const governanceDefinition = defineContract({
  id: 7,
  name: 'governance',
  version: 1n,
  revision: 'founding',
  methods: {
    RequestRole: votedMethod({
      does: 'Asks for a role. The node providers vote on it.',
      fields: { role: 'string' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
      byVote: { about: ['role'], proposes: ({ role }, by) => `the role ${role} for ${accountName(by)}` },
    }),
    ProposeParameter: votedMethod({
      does: 'Proposes another value for a parameter of the network. The node providers vote on it.',
      fields: { parameter: 'string', value: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: ['parameter'],
        concerns: null,
        proposes: ({ parameter, value }) => `${parameter} becomes ${value}`,
      },
    }),
    ProposeGrant: votedMethod({
      does: 'Proposes to give tokens from the treasury to an account. The node providers vote on it.',
      fields: { to: 'Id', amountMicro: 'Micro' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: ['to'],
        concerns: 'to',
        proposes: ({ to, amountMicro }) => `${tokensInWords(amountMicro)} from the treasury to ${accountName(to)}`,
      },
    }),
    /** `proof` is the key's own signature over possessionDigest (core/validator-possession.ts), 64 bytes. */
    ProposeValidator: votedMethod({
      does: 'Proposes a validator: a node that decides blocks. The node providers vote on it.',
      fields: { name: 'string', publicKey: 'bytes', operator: 'Id', proof: 'bytes' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: ['publicKey'],
        concerns: 'operator',
        proposes: ({ name, operator }) => `${written(name)}, operated by ${accountName(operator)}, becomes a validator`,
      },
    }),
    ProposeValidatorRemoval: votedMethod({
      does: 'Proposes that a validator leaves. The node providers vote on it.',
      fields: { node: 'Id' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: { about: ['node'], concerns: null, proposes: ({ node }) => `the validator ${nodeName(node)} leaves` },
    }),
    /** `newVersion`: the one after that in force. `digest`: versionDigest (shared/version-digest.ts) of its definition. */
    ProposeContractVersion: votedMethod({
      does: 'Proposes the next version of a contract, by its digest. The node providers vote on it; two epochs later every node executes it or stops.',
      fields: { contractName: 'string', newVersion: 'uint32', digest: 'bytes32' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: ['contractName'],
        concerns: null,
        proposes: ({ contractName, newVersion, digest }) =>
          `the contract ${written(contractName)} goes to version ${newVersion}, with the digest ${toHex(digest).slice(0, 16)}…, two epochs after the vote`,
      },
    }),
    Vote: method({
      does: 'Votes on a proposal. A vote stands; two thirds of all node providers decide.',
      fields: { proposal: 'Id', approve: 'bool' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
  },
  events: {
    /** A method that needs a vote, with its arguments as deterministic CBOR. `concerns`: the account it is about, 0 for none. */
    ProposalOpened: event({
      fields: {
        proposal: 'Id',
        by: 'Id',
        method: 'string',
        args: 'bytes',
        concerns: 'Id',
        closesAtMs: 'TimeMs',
      },
      subjects: { proposal: 'proposal', account: ['by', 'concerns'] },
      readers: 'everyone',
      says: (event, names) =>
        `${accountName(event.by)} opened proposal ${event.proposal}: ${proposed(event, names.method(event.method)?.definition.byVote)}.`,
    }),
    VoteCast: event({
      fields: { proposal: 'Id', by: 'Id', approve: 'bool' },
      subjects: { proposal: 'proposal', account: 'by' },
      readers: 'everyone',
      says: ({ by, approve, proposal }) =>
        `${accountName(by)} voted ${approve ? 'for' : 'against'} proposal ${proposal}.`,
    }),
    ProposalDecided: event({
      fields: {
        proposal: 'Id',
        outcome: PROPOSAL_OUTCOMES,
        approvals: 'uint64',
        rejections: 'uint64',
        electorate: 'uint64',
      },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ proposal, outcome, approvals, rejections, electorate }) =>
        `Proposal ${proposal} was ${outcome === 'expired' ? 'left undecided until it expired' : outcome}: ${approvals} for, ${rejections} against, of ${electorate}.`,
    }),
    ParameterChanged: event({
      fields: { parameter: 'string', from: 'uint64', to: 'uint64', proposal: 'Id' },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ parameter, from, to }) => `The parameter ${parameter} changed from ${from} to ${to}.`,
    }),
    /** The first block whose time is `activatesAtMs` or later is executed by the new version; a change that was scheduled before gives way. */
    ContractVersionScheduled: event({
      fields: {
        contractName: 'string',
        newVersion: 'uint32',
        digest: 'bytes32',
        proposal: 'Id',
        activatesAtMs: 'TimeMs',
      },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ contractName, newVersion, activatesAtMs, proposal }) =>
        `By proposal ${proposal} the contract ${contractName} goes to version ${newVersion} at the first block from ${timeInWords(activatesAtMs)} on.`,
    }),
    /** The first item of the block of `height`: all of that block is executed by the new version. */
    ContractVersionActivated: event({
      fields: {
        contractName: 'string',
        newVersion: 'uint32',
        digest: 'bytes32',
        proposal: 'Id',
        height: 'uint64',
        atMs: 'TimeMs',
      },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ contractName, newVersion, height, proposal }) =>
        `From block ${height} on the contract ${contractName} is in force in version ${newVersion}, by proposal ${proposal}.`,
    }),
  },
  codes: {
    ROLE_UNKNOWN: code(
      701,
      400,
      'There is no such role; nothing was proposed and no money moved. Choose one from the list.',
    ),
    ROLE_ALREADY_HELD: code(
      702,
      409,
      'You hold this role already; nothing was proposed and no money moved. There is nothing more to do.',
    ),
    REQUEST_ALREADY_OPEN: code(
      703,
      409,
      'Your proposal about this is still open, or you have as many open as you can have; nothing was proposed and no money moved. Wait for the node providers’ votes.',
    ),
    PARAMETER_UNKNOWN: code(
      704,
      400,
      'There is no such parameter; nothing was proposed and no money moved. Choose one from the list.',
    ),
    VALUE_OUT_OF_BOUNDS: code(
      705,
      400,
      'The value is outside the parameter’s bounds; nothing was proposed and no money moved. Choose another.',
    ),
    NODE_PROVIDER_ROLE_REQUIRED: code(
      706,
      403,
      'Only node providers do this; nothing changed and no money moved. Ask a node provider to propose it or to vote.',
    ),
    PROPOSAL_UNKNOWN: code(
      707,
      404,
      'There is no such proposal; nothing changed and no money moved. Choose one from the list.',
    ),
    PROPOSAL_CLOSED: code(
      708,
      409,
      'The vote is closed; nothing changed and no money moved. Its result stands on the proposal’s page.',
    ),
    ALREADY_VOTED: code(
      709,
      409,
      'You voted on this before; your first vote stands and no money moved. There is nothing more to do.',
    ),
    RECIPIENT_UNKNOWN: code(
      710,
      404,
      'The ledger knows no such recipient; nothing was proposed and no money moved. Check the account’s number.',
    ),
    AMOUNT_INVALID: code(
      711,
      400,
      'The amount must be more than zero; nothing was proposed and no money moved. Enter another amount.',
    ),
    TREASURY_TOO_LOW: code(
      712,
      409,
      'The treasury holds less than this sum; nothing was proposed and no money moved. Propose a smaller one.',
    ),
    CONTRACT_UNKNOWN: code(
      713,
      404,
      'There is no such contract that a vote could change; nothing was proposed and no money moved. Choose one from the list.',
    ),
    VERSION_NOT_NEXT: code(
      714,
      409,
      'This is not the version after the one in force; nothing changed and no money moved. Reload the page to see which version is in force.',
    ),
  },
  parameters: {
    votingMs: { id: 3, min: 1n, max: 7_776_000_000n, initial: 86_400_000n, unit: 'ms', title: 'Time to vote' },
  },
});

export type GovernanceEvent = EventOf<typeof governanceDefinition>;
export type GovernanceArgs<Name extends MethodNameOf<typeof governanceDefinition>> = ArgsOf<
  typeof governanceDefinition,
  Name
>;

export const governanceCodes = codesOf(governanceDefinition);
/** Makes an event of this contract. */
export const governanceEvent = eventMaker(governanceDefinition);
