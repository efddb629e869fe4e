import type { Method } from '#ledger/core/transaction.ts';
import { strategyTypes, type StrategyArgs } from '#ledger/contracts/strategy/methods.ts';

/** Contract id of `resource`. */
export const RESOURCE = 3;

/**
 * One signature publishes: the provider's words, the agent's signed test result, and the sharing strategy. `technical` is the JSON the
 * agent computed (≤ 8 KiB together with the words): {"format","rows","bytes","checksum","columns":[{"name","type","nulls","min","max"}]}.
 * `testSignature` is by the agent's key over resourceTestDigest (ledger/contracts/resource/test-report.ts).
 */
export const PublishResource = {
  name: 'PublishResource',
  contract: RESOURCE,
  types: {
    PublishResource: [
      { name: 'kind', type: 'string' },
      { name: 'title', type: 'string' },
      { name: 'summary', type: 'string' },
      { name: 'tags', type: 'string[]' },
      { name: 'region', type: 'string' },
      { name: 'licence', type: 'string' },
      { name: 'sourceUrl', type: 'string' },
      { name: 'agentKey', type: 'uint32' },
      { name: 'sourceId', type: 'string' },
      { name: 'technical', type: 'string' },
      { name: 'testedAtMs', type: 'uint64' },
      { name: 'testSignature', type: 'bytes' },
      { name: 'strategy', type: 'Strategy' },
    ],
    ...strategyTypes,
  },
} as const satisfies Method;
export type PublishResourceArgs = {
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
  testSignature: Uint8Array;
  strategy: StrategyArgs;
};

/** `reason`: owner-decision | metadata-mismatch | source-unavailable. The agent's key may suspend; only the owner key resumes or retires. */
export const SuspendResource = {
  name: 'SuspendResource',
  contract: RESOURCE,
  types: {
    SuspendResource: [
      { name: 'resource', type: 'uint64' },
      { name: 'reason', type: 'string' },
    ],
  },
} as const satisfies Method;
export type SuspendResourceArgs = { resource: bigint; reason: string };

export const ResumeResource = {
  name: 'ResumeResource',
  contract: RESOURCE,
  types: { ResumeResource: [{ name: 'resource', type: 'uint64' }] },
} as const satisfies Method;
export type ResumeResourceArgs = { resource: bigint };

export const RetireResource = {
  name: 'RetireResource',
  contract: RESOURCE,
  types: { RetireResource: [{ name: 'resource', type: 'uint64' }] },
} as const satisfies Method;
export type RetireResourceArgs = { resource: bigint };

export const resourceMethods = [PublishResource, SuspendResource, ResumeResource, RetireResource] as const;
