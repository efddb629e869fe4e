import type { ResourceEvent } from '#ledger/contracts/resource/definition.ts';
import { insert, set, type Json, type RowChange } from './row-change.ts';

/** The agent's JSON, which the contract has checked: {format, rows, bytes, checksum, columns}. */
function parseTechnical(text: string): { json: Json; rows: bigint; bytes: bigint; columnCount: number } {
  const json = JSON.parse(text) as { rows: number; bytes: number; columns: readonly Json[] } & { [name: string]: Json };
  return { json, rows: BigInt(json.rows), bytes: BigInt(json.bytes), columnCount: json.columns.length };
}

function published(event: Extract<ResourceEvent, { type: 'ResourcePublished' }>): RowChange {
  const technical = parseTechnical(event.technical);
  return insert('resources', {
    id: event.resource,
    owner: event.owner,
    kind: event.kind,
    title: event.title,
    summary: event.summary,
    tags: event.tags,
    tagsText: event.tags.join(' '),
    region: event.region,
    licence: event.licence,
    sourceUrl: event.sourceUrl,
    agentKey: event.agentKey,
    sourceId: event.sourceId,
    technical: technical.json,
    rows: technical.rows,
    bytes: technical.bytes,
    columnCount: technical.columnCount,
    testedAtMs: event.testedAtMs,
    simultaneousMax: event.simultaneousMax,
    freePlaces: event.simultaneousMax,
    status: 'published',
    publishedAtMs: event.publishedAtMs,
    // Filled by the StrategyRecorded that stands in the same transaction.
    strategyVersion: 0n,
    accessClass: '',
    formats: [],
    priceUnit: '',
    priceMicro: 0n,
  });
}

export function projectResource(event: ResourceEvent): RowChange[] {
  switch (event.type) {
    case 'ResourcePublished':
      return [published(event)];
    case 'ResourceStatusChanged':
      return [set('resources', { id: event.resource }, { status: event.to })];
    case 'CapacityChanged':
      return [
        set('resources', { id: event.resource }, { freePlaces: event.free, simultaneousMax: event.simultaneousMax }),
      ];
  }
}
