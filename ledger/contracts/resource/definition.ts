import { REPORT_CAUSES, REPORT_CAUSE_NAMES } from '#ledger/contracts/node/definition.ts';
import { timeInWords } from '#ledger/contracts/shared/amount-words.ts';
import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type ArgsOf,
  type CommandOf,
  type EventOf,
  type MethodNameOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, resourceName, written } from '#ledger/contracts/shared/sentence-words.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';

/** Words and attributes together, in UTF-8. */
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
export type SuspendReason = (typeof SUSPEND_REASONS)[number];

export const resourceDefinition = defineContract({
  id: 3,
  name: 'resource',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * One signature publishes: the provider's words, the agent's signed test result, and the sharing strategy. `attributes` are what the
     * agent computed, by the words of the kind (≤ 8 KiB together with the provider's words). `testSignature` is by the agent's key over
     * resourceTestDigest (test-report.ts).
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
        attributes: 'Term[]',
        capacity: 'Quantity[]',
        testedAtMs: 'TimeMs',
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
      fields: { resource: 'Id', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    ResumeResource: method({
      does: 'Puts the suspended resource back on the list.',
      fields: { resource: 'Id' },
      delegation: { to: 'owner-only' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    RetireResource: method({
      does: 'Takes the resource off the list for good. Orders that run go on.',
      fields: { resource: 'Id' },
      delegation: { to: 'owner-only' },
      from: ['NRP'],
      readers: 'everyone',
    }),
  },
  events: {
    ResourcePublished: event({
      fields: {
        resource: 'Id',
        owner: 'Id',
        kind: 'string',
        title: 'string',
        summary: 'string',
        tags: 'string[]',
        region: 'string',
        licence: 'string',
        sourceUrl: 'string',
        agentKey: 'uint32',
        sourceId: 'string',
        attributes: 'Term[]',
        capacity: 'Quantity[]',
        testedAtMs: 'TimeMs',
        publishedAtMs: 'TimeMs',
      },
      subjects: { resource: 'resource', account: 'owner' },
      readers: 'everyone',
      says: ({ owner, resource, title }) =>
        `${accountName(owner)} published ${resourceName(resource)}, “${written(title)}”.`,
    }),
    ResourceStatusChanged: event({
      fields: { resource: 'Id', from: RESOURCE_STATUSES, to: RESOURCE_STATUSES, by: 'Id', reason: 'string' },
      subjects: { resource: 'resource', account: 'by' },
      readers: 'everyone',
      says: ({ resource, from, to, by, reason }) =>
        `${accountName(by)} changed ${resourceName(resource)} from ${from} to ${to} (${reason}).`,
    }),
    /** After a reservation, its return, or a revision with another capacity (agreement 0). free = max(0, capacity − inUse), meter by meter. */
    CapacityChanged: event({
      fields: {
        resource: 'Id',
        capacity: 'Quantity[]',
        inUse: 'Quantity[]',
        free: 'Quantity[]',
        agreement: 'Id',
      },
      subjects: { resource: 'resource' },
      readers: 'everyone',
      fieldReaders: { agreement: 'parties' },
      says: ({ resource, capacity, free }) =>
        `${resourceName(resource)} has free: ${capacity.map(({ meter, amount }) => `${amountOf(free, meter)} of ${amount} ${meter}`).join(', ')}.`,
    }),
    /** Its node was reported: it is not offered from now on. `sinceMs` 0: the node is back, and it is offered again. Its status stays its owner's. */
    ReachabilityChanged: event({
      fields: {
        resource: 'Id',
        node: 'Id',
        cause: [...REPORT_CAUSE_NAMES, 'restored'] as const,
        sinceMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { resource: 'resource', node: 'node' },
      readers: 'everyone',
      says: ({ resource, node, cause, sinceMs }) =>
        cause === 'restored'
          ? `${resourceName(resource)} is offered again: ${nodeName(node)} is back.`
          : `${resourceName(resource)} is not offered: ${nodeName(node)} is ${REPORT_CAUSES[cause]} since ${timeInWords(sinceMs)}.`,
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
      'The ledger knows no such kind of resource; nothing was published and no money moved. Choose another kind.',
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
    ATTRIBUTES_INVALID: code(
      305,
      400,
      'What the test computed is not a description of this kind of resource; nothing was published and no money moved. Run the test again.',
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
    CAPACITY_INVALID: code(
      316,
      400,
      'The capacity does not name what this kind of resource holds, or goes beyond its bounds; nothing was recorded and no money moved. Check the figures and sign again.',
    ),
    NODE_SUSPENDED: code(
      317,
      409,
      'The agent that serves this source is suspended; nothing was published and no money moved. Publish it once the agent is restored.',
    ),
    CREDIT_TOO_LOW: code(
      318,
      403,
      'Your credit is below what it takes to publish; nothing was published and no money moved. What you published before stays on offer. Keep your nodes online and your orders kept: your credit is evaluated again at the end of each epoch.',
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
