import {
  METADATA_BYTES_MAX,
  type ResourceArgs,
  type ResourceCommand,
  type ResourceEvent,
  type ResourceStatus,
  SOURCES_MAX,
  resourceCodes,
  resourceDefinition,
} from './definition.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { assert } from '#ledger/core/assert.ts';
import type { CommandContext, Decision, StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { fail, ok, type Result } from '#ledger/core/result.ts';
import { checkWords, isSuspendReason, metadataBytes, readTechnical } from './metadata.ts';
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
  technical: string;
  testedAtMs: bigint;
  publishedAtMs: bigint;
};
/** The small part that changes with every order. */
export type ListingRecord = { status: ResourceStatus; simultaneousMax: bigint; inUse: bigint };

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
  /** Address of a live authorised key of the account that may prepare access; undefined when there is none. */
  agentAddress(account: bigint, key: bigint): Uint8Array | undefined;
  /** Age in milliseconds at which a test no longer counts. */
  testAgeMsMax(): bigint;
  /** Records version 1 of the strategy, or says why not. */
  recordStrategy(of: {
    resource: bigint;
    columns: readonly string[];
    strategy: StrategyArgs;
  }): Result<readonly Event[]>;
}

/** How far the agent's clock may be ahead of block time. */
const CLOCK_AHEAD_MS_MAX = 30_000n;

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
  if (args.kind !== 'data') return fail(resourceCodes.KIND_NOT_OFFERED);
  if (!checkWords(args)) return fail(resourceCodes.TEXT_INVALID);
  if (metadataBytes(args) > METADATA_BYTES_MAX) return fail(resourceCodes.METADATA_TOO_LARGE);
  const technical = readTechnical(args.technical);
  if (technical === undefined) return fail(resourceCodes.TECHNICAL_INVALID);
  const agentAddress = needs.agentAddress(ctx.account, args.agentKey);
  if (agentAddress === undefined) return fail(resourceCodes.AGENT_KEY_INVALID);
  const test = {
    network: ctx.network,
    owner: ctx.account,
    sourceId: args.sourceId,
    technical: args.technical,
    testedAtMs: args.testedAtMs,
  };
  if (!isTestSigned(test, args.testSignature, agentAddress, ctx.crypto))
    return fail(resourceCodes.TEST_SIGNATURE_INVALID);
  const isFresh =
    args.testedAtMs <= ctx.nowMs + CLOCK_AHEAD_MS_MAX && args.testedAtMs + needs.testAgeMsMax() >= ctx.nowMs;
  if (!isFresh) return fail(resourceCodes.TEST_TOO_OLD);
  const sources = state.read(resourceTables.sources, sourcesId(ctx.account, args.agentKey)) ?? [];
  if (sources.some((source) => source.sourceId === args.sourceId)) return fail(resourceCodes.SOURCE_ALREADY_PUBLISHED);
  if (sources.length >= SOURCES_MAX) return fail(resourceCodes.TOO_MANY_SOURCES);
  const resource = state.read(resourceTables.counters, 0n)?.nextResource ?? 1n;
  const strategy = needs.recordStrategy({ resource, columns: technical.columns, strategy: args.strategy });
  if (!strategy.ok) return strategy;
  const { strategy: _strategy, testSignature: _signature, ...words } = args;
  const { simultaneousMax } = args.strategy;
  const published = {
    contract: 'resource',
    version: 1n,
    type: 'ResourcePublished',
    resource,
    owner: ctx.account,
  } as const;
  const event = { ...published, ...words, simultaneousMax, publishedAtMs: ctx.nowMs };
  return ok({ events: [event, ...strategy.value], data: { resource } });
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
    events: [
      { contract: 'resource', version: 1n, type: 'ResourceStatusChanged', resource, from, to, by: ctx.account, reason },
    ],
  });
}

/** Takes a place for an agreement. */
export function reserve(state: StateReader, resource: bigint, agreement: bigint): Result<ResourceEvent[]> {
  const listing = listingOf(state, resource);
  if (listing.inUse >= listing.simultaneousMax) return fail(resourceCodes.NO_CAPACITY);
  return ok([capacityChanged({ ...listing, inUse: listing.inUse + 1n }, resource, agreement)]);
}

/** Gives an agreement's place back. */
export function release(state: StateReader, resource: bigint, agreement: bigint): ResourceEvent[] {
  const listing = listingOf(state, resource);
  assert(listing.inUse > 0n, 'a place that is returned was taken');
  return [capacityChanged({ ...listing, inUse: listing.inUse - 1n }, resource, agreement)];
}

/** Another number of places from now on; agreements that run keep theirs. */
export function resize(state: StateReader, resource: bigint, simultaneousMax: bigint): ResourceEvent[] {
  const listing = listingOf(state, resource);
  return listing.simultaneousMax === simultaneousMax
    ? []
    : [capacityChanged({ ...listing, simultaneousMax }, resource, 0n)];
}

function capacityChanged(listing: ListingRecord, resource: bigint, agreement: bigint): ResourceEvent {
  const { inUse, simultaneousMax } = listing;
  const free = simultaneousMax > inUse ? simultaneousMax - inUse : 0n;
  return {
    contract: 'resource',
    version: 1n,
    type: 'CapacityChanged',
    resource,
    free,
    inUse,
    simultaneousMax,
    agreement,
  };
}

export function evolve(state: StateWriter, event: ResourceEvent): void {
  switch (event.type) {
    case 'ResourcePublished': {
      const { contract: _contract, version: _version, type: _type, resource, simultaneousMax, ...record } = event;
      state.write(resourceTables.resources, resource, record);
      state.write(resourceTables.listings, resource, { status: 'published', simultaneousMax, inUse: 0n });
      state.write(resourceTables.counters, 0n, { nextResource: resource + 1n });
      const id = sourcesId(record.owner, record.agentKey);
      const sources = state.read(resourceTables.sources, id) ?? [];
      state.write(resourceTables.sources, id, [...sources, { sourceId: record.sourceId, resource }]);
      return;
    }
    case 'ResourceStatusChanged':
      state.write(resourceTables.listings, event.resource, { ...listingOf(state, event.resource), status: event.to });
      if (event.to === 'retired') freeSource(state, event.resource);
      return;
    case 'CapacityChanged': {
      const { inUse, simultaneousMax } = event;
      state.write(resourceTables.listings, event.resource, {
        ...listingOf(state, event.resource),
        inUse,
        simultaneousMax,
      });
      return;
    }
  }
}

function freeSource(state: StateWriter, resource: bigint): void {
  const record = readResource(state, resource);
  assert(record !== undefined, 'a listing has its resource');
  const id = sourcesId(record.owner, record.agentKey);
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

/** Names of the columns that the agent computed, in source order. */
export function readColumns(state: StateReader, resource: bigint): readonly string[] {
  const record = readResource(state, resource);
  return record === undefined ? [] : (readTechnical(record.technical)?.columns ?? []);
}

function listingOf(state: StateReader, resource: bigint): ListingRecord {
  const record = state.read(resourceTables.listings, resource);
  assert(record !== undefined, 'a published resource has its listing');
  return record;
}

function sourcesId(owner: bigint, agentKey: bigint): bigint {
  return (owner << 16n) | agentKey;
}
