import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactElement } from 'react';
import { describe, expect, test } from 'vitest';
import { REPORT_CAUSES, type ReportCause } from '#ledger/contracts/node/definition.ts';
import { SUSPEND_REASONS } from '#ledger/contracts/resource/definition.ts';
import { ATTRIBUTES } from '#ledger/contracts/testing/samples.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';
import { freeFacts } from './free-capacity.ts';
import { ResourceTable } from './resource-table.tsx';
import { SilentAgentNote } from './silent-agent-note.tsx';
import { suspensionOf } from './suspension.ts';
import { unreachableInWords, UnreachableNote } from './unreachable-note.tsx';

const NOW_MS = Date.UTC(2026, 10, 28, 12);

const heard: ResourceSummary = {
  id: 1,
  kind: 'data',
  title: 'Weather',
  summary: '',
  tags: [],
  region: '',
  licence: '',
  status: 'published',
  suspendedBecause: null,
  nodeFault: null,
  provider: { id: 3, address: '0x3', name: null },
  accessClass: 'public',
  attributes: [...ATTRIBUTES],
  ways: [],
  prices: [],
  capacity: [{ meter: 'places', amount: 10 }],
  free: [{ meter: 'places', amount: 8 }],
  completedOrders: 0,
  agentSeenAtMs: NOW_MS - 9_000,
  publishedAtMs: NOW_MS,
};
const silent = { ...heard, agentSeenAtMs: NOW_MS - 5 * 60_000 };
const neverHeard = { ...heard, agentSeenAtMs: null };

const textOf = (element: ReactElement) => renderToStaticMarkup(element).replaceAll(/<[^>]*>/g, ' ');
const listed = (resource: ResourceSummary) =>
  textOf(<ResourceTable caption="Resources" resources={[resource]} nowMs={NOW_MS} />);
const flagged = (resource: ResourceSummary) =>
  textOf(
    <SilentAgentNote resource={resource} nowMs={NOW_MS}>
      Held amounts return.
    </SilentAgentNote>,
  );

describe('a resource whose agent is silent', () => {
  test('has nothing free, in the catalogue and on its own page', () => {
    expect(listed(heard)).toContain('8 of 10 places');
    for (const resource of [silent, neverHeard]) {
      expect(listed(resource)).toContain('not reachable');
      expect(listed(resource)).not.toContain('of 10');
      expect(freeFacts(resource, NOW_MS).map(({ value }) => value)).toEqual(['not reachable']);
    }
  });

  test('is flagged with when its agent was last heard, and one that is heard is not', () => {
    expect(flagged(heard)).toBe('');
    expect(flagged(silent)).toMatch(/not heard from.*5 min ago.*Held amounts return/s);
    expect(flagged(neverHeard)).toMatch(/never reported here/);
  });
});

test('a resource that is suspended has nothing free either', () => {
  expect(freeFacts({ ...heard, status: 'suspended' }, NOW_MS).map(({ value }) => value)).toEqual(['not on offer']);
  expect(freeFacts(heard, NOW_MS).map(({ value }) => value)).toEqual(['8 of 10 places free']);
});

test('every reason of a suspension has words for customers and for the owner', () => {
  for (const suspendedBecause of SUSPEND_REASONS) {
    const said = suspensionOf({ suspendedBecause });
    expect(said?.toAll).toMatch(/\.$/);
    expect(said?.toOwner).toMatch(/^You/);
  }
  expect(suspensionOf(heard)).toBeUndefined();
});

test('a resource whose node was reported says why and since when, and has nothing free [8.2.2-b]', () => {
  for (const [cause, words] of Object.entries(REPORT_CAUSES)) {
    const nodeFault = { cause: cause as ReportCause, sinceMs: NOW_MS - 60_000 };
    const said = textOf(
      <UnreachableNote fault={nodeFault} nowMs={NOW_MS}>
        Nobody can apply.
      </UnreachableNote>,
    );
    expect(said.toLowerCase()).toContain(`${words} since`);
    expect(said).toMatch(/28 Nov 2026, 11:59:00 UTC.*Nobody can apply/s);
    expect(unreachableInWords(nodeFault)).toContain(`${words} since 28 Nov 2026, 11:59:00 UTC`);
    expect(freeFacts({ ...heard, nodeFault }, NOW_MS).map(({ value }) => value)).toEqual(['not on offer']);
  }
});
