import 'server-only';
import { isolatedText } from '#lib/shared/foreign-text.ts';

/** The part of an event's payload that sentences use: integers are decimal strings, bytes hex. */
export type EventPayload = Readonly<Record<string, unknown>>;

const account = (value: unknown): string => (String(value) === '0' ? 'the treasury' : `A-${String(value)}`);
const resource = (payload: EventPayload): string => `R-${String(payload.resource)}`;
const order = (payload: EventPayload): string => `O-${String(payload.agreement)}`;

/** What somebody else wrote, in the middle of a sentence of ours. */
const foreign = (value: unknown): string => isolatedText(String(value));

const MICRO = 1_000_000n;

/** '3.6 tokens': micro-units as people read them. */
function tokens(value: unknown): string {
  const micro = BigInt(String(value));
  const fraction = (micro % MICRO).toString().padStart(6, '0').replace(/0+$/, '');
  const amount = `${micro / MICRO}${fraction === '' ? '' : `.${fraction}`}`;
  return `${amount} ${amount === '1' ? 'token' : 'tokens'}`;
}

function accountSentence(type: string, payload: EventPayload): string | undefined {
  const who = account(payload.account);
  switch (type) {
    case 'AccountCreated':
      return `${who} was created.`;
    case 'KeyAuthorized':
      return `${who} authorised key ${String(payload.key)} (${foreign(payload.label)}).`;
    case 'KeyRevoked':
      return `${who} revoked key ${String(payload.key)}.`;
    case 'KeySpent':
      return `Key ${String(payload.key)} of ${who} spent ${tokens(payload.amountMicro)} of its cap.`;
    case 'EncryptionKeySet':
      return `${who} set a new encryption key.`;
    case 'ProfileUpdated':
      return `${who} committed to a new profile.`;
    case 'RoleGranted':
      return `${who} was given the role ${String(payload.role)}.`;
  }
  return undefined;
}

function resourceSentence(type: string, payload: EventPayload): string | undefined {
  switch (type) {
    case 'ResourcePublished':
      return `${account(payload.owner)} published ${resource(payload)}, “${foreign(payload.title)}”.`;
    case 'ResourceStatusChanged':
      return `${account(payload.by)} changed ${resource(payload)} from ${String(payload.from)} to ${String(payload.to)} (${String(payload.reason)}).`;
    case 'CapacityChanged':
      return `${resource(payload)} has ${String(payload.free)} of ${String(payload.simultaneousMax)} places free.`;
    case 'StrategyRecorded':
      return `${account(payload.by)} recorded version ${String(payload.strategyVersion)} of the strategy of ${resource(payload)}.`;
  }
  return undefined;
}

/** The parties read the whole of it. */
function agreementSentence(type: string, payload: EventPayload): string | undefined {
  const by = String(payload.by) === '0' ? 'by itself' : `by ${account(payload.by)}`;
  switch (type) {
    case 'ApplicationRefused':
      return `${account(payload.customer)} applied for ${resource(payload)} and was refused by its conditions; no money was held.`;
    case 'AgreementReserved':
      return `${account(payload.customer)} reserved ${resource(payload)} from ${account(payload.provider)} as ${order(payload)}; ${tokens(payload.holdMicro)} are held.`;
    case 'AgreementPrepared':
      return `${account(payload.by)} delivered the sealed access link of ${order(payload)}.`;
    case 'AgreementActivated':
      return `The window of ${order(payload)} has begun.`;
    case 'ReissueRequested':
      return `${account(payload.by)} asked for the access link of ${order(payload)} on another device.`;
    case 'DescriptorReissued':
      return `${account(payload.by)} sealed the access link of ${order(payload)} again (issue ${String(payload.issue)}); earlier links are refused.`;
    case 'AgreementEnded':
      return `${order(payload)} ended ${by} (${String(payload.reason)}) and counts as ${String(payload.to)}.`;
    case 'UsageClaimed':
      return `${account(payload.by)} claimed usage of ${order(payload)}: ${String(payload.calls)} calls, ${String(payload.bytes)} bytes.`;
    case 'ClaimContested':
      return `${account(payload.by)} contested the claim of ${order(payload)} (${String(payload.reason)}).`;
    case 'AgreementSettled':
      return `${order(payload)} was settled: ${tokens(payload.chargeMicro)} charged, ${tokens(payload.refundMicro)} returned.`;
  }
  return undefined;
}

function tokenSentence(type: string, payload: EventPayload): string | undefined {
  switch (type) {
    case 'TokensMinted':
      return `${tokens(payload.amountMicro)} were given to ${account(payload.to)} at genesis.`;
    case 'TokensTransferred':
      return payload.reason === 'grant'
        ? `The treasury granted ${tokens(payload.amountMicro)} to ${account(payload.to)}.`
        : `${account(payload.from)} sent ${tokens(payload.amountMicro)} to ${account(payload.to)}.`;
    case 'TokensHeld':
      return `${tokens(payload.amountMicro)} of ${account(payload.account)} are held for ${order(payload)}.`;
    case 'HoldSettled':
      return `The hold of ${order(payload)} was closed: ${tokens(payload.chargeMicro)} to ${account(payload.payee)}, ${tokens(payload.refundMicro)} back to ${account(payload.account)}.`;
  }
  return undefined;
}

function governanceSentence(type: string, payload: EventPayload): string | undefined {
  const proposal = `proposal ${String(payload.proposal)}`;
  switch (type) {
    case 'ProposalOpened':
      return `${account(payload.by)} opened ${proposal}: ${proposed(payload)}.`;
    case 'VoteCast':
      return `${account(payload.by)} voted ${payload.approve === true ? 'for' : 'against'} ${proposal}.`;
    case 'ProposalDecided':
      return `P${proposal.slice(1)} was ${payload.outcome === 'expired' ? 'left undecided until it expired' : String(payload.outcome)}: ${String(payload.approvals)} for, ${String(payload.rejections)} against, of ${String(payload.electorate)}.`;
    case 'ParameterChanged':
      return `The parameter ${String(payload.parameter)} changed from ${String(payload.from)} to ${String(payload.to)}.`;
  }
  return undefined;
}

function proposed(payload: EventPayload): string {
  switch (payload.kind) {
    case 'role':
      return `the role ${String(payload.subject)} for ${account(payload.account)}`;
    case 'grant':
      return `${tokens(payload.value)} from the treasury to ${account(payload.account)}`;
    case 'validator':
      return `${foreign(payload.subject)}, operated by ${account(payload.account)}, becomes a validator`;
    case 'validator-removal':
      return `the validator N-${String(payload.value)} leaves`;
    default:
      return `${String(payload.subject)} becomes ${String(payload.value)}`;
  }
}

function nodeSentence(type: string, payload: EventPayload): string | undefined {
  const node = `N-${String(payload.node)}`;
  switch (type) {
    case 'NodeFounded':
      return `${foreign(payload.name)} (${node}) is a validator from genesis on.`;
    case 'NodeAdmitted':
      return `${foreign(payload.name)} (${node}), operated by ${account(payload.operator)}, was admitted as a consensus node by proposal ${String(payload.proposal)}.`;
    case 'NodeRemovalDecided':
      return `The removal of ${node} was decided by proposal ${String(payload.proposal)}.`;
    case 'ValidatorSetChanged':
      return `${node} ${String(payload.power) === '1' ? 'enters' : 'leaves'} the set of validators two blocks later: ${String(payload.members)} then decide.`;
    case 'NodeRemovalDropped':
      return `${node} was not removed: of ${String(payload.members)} validators none can be spared.`;
    case 'EquivocationRecorded':
      return `${node} signed two conflicting votes at block ${String(payload.height)}; it has been caught ${String(payload.equivocations) === '1' ? 'once' : `${String(payload.equivocations)} times`}.`;
  }
  return undefined;
}

/** Contracts whose events name parties, purposes or sums that only the parties read. */
const PRIVATE_CONTRACTS: readonly string[] = ['agreement', 'settlement', 'token'];

/** True when only the parties read an event whole; what a key spent belongs to its account's orders. */
export function isPrivateEvent(contract: string, type: string): boolean {
  return PRIVATE_CONTRACTS.includes(contract) || type === 'KeySpent';
}

/** What everybody may know of an event that is between parties: that it happened. */
function publicSentence(contract: string, type: string): string {
  if (type === 'KeySpent') return 'An authorised key spent from its cap; its account sees how much.';
  if (contract === 'token') return 'Tokens moved or were held; the parties see the sum.';
  if (type === 'ApplicationRefused')
    return 'An application was refused by the strategy’s conditions; its parties see why.';
  return 'An order moved on; its parties see how.';
}

/** One plain sentence about an event. Those who are no party read that something happened, not between whom or for how much. */
export function eventSentence(
  event: { contract: string; type: string; payload: EventPayload },
  isParty: boolean,
): string {
  const { contract, type, payload } = event;
  if (isPrivateEvent(contract, type) && !isParty) return publicSentence(contract, type);
  const sentence =
    accountSentence(type, payload) ??
    resourceSentence(type, payload) ??
    agreementSentence(type, payload) ??
    tokenSentence(type, payload) ??
    governanceSentence(type, payload) ??
    nodeSentence(type, payload);
  return sentence ?? `${contract}: ${type}.`;
}
