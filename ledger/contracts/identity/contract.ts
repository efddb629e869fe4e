import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { CommandContext, Decision, DueItem, StateReader, StateWriter } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { Steps } from '#ledger/contracts/shared/steps.ts';
import {
  REQUESTS_MAX,
  REQUEST_LIFE_MS,
  VALIDITY_MS_MAX,
  VALIDITY_MS_MIN,
  identityCodes as codes,
  identityDefinition,
  identityEvent,
  type IdentityArgs,
  type IdentityCommand,
  type IdentityEvent,
} from './definition.ts';
import { CLAIM_FIELDS, IDENTITY_LEVELS, REVOCATION_NAMES } from './identity-words.ts';
import {
  identityTables as tables,
  readAttestation,
  readIdentifier,
  readRequest,
  readSubscribers,
  subscriberId,
  type Attestation,
  type IdentityRequest,
} from './record.ts';

export interface IdentityNeeds<Event> {
  isOperator(account: bigint): boolean;
  /** Whether it is a point that something can be sealed to. */
  isEncryptionKey(key: Uint8Array): boolean;
  /** Ends orders of an account that run by an identification which it does not have any more; what is left of them waits as due work. */
  endUnidentified(account: bigint, nowMs: bigint): Decision<Event>;
  /** The same needs, answered from another state. */
  at(state: StateReader): IdentityNeeds<Event>;
  /** Writes what an event of any contract says. */
  evolve(state: StateWriter, event: IdentityEvent | Event): void;
}

type Decided<Event> = Result<Decision<IdentityEvent | Event>>;
type Waiting = 'request' | 'attestation';

const waiting = (kind: Waiting, subject: bigint) => ({ contract: identityDefinition.id, kind, subject });

export function decide<Event>(
  state: StateReader,
  command: IdentityCommand,
  ctx: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  switch (command.method) {
    case 'ApplyIdentity':
      return apply(state, command.args, ctx, needs);
    case 'WithdrawIdentity':
      return withdraw(state, command.args, ctx);
    default:
      return needs.isOperator(ctx.account) ? judge(state, command, ctx, needs) : fail(codes.OPERATOR_ROLE_REQUIRED);
  }
}

type OfOperator = Exclude<IdentityCommand, { method: 'ApplyIdentity' | 'WithdrawIdentity' }>;

function judge<Event>(
  state: StateReader,
  command: OfOperator,
  ctx: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  switch (command.method) {
    case 'OfferIdentification':
      return offer(command.args, ctx, needs);
    case 'AttestIdentity':
      return attest(state, command.args, ctx, needs);
    case 'RefuseIdentity':
      return refuse(state, command.args, ctx);
    case 'RevokeIdentity':
      return revoke(state, command.args, ctx, needs);
  }
}

const isZero = (key: Uint8Array): boolean => key.every((byte) => byte === 0);

/** What happened to an identification, and the orders that end by it, in the same transaction [8.5.2-d]. */
function withOrders<Event>(
  state: StateReader,
  decision: Decision<IdentityEvent>,
  of: { readonly account: bigint; readonly nowMs: bigint },
  needs: IdentityNeeds<Event>,
): Decision<IdentityEvent | Event> {
  const steps = new Steps<IdentityEvent | Event>(state, needs.evolve);
  steps.take(decision);
  steps.take(needs.at(steps.state).endUnidentified(of.account, of.nowMs));
  return steps.decision();
}

function offer<Event>(
  { sealingKey }: IdentityArgs<'OfferIdentification'>,
  { account: operator, nowMs: atMs }: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  if (!isZero(sealingKey) && !needs.isEncryptionKey(sealingKey)) return fail(codes.SEALING_KEY_INVALID);
  return ok({ events: [identityEvent('IdentificationOffered', { operator, sealingKey, atMs })] });
}

function apply<Event>(
  state: StateReader,
  { operator, commitment }: IdentityArgs<'ApplyIdentity'>,
  { account, nowMs: atMs }: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  const identifier = readIdentifier(state, operator);
  const isOffered = identifier !== undefined && !isZero(identifier.sealingKey) && needs.isOperator(operator);
  if (!isOffered) return fail(codes.OPERATOR_UNKNOWN);
  if (operator === account) return fail(codes.OWN_IDENTITY);
  if (readRequest(state, account) !== undefined) return fail(codes.REQUEST_WAITS);
  if (identifier.waiting >= BigInt(REQUESTS_MAX)) return fail(codes.TOO_MANY_REQUESTS);
  const due: DueItem = { atMs: atMs + REQUEST_LIFE_MS, ...waiting('request', account) };
  return ok({ events: [identityEvent('IdentityRequested', { account, operator, commitment, atMs })], due: [due] });
}

function withdraw(
  state: StateReader,
  { operator }: IdentityArgs<'WithdrawIdentity'>,
  { account, nowMs: atMs }: CommandContext,
): Decided<never> {
  if (readRequest(state, account)?.operator !== operator) return fail(codes.REQUEST_UNKNOWN);
  const events = [identityEvent('IdentityWithdrawn', { account, operator, atMs })];
  return ok({ events, cancel: [waiting('request', account)] });
}

/** The request that the verdict is about: the account may have asked again with other words, or somebody else. */
function requestOf(
  state: StateReader,
  { subject, commitment }: { subject: bigint; commitment: Uint8Array },
  operator: bigint,
): IdentityRequest | undefined {
  const request = readRequest(state, subject);
  return request?.operator === operator && equal(request.commitment, commitment) ? request : undefined;
}

function attest<Event>(
  state: StateReader,
  args: IdentityArgs<'AttestIdentity'>,
  ctx: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  const { account: operator, nowMs: atMs } = ctx;
  const { subject: account, commitment, subscriber, endsAtMs } = args;
  if (requestOf(state, args, operator) === undefined) return fail(codes.REQUEST_UNKNOWN);
  const level = IDENTITY_LEVELS.find((name) => name === args.level);
  if (level === undefined) return fail(codes.LEVEL_INVALID);
  if (endsAtMs < atMs + VALIDITY_MS_MIN || endsAtMs > atMs + VALIDITY_MS_MAX) return fail(codes.VALIDITY_INVALID);
  const known = readSubscribers(state, subscriber);
  const isTaken = known.some(
    (other) => other.operator === operator && equal(other.subscriber, subscriber) && other.account !== account,
  );
  if (isTaken) return fail(codes.SUBSCRIBER_TAKEN);
  const before = readAttestation(state, account);
  const made = identityEvent('IdentityAttested', {
    account,
    operator,
    commitment,
    subscriber,
    level,
    endsAtMs,
    atMs,
  });
  const due = [{ atMs: endsAtMs, ...waiting('attestation', account) }];
  const cancel = [waiting('request', account)];
  if (before === undefined) return ok({ events: [made], due, cancel });
  const ended = identityEvent('IdentityEnded', { account, operator: before.operator, reason: 'replaced', atMs });
  const replaced = { events: [ended, made], due, cancel: [...cancel, waiting('attestation', account)] };
  return ok(withOrders(state, replaced, { account, nowMs: atMs }, needs));
}

function refuse(state: StateReader, args: IdentityArgs<'RefuseIdentity'>, ctx: CommandContext): Decided<never> {
  const { account: operator, nowMs: atMs } = ctx;
  const { subject: account } = args;
  if (requestOf(state, args, operator) === undefined) return fail(codes.REQUEST_UNKNOWN);
  const fields = CLAIM_FIELDS.filter((field) => args.fields.includes(field));
  if (fields.length === 0 || fields.length !== args.fields.length) return fail(codes.FIELDS_INVALID);
  const event = identityEvent('IdentityRefused', { account, operator, by: operator, fields, atMs });
  return ok({ events: [event], cancel: [waiting('request', account)] });
}

function revoke<Event>(
  state: StateReader,
  args: IdentityArgs<'RevokeIdentity'>,
  { account: operator, nowMs: atMs }: CommandContext,
  needs: IdentityNeeds<Event>,
): Decided<Event> {
  const { subject: account } = args;
  if (readAttestation(state, account)?.operator !== operator) return fail(codes.NOT_IDENTIFIED);
  const reason = REVOCATION_NAMES.find((name) => name === args.reason);
  if (reason === undefined) return fail(codes.REASON_INVALID);
  const event = identityEvent('IdentityEnded', { account, operator, reason, atMs });
  const revoked = { events: [event], cancel: [waiting('attestation', account)] };
  return ok(withOrders(state, revoked, { account, nowMs: atMs }, needs));
}

/** An operator that has not answered, or an identification whose time is over. */
export function due<Event>(
  state: StateReader,
  item: { readonly kind: string; readonly subject: bigint },
  atMs: bigint,
  needs: IdentityNeeds<Event>,
): Decision<IdentityEvent | Event> {
  const account = item.subject;
  if (item.kind === 'request') {
    const request = readRequest(state, account);
    assert(request !== undefined, 'a request that waits is on the ledger');
    const { operator } = request;
    return { events: [identityEvent('IdentityRefused', { account, operator, by: 0n, fields: [], atMs })] };
  }
  const attestation = readAttestation(state, account);
  assert(attestation !== undefined, 'an identification that expires is on the ledger');
  const { operator } = attestation;
  const expired = { events: [identityEvent('IdentityEnded', { account, operator, reason: 'expired', atMs })] };
  return withOrders(state, expired, { account, nowMs: atMs }, needs);
}

export function evolve(state: StateWriter, event: IdentityEvent): void {
  const { operator } = event;
  switch (event.type) {
    case 'IdentificationOffered': {
      const waiting = readIdentifier(state, operator)?.waiting ?? 0n;
      state.write(tables.operators, operator, { sealingKey: event.sealingKey, waiting });
      return;
    }
    case 'IdentityRequested':
      state.write(tables.requests, event.account, { operator, commitment: event.commitment });
      count(state, operator, 1n);
      return;
    case 'IdentityWithdrawn':
    case 'IdentityRefused':
      answered(state, event.account, operator);
      return;
    case 'IdentityAttested': {
      const { account, commitment, subscriber, level, endsAtMs } = event;
      answered(state, account, operator);
      state.write(tables.attestations, account, { operator, commitment, subscriber, level, endsAtMs });
      const known = { operator, subscriber, account };
      state.write(tables.subscribers, subscriberId(subscriber), [...readSubscribers(state, subscriber), known]);
      return;
    }
    case 'IdentityEnded':
      ended(state, event.account);
      return;
  }
}

function answered(state: StateWriter, account: bigint, operator: bigint): void {
  state.erase(tables.requests, account);
  count(state, operator, -1n);
}

function count(state: StateWriter, operator: bigint, change: bigint): void {
  const identifier = readIdentifier(state, operator);
  assert(identifier !== undefined, 'who is asked has offered to identify');
  state.write(tables.operators, operator, { ...identifier, waiting: identifier.waiting + change });
}

function ended(state: StateWriter, account: bigint): void {
  const attestation: Attestation | undefined = readAttestation(state, account);
  assert(attestation !== undefined, 'an event names an identification in force');
  const { subscriber } = attestation;
  const left = readSubscribers(state, subscriber).filter((other) => other.account !== account);
  if (left.length === 0) state.erase(tables.subscribers, subscriberId(subscriber));
  else state.write(tables.subscribers, subscriberId(subscriber), left);
  state.erase(tables.attestations, account);
}
