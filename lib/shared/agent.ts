import { z } from 'zod';
import { lineOrNothing } from './line.ts';

/** What an agent says of itself over the HTTP API: parsed strictly, bounded, kept as it was parsed. */
const SOURCES_MAX = 200;
const PREVIEW_ROWS_MAX = 5;
const PREVIEW_COLUMNS_MAX = 512;
const TERMS_MAX = 32;
const TERM_LENGTH_MAX = 8_192;
const FAILURE_LENGTH_MAX = 1_200;

const line = (lengthMax: number): z.ZodString => lineOrNothing(lengthMax).min(1);

const cell = z.string().max(200).nullable();
/** A few rows of text cells by column. */
const rowsShape = z
  .array(z.record(z.string().max(128), cell).refine((row) => Object.keys(row).length <= PREVIEW_COLUMNS_MAX))
  .max(PREVIEW_ROWS_MAX);

export const sourceShape = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is no source id'),
  kind: line(20),
  title: line(120),
  /** Rows that its provider lets everybody see. */
  sample: rowsShape.optional(),
});
export type SourceDto = z.infer<typeof sourceShape>;

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
/** A URL's host may hold quotes and semicolons; ours stands in a header of the portal and in command lines that people copy. */
const HOST_PATTERN = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** Why an origin cannot be a gateway's public origin, in words; null when it can. */
export function originFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is no address';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or a password';
  if (url.origin !== text) return 'must be an origin alone: scheme, host and port, in lower case, nothing behind';
  if (!HOST_PATTERN.test(url.hostname)) return 'must have a host of letters, digits, dots and hyphens';
  if (url.protocol === 'http:' && !LOOPBACK_HOSTS.includes(url.hostname))
    return 'may be http only on this machine itself: use https';
  return null;
}

const originShape = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const fault = originFault(text);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

export const registrationShape = z.strictObject({
  origin: originShape,
  label: line(80),
  sources: z.array(sourceShape).max(SOURCES_MAX),
});
export type AgentRegistration = z.infer<typeof registrationShape>;

const loadShape = z.strictObject({
  cpu: z.number().min(0).max(1_000),
  memoryBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  openLinks: z.number().int().min(0).max(1_000_000),
});

const INT_MAX = 2_147_483_647;
const count = z.number().int().min(0).max(INT_MAX);
const milliseconds = z.number().min(0).max(3_600_000);
const permille = z.number().int().min(0).max(1_000);
const REASONS_MAX = 20;
const PEERS_MAX = 2;

const peerShape = z.strictObject({
  address: z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 hex digits'),
  /** Median; absent when nothing came back. */
  roundTripMs: milliseconds.optional(),
  lossPermille: permille,
});

/** How a node is, by its own measurement. What it could not measure is absent, never 0. */
const sampleShape = z.strictObject({
  /** Ledger height that it has verified. */
  height: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  version: line(40).optional(),
  /** Of one core; several cores give more than 1,000. */
  cpuPermille: z.number().int().min(0).max(1_024_000).optional(),
  memoryMib: count.optional(),
  memoryMaxMib: count.optional(),
  diskFreeMib: count.optional(),
  /** 99th percentile of how late its event loop was. */
  loopDelayMs: milliseconds.optional(),
  /** Its clock minus the portal's, as it measured it. */
  clockOffsetMs: z.number().int().min(-INT_MAX).max(INT_MAX).optional(),
  orders: count.optional(),
  /** Programs of customers: how many may run at the same time, how many do, and how many wait for a slot. */
  slots: count.optional(),
  slotsBusy: count.optional(),
  runsWaiting: count.optional(),
  /** Calls refused since the last heartbeat, by reason. */
  refusals: z
    .record(z.string().regex(/^[a-z][A-Za-z-]{0,39}$/, 'is no reason'), count)
    .refine((reasons) => Object.keys(reasons).length <= REASONS_MAX, 'has too many reasons')
    .optional(),
  /** To the portal: median, and the share of calls that were not answered. */
  roundTripMs: milliseconds.optional(),
  lossPermille: permille.optional(),
  /** Bytes a second that its gateways carried for orders since the heartbeat before, both ways; absent where no order was served. */
  carriedBytesPerS: count.optional(),
  peers: z.array(peerShape).max(PEERS_MAX).optional(),
});

/** What a heartbeat is answered with: the portal's clock and height, and nodes to measure the way to. */
export interface HeartbeatAnswer {
  serverTimeMs: number;
  height: number;
  /** 64 at most; address: 40 hex digits. */
  peers: { address: string; origin: string }[];
}

export const heartbeatShape = z.strictObject({
  atMs: z.number().int().positive(),
  sources: z.array(sourceShape).max(SOURCES_MAX),
  load: loadShape,
  /** Absent from versions that measure nothing. */
  sample: sampleShape.optional(),
});
export type Heartbeat = z.infer<typeof heartbeatShape>;

const VALIDATORS_MAX = 200;

/** How validators are that one program keeps, each by its own figures. What threads of one process share is no figure of any of them. */
export const validatorHeartbeatShape = z.strictObject({
  validators: z
    .array(
      z.strictObject({
        address: z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 hex digits'),
        sample: sampleShape.pick({
          height: true,
          version: true,
          cpuPermille: true,
          memoryMib: true,
          memoryMaxMib: true,
          diskFreeMib: true,
          clockOffsetMs: true,
          roundTripMs: true,
          lossPermille: true,
        }),
      }),
    )
    .min(1)
    .max(VALIDATORS_MAX)
    .refine((all) => new Set(all.map(({ address }) => address)).size === all.length, 'has a validator twice'),
});
export type ValidatorHeartbeat = z.infer<typeof validatorHeartbeatShape>;

/** How a portal is, by its own figures. `height`: of the read model that it shows; `lag`: blocks of its ledger that it has yet to follow. */
export const portalHeartbeatShape = z.strictObject({
  sample: sampleShape
    .pick({
      height: true,
      version: true,
      cpuPermille: true,
      memoryMib: true,
      memoryMaxMib: true,
      loopDelayMs: true,
      clockOffsetMs: true,
      roundTripMs: true,
      lossPermille: true,
    })
    .extend({ lag: count.max(1_000_000).optional() }),
});
export type PortalHeartbeat = z.infer<typeof portalHeartbeatShape>;

const signature = z.string().regex(/^[0-9a-f]{130}$/, 'must be 65 bytes as hex');
const term = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/),
  value: z.string().min(1).max(TERM_LENGTH_MAX),
});

/** What the agent computed of a source, and its signature over it; `preview` is at most five rows of text cells by column. */
const testAnswer = z.strictObject({
  what: z.literal('test'),
  kind: line(20),
  attributes: z.array(term).max(TERMS_MAX),
  testedAtMs: z.number().int().positive(),
  testSignature: signature,
  preview: rowsShape,
});
/** The agent's key offers itself to the account that asked (ledger/contracts/account/key-possession.ts). */
const proofAnswer = z.strictObject({ what: z.literal('proof'), proof: signature });
/** Why the agent could not, in a sentence. */
const failure = z.strictObject({ what: z.literal('failure'), sentence: line(FAILURE_LENGTH_MAX) });

export const jobAnswerShape = z.discriminatedUnion('what', [testAnswer, proofAnswer, failure]);
export type JobAnswer = z.infer<typeof jobAnswerShape>;

/** Work that waits for an agent: to test a source, or to offer its key to an account. */
export type JobKind = 'test' | 'prove';
