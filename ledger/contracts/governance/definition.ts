import { code, codesOf, defineContract, event, eventMaker, method } from '#ledger/contracts/shared/definition.ts';
import type { ArgsOf, CommandOf, EventOf, MethodNameOf } from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, tokensInWords, written } from '#ledger/contracts/shared/sentence-words.ts';

export const PROPOSAL_STATUSES = ['open', 'passed', 'rejected', 'expired'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];
const PROPOSAL_OUTCOMES = ['passed', 'rejected', 'expired'] as const;
export const PROPOSAL_KINDS = ['role', 'parameter', 'grant', 'validator', 'validator-removal'] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

function proposed(event: { kind: ProposalKind; subject: string; account: bigint; value: bigint }): string {
  const { kind, subject, account, value } = event;
  switch (kind) {
    case 'role':
      return `the role ${subject} for ${accountName(account)}`;
    case 'grant':
      return `${tokensInWords(value)} from the treasury to ${accountName(account)}`;
    case 'validator':
      return `${written(subject)}, operated by ${accountName(account)}, becomes a validator`;
    case 'validator-removal':
      return `the validator ${nodeName(value)} leaves`;
    case 'parameter':
      return `${subject} becomes ${value}`;
  }
}

/** Proposals that the NRNSPs decide: at least two thirds of them in favour. */
export const governanceDefinition = defineContract({
  id: 7,
  name: 'governance',
  version: 1n,
  methods: {
    RequestRole: method({
      does: 'Asks for a role. The node providers vote on it.',
      fields: { role: 'string' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
    }),
    ProposeParameter: method({
      does: 'Proposes another value for a parameter of the network. The node providers vote on it.',
      fields: { parameter: 'string', value: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
    ProposeGrant: method({
      does: 'Proposes to give tokens from the treasury to an account. The node providers vote on it.',
      fields: { to: 'uint64', amountMicro: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
    /** `proof` is the key's own signature over possessionDigest (core/validator-possession.ts), 64 bytes. */
    ProposeValidator: method({
      does: 'Proposes a validator: a node that decides blocks. The node providers vote on it.',
      fields: { name: 'string', publicKey: 'bytes', operator: 'uint64', proof: 'bytes' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
    ProposeValidatorRemoval: method({
      does: 'Proposes that a validator leaves. The node providers vote on it.',
      fields: { node: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
    Vote: method({
      does: 'Votes on a proposal. A vote stands; two thirds of all node providers decide.',
      fields: { proposal: 'uint64', approve: 'bool' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
  },
  events: {
    /**
     * `subject`: the role, the parameter's name or the node's name. `account`: whose role, the recipient or the operator. `value`: the new
     * value, micro-units or the node. `publicKey`: the consensus key, 33 bytes. What a kind leaves out is empty or 0.
     */
    ProposalOpened: event({
      fields: {
        proposal: 'uint64',
        kind: PROPOSAL_KINDS,
        by: 'uint64',
        subject: 'string',
        account: 'uint64',
        value: 'uint64',
        publicKey: 'bytes',
        closesAtMs: 'uint64',
      },
      subjects: { proposal: 'proposal', account: ['by', 'account'] },
      readers: 'everyone',
      says: (event) => `${accountName(event.by)} opened proposal ${event.proposal}: ${proposed(event)}.`,
    }),
    VoteCast: event({
      fields: { proposal: 'uint64', by: 'uint64', approve: 'bool' },
      subjects: { proposal: 'proposal', account: 'by' },
      readers: 'everyone',
      says: ({ by, approve, proposal }) =>
        `${accountName(by)} voted ${approve ? 'for' : 'against'} proposal ${proposal}.`,
    }),
    ProposalDecided: event({
      fields: {
        proposal: 'uint64',
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
      fields: { parameter: 'string', from: 'uint64', to: 'uint64', proposal: 'uint64' },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ parameter, from, to }) => `The parameter ${parameter} changed from ${from} to ${to}.`,
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
  },
  parameters: {
    votingMs: { id: 3, min: 1n, max: 7_776_000_000n, initial: 86_400_000n, unit: 'ms', title: 'Time to vote' },
  },
});

export type GovernanceCommand = CommandOf<typeof governanceDefinition>;
export type GovernanceEvent = EventOf<typeof governanceDefinition>;
export type GovernanceArgs<Name extends MethodNameOf<typeof governanceDefinition>> = ArgsOf<
  typeof governanceDefinition,
  Name
>;

export const governanceCodes = codesOf(governanceDefinition);
/** Makes an event of this contract. */
export const governanceEvent = eventMaker(governanceDefinition);
