import { z } from 'zod';

/** What an agent says of itself over the HTTP API: parsed strictly, bounded, kept as it was parsed. */
const SOURCES_MAX = 200;
const PREVIEW_ROWS_MAX = 5;
const PREVIEW_COLUMNS_MAX = 512;
const TERMS_MAX = 32;
const TERM_LENGTH_MAX = 8_192;
const FAILURE_LENGTH_MAX = 1_200;

const line = (lengthMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^[^\p{Cc}\p{Surrogate}]*$/u, 'holds control characters');

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
export type AgentLoad = z.infer<typeof loadShape>;

export const heartbeatShape = z.strictObject({
  atMs: z.number().int().positive(),
  sources: z.array(sourceShape).max(SOURCES_MAX),
  load: loadShape,
});

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
