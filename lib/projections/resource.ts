import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import { toJson } from './context.ts';
import { describedBy } from './kind-facets.ts';
import { insert, set, type RowChange } from './row-change.ts';

function published(event: Extract<ResourceEvent, { type: 'ResourcePublished' }>): RowChange {
  const { size, words, zone } = describedBy(event.kind, event.attributes);
  return insert('resources', {
    id: event.resource,
    owner: event.owner,
    kind: event.kind,
    title: event.title,
    summary: event.summary,
    tags: event.tags,
    tagsText: event.tags.join(' '),
    region: event.region,
    zone,
    licence: event.licence,
    sourceUrl: event.sourceUrl,
    agentKey: event.agentKey,
    sourceId: event.sourceId,
    attributes: toJson(event.attributes),
    kindText: words,
    size,
    testedAtMs: event.testedAtMs,
    capacity: toJson(event.capacity),
    free: toJson(event.capacity),
    status: 'published',
    // A reason comes with a change of status; nothing has changed yet.
    statusReason: '',
    offSinceMs: null,
    offCause: null,
    publishedAtMs: event.publishedAtMs,
    // Filled by the StrategyRecorded that stands in the same transaction.
    strategyVersion: 0n,
    accessClass: '',
    ways: [],
    formats: [],
    prices: [],
    pricing: 'free',
    comparedPriceMicro: 0n,
    limits: [],
    promise: [],
  });
}

export function projectResource(event: ResourceEvent): RowChange[] {
  switch (event.type) {
    case 'ResourcePublished':
      return [published(event)];
    case 'ResourceStatusChanged':
      return [set('resources', { id: event.resource }, { status: event.to, statusReason: event.reason })];
    case 'ReachabilityChanged': {
      const isBack = event.sinceMs === 0n;
      const off = { offSinceMs: isBack ? null : event.sinceMs, offCause: isBack ? null : event.cause };
      return [set('resources', { id: event.resource }, off)];
    }
    case 'CapacityChanged':
      return [set('resources', { id: event.resource }, { free: toJson(event.free), capacity: toJson(event.capacity) })];
  }
}
