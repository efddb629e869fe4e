export type ResourceStatus = 'published' | 'suspended' | 'retired';

export type ResourceEvent =
  | {
      contract: 'resource';
      version: 1n;
      type: 'ResourcePublished';
      resource: bigint;
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
      simultaneousMax: bigint;
      publishedAtMs: bigint;
    }
  | {
      contract: 'resource';
      version: 1n;
      type: 'ResourceStatusChanged';
      resource: bigint;
      from: ResourceStatus;
      to: ResourceStatus;
      by: bigint;
      reason: string;
    }
  /** Free places after a reservation or its return. */
  | { contract: 'resource'; version: 1n; type: 'CapacityChanged'; resource: bigint; free: bigint; agreement: bigint };

export const resourceCodes = {
  PROVIDER_ROLE_REQUIRED: 301,
  KIND_NOT_OFFERED: 302,
  TEXT_INVALID: 303,
  METADATA_TOO_LARGE: 304,
  TECHNICAL_INVALID: 305,
  AGENT_KEY_INVALID: 306,
  TEST_SIGNATURE_INVALID: 307,
  TEST_TOO_OLD: 308,
  RESOURCE_UNKNOWN: 309,
  NOT_THE_OWNER: 310,
  STATUS_DOES_NOT_ALLOW: 311,
  REASON_INVALID: 312,
  NO_CAPACITY: 313,
  SOURCE_ALREADY_PUBLISHED: 314,
} as const;
