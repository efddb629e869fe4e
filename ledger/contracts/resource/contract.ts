import { areAmountsOf } from '#ledger/contracts/kinds/kind.ts';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { CLOCK_AHEAD_MS_MAX } from '#ledger/contracts/shared/clock.ts';
import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { amountOf, areTerms, minus, plus, type Quantity, type Term } from '#ledger/contracts/shared/terms.ts';
import type { EventOf } from '#ledger/contracts/shared/definition.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import {
  METADATA_BYTES_MAX,
  SOURCES_MAX,
  resourceCodes,
  resourceEvent,
  resourceDefinition,
  type ResourceArgs,
  type ResourceCommand,
  type ResourceEvent,
  type ResourceStatus,
} from './definition.ts';
import { checkWords, isSuspendReason, metadataBytes } from './metadata.ts';
import { isTestSigned } from './test-report.ts';

/** What was published, whole; never changes. */
export type ResourceRecord = {
  owner: bigint;
  kind: string;
  title: string;
  summary: string;
  tags: string[];
  region: string;
  licence: string;
  sourceUrl: string;
  agentKey: bigint;
  sourceId: string;
  attributes: Term[];
  testedAtMs: bigint;
  publishedAtMs: bigint;
};
/** The small part that changes with every order. */
export type ListingRecord = {
  status: ResourceStatus;
  capacity: Quantity[];
  inUse: Quantity[];
  /** Since when its node fails, as it was reported; 0 while it does not. */
  offSinceMs: bigint;
};

export const resourceTables = {
  /** id 0: next resource id. */
  counters: { contract: resourceDefinition.id, table: 0 } as Table<{ nextResource: bigint }>,
  resources: { contract: resourceDefinition.id, table: 1 } as Table<ResourceRecord>,
  listings: { contract: resourceDefinition.id, table: 2 } as Table<ListingRecord>,
  /** Sources on offer (not retired) per agent key, under owner × 2^16 + key. */
  sources: { contract: resourceDefinition.id, table: 3 } as Table<{ sourceId: string; resource: bigint }[]>,
} as const;

export interface ResourceNeeds<Event> {
  isProvider(account: bigint): boolean;
  /** Whether the account's credit permits it [8.5.1-c]. */
  mayPublish(account: bigint): boolean;
  /** Address of a live authorised key of the account that may prepare access; undefined when there is none. */
  agentAddress(account: bigint, key: bigint): Uint8Array | undefined;
  /** True while the node of this key of the account is suspended. */
  isNodeOff(account: bigint, key: bigint): boolean;
  /** Age in milliseconds at which a test no longer counts. */
  testAgeMsMax(): bigint;
  /** Records version 1 of the strategy, or says why not. */
  recordStrategy(of: {
    resource: bigint;
    kind: string;
    attributes: readonly Term[];
    strategy: StrategyArgs;
  }): Result<readonly Event[]>;
}

export function decide<Event>(
  state: StateReader,
  command: ResourceCommand,
  ctx: CommandContext,
  needs: ResourceNeeds<Event>,
): Result<Decision<ResourceEvent | Event>> {
  switch (command.method) {
    case 'PublishResource':
      return publish(state, command.args, ctx, needs);
    case 'SuspendResource':
      return changeStatus(
        state,
        { resource: command.args.resource, from: ['published'], to: 'suspended', reason: command.args.reason },
        ctx,
      );
    case 'ResumeResource':
      return changeStatus(
        state,
        { resource: command.args.resource, from: ['suspended'], to: 'published', reason: 'owner-decision' },
        ctx,
      );
    case 'RetireResource': {
      const change = {
        resource: command.args.resource,
        from: ['published', 'suspended'],
        to: 'retired',
        reason: 'owner-decision',
      } as const;
      return changeStatus(state, change, ctx);
    }
  }
}

function publish<Event>(
  state: StateReader,
  args: ResourceArgs<'PublishResource'>,
  ctx: CommandContext,
  needs: ResourceNeeds<Event>,
): Result<Decision<ResourceEvent | Event>> {
  if (!needs.isProvider(ctx.account)) return fail(resourceCodes.PROVIDER_ROLE_REQUIRED);
  if (!needs.mayPublish(ctx.account)) return fail(resourceCodes.CREDIT_TOO_LOW);
  const fault = descriptionFault(args) ?? testFault(args, ctx, needs) ?? sourceFault(state, args, ctx);
  if (fault !== undefined) return fail(resourceCodes[fault]);
  const resource = state.read(resourceTables.counters, 0n)?.nextResource ?? 1n;
  const { strategy: terms, testSignature: _signature, ...words } = args;
  const { kind, attributes } = words;
  const strategy = needs.recordStrategy({ resource, kind, attributes, strategy: terms });
  if (!strategy.ok) return strategy;
  const published = { resource, owner: ctx.account, ...words, publishedAtMs: ctx.nowMs };
  return ok({ events: [resourceEvent('ResourcePublished', published), ...strategy.value], data: { resource } });
}

type Fault = keyof typeof resourceCodes;

/** Faults of what is described, in order (302–305, 316). */
function descriptionFault(args: ResourceArgs<'PublishResource'>): Fault | undefined {
  const kind = findKind(args.kind);
  if (kind === undefined) return 'KIND_NOT_OFFERED';
  if (!checkWords(args)) return 'TEXT_INVALID';
  if (metadataBytes(args) > METADATA_BYTES_MAX) return 'METADATA_TOO_LARGE';
  if (!areTerms(args.attributes) || !kind.areAttributesSound(args.attributes)) return 'ATTRIBUTES_INVALID';
  return areAmountsOf(kind, args.capacity, kind.capacity) ? undefined : 'CAPACITY_INVALID';
}

/** Faults of the agent's test, in order (306, 317, 307, 308). */
function testFault<Event>(
  args: ResourceArgs<'PublishResource'>,
  ctx: CommandContext,
  needs: ResourceNeeds<Event>,
): Fault | undefined {
  const { sourceId, kind, attributes, testedAtMs } = args;
  const agentAddress = needs.agentAddress(ctx.account, args.agentKey);
  if (agentAddress === undefined) return 'AGENT_KEY_INVALID';
  if (needs.isNodeOff(ctx.account, args.agentKey)) return 'NODE_SUSPENDED';
  const test = { network: ctx.network, owner: ctx.account, sourceId, kind, attributes, testedAtMs };
  if (!isTestSigned(test, args.testSignature, agentAddress, ctx.crypto)) return 'TEST_SIGNATURE_INVALID';
  const isFresh = testedAtMs <= ctx.nowMs + CLOCK_AHEAD_MS_MAX && testedAtMs + needs.testAgeMsMax() >= ctx.nowMs;
  return isFresh ? undefined : 'TEST_TOO_OLD';
}

/** A source is on offer once, and a key serves so many (314, 315). */
function sourceFault(
  state: StateReader,
  { agentKey, sourceId }: ResourceArgs<'PublishResource'>,
  ctx: CommandContext,
): Fault | undefined {
  const sources = state.read(resourceTables.sources, keyId(ctx.account, agentKey)) ?? [];
  if (sources.some((source) => source.sourceId === sourceId)) return 'SOURCE_ALREADY_PUBLISHED';
  return sources.length >= SOURCES_MAX ? 'TOO_MANY_SOURCES' : undefined;
}

function changeStatus(
  state: StateReader,
  change: { resource: bigint; from: readonly ResourceStatus[]; to: ResourceStatus; reason: string },
  ctx: CommandContext,
): Result<Decision<ResourceEvent>> {
  const { resource, to, reason } = change;
  const record = state.read(resourceTables.resources, resource);
  if (record === undefined) return fail(resourceCodes.RESOURCE_UNKNOWN);
  // The agent that serves it may suspend it; anything else is the owner key's alone.
  const mayAct =
    record.owner === ctx.account && (ctx.key === 0n || (to === 'suspended' && ctx.key === record.agentKey));
  if (!mayAct) return fail(resourceCodes.NOT_THE_OWNER);
  const { status: from } = listingOf(state, resource);
  if (!change.from.includes(from)) return fail(resourceCodes.STATUS_DOES_NOT_ALLOW);
  if (!isSuspendReason(reason)) return fail(resourceCodes.REASON_INVALID);
  return ok({
    events: [resourceEvent('ResourceStatusChanged', { resource, from, to, by: ctx.account, reason })],
  });
}

/** Takes part of the capacity for an agreement: the events, or the first meter of which less is free. */
export function reserve(
  state: StateReader,
  resource: bigint,
  of: { agreement: bigint; amounts: readonly Quantity[] },
): { events: ResourceEvent[] } | { short: string } {
  const listing = listingOf(state, resource);
  const free = minus(listing.capacity, listing.inUse);
  const short = listing.capacity.find(({ meter }) => amountOf(of.amounts, meter) > amountOf(free, meter));
  if (short !== undefined) return { short: short.meter };
  const inUse = plus(listing.inUse, of.amounts);
  return { events: [capacityChanged({ ...listing, inUse }, resource, of.agreement)] };
}

/** Gives an agreement's part of the capacity back. */
export function release(
  state: StateReader,
  resource: bigint,
  of: { agreement: bigint; amounts: readonly Quantity[] },
): ResourceEvent[] {
  const listing = listingOf(state, resource);
  const isTaken = listing.inUse.every(({ meter, amount }) => amountOf(of.amounts, meter) <= amount);
  assert(isTaken, 'what is returned was taken');
  return [capacityChanged({ ...listing, inUse: minus(listing.inUse, of.amounts) }, resource, of.agreement)];
}

/** Everything on the list that a key serves goes off it, or comes back where `sinceMs` is 0: at most SOURCES_MAX. */
export function setReachability(
  state: StateReader,
  {
    operator,
    key,
    ...of
  }: Omit<EventOf<typeof resourceDefinition, 'ReachabilityChanged'>, 'contract' | 'version' | 'type' | 'resource'> & {
    readonly operator: bigint;
    readonly key: bigint;
  },
): ResourceEvent[] {
  const sources = state.read(resourceTables.sources, keyId(operator, key)) ?? [];
  return sources.map(({ resource }) => resourceEvent('ReachabilityChanged', { resource, ...of }));
}

/** Another capacity from now on; agreements that run keep theirs. Fails with CAPACITY_INVALID. */
export function resize(state: StateReader, resource: bigint, capacity: readonly Quantity[]): Result<ResourceEvent[]> {
  const record = readResource(state, resource);
  const kind = record === undefined ? undefined : findKind(record.kind);
  assert(kind !== undefined, 'a resource that is revised is there, and of a known kind');
  if (!areAmountsOf(kind, capacity, kind.capacity)) return fail(resourceCodes.CAPACITY_INVALID);
  const listing = listingOf(state, resource);
  const isSame = capacity.every(({ meter, amount }) => amountOf(listing.capacity, meter) === amount);
  return ok(isSame ? [] : [capacityChanged({ ...listing, capacity: [...capacity] }, resource, 0n)]);
}

function capacityChanged({ capacity, inUse }: ListingRecord, resource: bigint, agreement: bigint): ResourceEvent {
  return resourceEvent('CapacityChanged', { resource, capacity, inUse, free: minus(capacity, inUse), agreement });
}

export function evolve(state: StateWriter, event: ResourceEvent): void {
  switch (event.type) {
    case 'ResourcePublished': {
      const { contract: _contract, version: _version, type: _type, resource, capacity, ...record } = event;
      const inUse = capacity.map(({ meter }) => ({ meter, amount: 0n }));
      state.write(resourceTables.resources, resource, record);
      state.write(resourceTables.listings, resource, { status: 'published', capacity, inUse, offSinceMs: 0n });
      state.write(resourceTables.counters, 0n, { nextResource: resource + 1n });
      const id = keyId(record.owner, record.agentKey);
      const sources = state.read(resourceTables.sources, id) ?? [];
      state.write(resourceTables.sources, id, [...sources, { sourceId: record.sourceId, resource }]);
      return;
    }
    case 'ResourceStatusChanged':
      state.write(resourceTables.listings, event.resource, { ...listingOf(state, event.resource), status: event.to });
      if (event.to === 'retired') freeSource(state, event.resource);
      return;
    case 'CapacityChanged': {
      const { resource, capacity, inUse } = event;
      state.write(resourceTables.listings, resource, { ...listingOf(state, resource), capacity, inUse });
      return;
    }
    case 'ReachabilityChanged': {
      const { resource, sinceMs: offSinceMs } = event;
      state.write(resourceTables.listings, resource, { ...listingOf(state, resource), offSinceMs });
      return;
    }
  }
}

function freeSource(state: StateWriter, resource: bigint): void {
  const record = readResource(state, resource);
  assert(record !== undefined, 'a listing has its resource');
  const id = keyId(record.owner, record.agentKey);
  const left = (state.read(resourceTables.sources, id) ?? []).filter((source) => source.resource !== resource);
  if (left.length === 0) state.erase(resourceTables.sources, id);
  else state.write(resourceTables.sources, id, left);
}

export function readResource(state: StateReader, resource: bigint): ResourceRecord | undefined {
  return state.read(resourceTables.resources, resource);
}

export function readListing(state: StateReader, resource: bigint): ListingRecord | undefined {
  return state.read(resourceTables.listings, resource);
}

function listingOf(state: StateReader, resource: bigint): ListingRecord {
  const record = state.read(resourceTables.listings, resource);
  assert(record !== undefined, 'a published resource has its listing');
  return record;
}
