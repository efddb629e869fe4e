import { code, codesOf, defineContract, event, eventMaker, method } from '#ledger/contracts/shared/definition.ts';
import type { ArgsOf, CommandOf, EventOf, MethodNameOf } from '#ledger/contracts/shared/definition.ts';
import { accountName, resourceName, written } from '#ledger/contracts/shared/sentence-words.ts';

/** Words and `technical` together, in UTF-8. */
export const METADATA_BYTES_MAX = 8_192;
/** Resources on offer through one agent key. */
export const SOURCES_MAX = 256;
export const TITLE_MAX = 120;
export const SUMMARY_MAX = 2_000;
export const TAGS_MAX = 16;
export const TAG_MAX = 40;
export const REGION_MAX = 80;
export const LICENCE_MAX = 120;
export const SOURCE_URL_MAX = 300;
export const SOURCE_ID_MAX = 64;

export const RESOURCE_STATUSES = ['published', 'suspended', 'retired'] as const;
export type ResourceStatus = (typeof RESOURCE_STATUSES)[number];

/** Why a listing is suspended; `owner-decision` also stands for its return and its end. */
export const SUSPEND_REASONS = ['owner-decision', 'metadata-mismatch', 'source-unavailable'] as const;

export const resourceDefinition = defineContract({
  id: 3,
  name: 'resource',
  version: 1n,
  methods: {
    /**
     * One signature publishes: the provider's words, the agent's signed test result, and the sharing strategy. `technical` is the JSON the
     * agent computed (≤ 8 KiB together with the words): {"format","rows","bytes","checksum","columns":[{"name","type","nulls","min","max"}]}.
     * `testSignature` is by the agent's key over resourceTestDigest (test-report.ts).
     */
    PublishResource: method({
      does: 'Puts your resource into the catalogue with its sharing strategy. Everybody can read the description; customers who meet the conditions can buy access.',
      fields: {
        kind: 'string',
        title: 'string',
        summary: 'string',
        tags: 'string[]',
        region: 'string',
        licence: 'string',
        sourceUrl: 'string',
        agentKey: 'uint32',
        sourceId: 'string',
        technical: 'string',
        testedAtMs: 'uint64',
        testSignature: 'bytes',
        strategy: 'Strategy',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    /** The agent's key may suspend; only the owner key resumes or retires. */
    SuspendResource: method({
      does: 'Takes the resource off the list for now. Orders that run go on.',
      fields: { resource: 'uint64', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    ResumeResource: method({
      does: 'Puts the suspended resource back on the list.',
      fields: { resource: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    RetireResource: method({
      does: 'Takes the resource off the list for good. Orders that run go on.',
      fields: { resource: 'uint64' },
      delegation: { to: 'owner-only' },
      from: ['NRP'],
      readers: 'everyone',
    }),
  },
  events: {
    ResourcePublished: event({
      fields: {
        resource: 'uint64',
        owner: 'uint64',
        kind: 'string',
        title: 'string',
        summary: 'string',
        tags: 'string[]',
        region: 'string',
        licence: 'string',
        sourceUrl: 'string',
        agentKey: 'uint32',
        sourceId: 'string',
        technical: 'string',
        testedAtMs: 'uint64',
        simultaneousMax: 'uint32',
        publishedAtMs: 'uint64',
      },
      subjects: { resource: 'resource', account: 'owner' },
      readers: 'everyone',
      says: ({ owner, resource, title }) =>
        `${accountName(owner)} published ${resourceName(resource)}, “${written(title)}”.`,
    }),
    ResourceStatusChanged: event({
      fields: { resource: 'uint64', from: RESOURCE_STATUSES, to: RESOURCE_STATUSES, by: 'uint64', reason: 'string' },
      subjects: { resource: 'resource', account: 'by' },
      readers: 'everyone',
      says: ({ resource, from, to, by, reason }) =>
        `${accountName(by)} changed ${resourceName(resource)} from ${from} to ${to} (${reason}).`,
    }),
    /** Free places after a reservation, its return, or a strategy with another number of places (agreement 0). free = max(0, simultaneousMax − inUse). */
    CapacityChanged: event({
      fields: { resource: 'uint64', free: 'uint64', inUse: 'uint64', simultaneousMax: 'uint32', agreement: 'uint64' },
      subjects: { resource: 'resource' },
      readers: 'everyone',
      fieldReaders: { agreement: 'parties' },
      says: ({ resource, free, simultaneousMax }) =>
        `${resourceName(resource)} has ${free} of ${simultaneousMax} places free.`,
    }),
  },
  codes: {
    PROVIDER_ROLE_REQUIRED: code(
      301,
      403,
      'Only providers publish resources; nothing was published and no money moved. Request the provider role first.',
    ),
    KIND_NOT_OFFERED: code(
      302,
      400,
      'This kind of resource is not offered here yet; nothing was published and no money moved. Publish a data resource.',
    ),
    TEXT_INVALID: code(
      303,
      400,
      'A title, tag, link or other text is missing, too long or contains characters that cannot be displayed; nothing was published and no money moved. Correct it and sign again.',
    ),
    METADATA_TOO_LARGE: code(
      304,
      413,
      'Description and metadata together exceed 8 KiB; nothing was published and no money moved. Shorten them and sign again.',
    ),
    TECHNICAL_INVALID: code(
      305,
      400,
      'The test’s metadata cannot be read; nothing was published and no money moved. Run the test again.',
    ),
    AGENT_KEY_INVALID: code(
      306,
      409,
      'The agent’s key is not, or no longer, authorised for your account; nothing was published and no money moved. Pair the agent again.',
    ),
    TEST_SIGNATURE_INVALID: code(
      307,
      400,
      'The test result is not signed by your agent; nothing was published and no money moved. Run the test again.',
    ),
    TEST_TOO_OLD: code(
      308,
      409,
      'The test is too old; nothing was published and no money moved. Run it again, then sign.',
    ),
    RESOURCE_UNKNOWN: code(
      309,
      404,
      'There is no such resource; nothing changed and no money moved. Choose one from the list.',
    ),
    NOT_THE_OWNER: code(
      310,
      403,
      'The resource belongs to somebody else; nothing changed and no money moved. Sign in as its owner.',
    ),
    STATUS_DOES_NOT_ALLOW: code(
      311,
      409,
      'The resource’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    REASON_INVALID: code(312, 400, 'This reason is not on the list; nothing changed and no money moved. Choose one.'),
    NO_CAPACITY: code(313, 409, 'All places of this resource are taken; no money moved. Try again when one is free.'),
    SOURCE_ALREADY_PUBLISHED: code(
      314,
      409,
      'This source is already on offer; nothing was published and no money moved. Retire that offer first.',
    ),
    TOO_MANY_SOURCES: code(
      315,
      409,
      'This agent’s key serves as many sources as it can; nothing was published and no money moved. Retire one, or pair a second agent.',
    ),
  },
  parameters: {
    testAgeMsMax: {
      id: 12,
      min: 1_000n,
      max: 31_536_000_000n,
      initial: 86_400_000n,
      unit: 'ms',
      title: 'Age at which a test no longer counts',
    },
  },
});

export type ResourceCommand = CommandOf<typeof resourceDefinition>;
export type ResourceEvent = EventOf<typeof resourceDefinition>;
export type ResourceArgs<Name extends MethodNameOf<typeof resourceDefinition>> = ArgsOf<
  typeof resourceDefinition,
  Name
>;

export const resourceCodes = codesOf(resourceDefinition);
/** Makes an event of this contract. */
export const resourceEvent = eventMaker(resourceDefinition);
