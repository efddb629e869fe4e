import { codeDefinitions } from '#ledger/contracts/definitions.ts';
import { isDatabaseAway } from './database-fault.ts';

interface CodeWords {
  readonly code: number;
  readonly status: number;
  /** Who, what, what it means for money, and what to do next. */
  readonly sentence: string;
}

/** The portal's own codes, above every contract's. */
const portalDefinitions = {
  SIGN_IN_REQUIRED: {
    code: 9001,
    status: 401,
    sentence: 'Nobody is signed in here; nothing was done and no money moved. Sign in first.',
  },
  NOT_ALLOWED: {
    code: 9002,
    status: 403,
    sentence:
      'Your account has no role that may do this; nothing was done and no money moved. Request the role, or ask somebody who holds it.',
  },
  NOT_FOUND: {
    code: 9003,
    status: 404,
    sentence: 'There is no such thing, or it is not yours to see. Check the address.',
  },
  INPUT_INVALID: {
    code: 9004,
    status: 400,
    sentence: 'The request is not as it must be; nothing was done and no money moved. Correct it and send it again.',
  },
  BODY_TOO_LARGE: {
    code: 9005,
    status: 413,
    sentence: 'The request is too large; nothing was done and no money moved. Send at most 64 KiB.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    code: 9006,
    status: 415,
    sentence:
      'The request must be JSON (content-type application/json); nothing was done and no money moved. Send it as JSON.',
  },
  RATE_LIMITED: {
    code: 9007,
    status: 429,
    sentence:
      'There were too many requests from here; this one was not taken and no money moved. Wait, then try again.',
  },
  METHOD_MISMATCH: {
    code: 9008,
    status: 400,
    sentence:
      'Another action was signed than this form sends; nothing was recorded and no money moved. Reload the page and sign again.',
  },
  SIGNER_NOT_SESSION: {
    code: 9009,
    status: 403,
    sentence:
      'Another account signed than is signed in; nothing was recorded and no money moved. Switch to the right account and sign again.',
  },
  IDEMPOTENCY_CONFLICT: {
    code: 9010,
    status: 409,
    sentence:
      'This request was sent before with another transaction; nothing was recorded twice. Reload the page and look at the result of the first.',
  },
  OUTCOME_PENDING: {
    code: 9011,
    status: 504,
    sentence:
      'The ledger has the transaction but has not decided it yet; it may still be recorded, once. Look at your transactions in a moment before you sign again.',
  },
  LEDGER_UNAVAILABLE: {
    code: 9012,
    status: 503,
    sentence:
      'The ledger does not answer right now; whether a transaction was recorded shows on your account. Look there before you sign it again.',
  },
  AGENT_SIGNATURE_INVALID: {
    code: 9013,
    status: 401,
    sentence:
      'The agent’s request is not signed as it must be, is too old, or was sent before; nothing was done. Check the agent’s clock and key.',
  },
  INTERNAL: {
    code: 9014,
    status: 500,
    sentence:
      'Something failed on our side; nothing half-done was kept. If you had signed something, look whether it was recorded before you sign it again.',
  },
  TOO_MANY_CONNECTIONS: {
    code: 9015,
    status: 503,
    sentence: 'Too many pages listen for live updates at once; nothing is lost. Reload the page in a while.',
  },
  DATABASE_UNAVAILABLE: {
    code: 9016,
    status: 503,
    sentence:
      'The portal’s database cannot be reached right now; whether a transaction was recorded shows on your account. Look there before you sign it again.',
  },
  TOO_MANY_STREAMS: {
    code: 9017,
    status: 429,
    sentence: 'Too many live updates are open from here; nothing is lost. Close some pages, or wait a minute.',
  },
  METHOD_NOT_ALLOWED: {
    code: 9018,
    status: 405,
    sentence:
      'This address does not take such a request; nothing was done and no money moved. Send one that the Allow header names.',
  },
  READ_MODEL_REPLAYING: {
    code: 9019,
    status: 503,
    sentence:
      'The portal reads the whole ledger once after an update, and has not finished; nothing is lost, and nothing was done here. Try again in a moment.',
  },
  ORIGIN_FOREIGN: {
    code: 9030,
    status: 403,
    sentence:
      'The request comes from a page of another site; nothing was done and no money moved. Open this portal itself and try again there.',
  },
  NONCES_WAITING: {
    code: 9033,
    status: 429,
    sentence:
      'So many transactions of this account were begun and not sent that no number is left for another; nothing was done and no money moved. Send those, or wait ten minutes.',
  },
  PAYLOADS_FULL: {
    code: 9034,
    status: 409,
    sentence:
      'As many programs with their inputs wait here for your account as may; nothing was stored and no money moved. Wait until a task has ended, or withdraw a demand.',
  },
  BODY_LATE: {
    code: 9031,
    status: 408,
    sentence: 'The request did not arrive whole in time; nothing was done and no money moved. Send it again.',
  },
  TOO_MANY_BODIES: {
    code: 9032,
    status: 503,
    sentence:
      'Too many requests arrive at once; this one was not taken and no money moved. Try again in a moment: it cannot happen twice.',
  },
} as const satisfies Readonly<Record<string, CodeWords>>;

type PortalDefinitions = typeof portalDefinitions;
export type PortalCode = PortalDefinitions[keyof PortalDefinitions]['code'];

export const portalCodes = Object.fromEntries(
  Object.entries(portalDefinitions).map(([name, { code }]) => [name, code]),
) as { readonly [Name in keyof PortalDefinitions]: PortalDefinitions[Name]['code'] };

const words = new Map<number, CodeWords>(
  [...codeDefinitions, ...Object.values(portalDefinitions)].map((definition) => [definition.code, definition]),
);

/** HTTP status and words of a code. One that is not in the table is a defect and reads as one. */
export function wordsOf(code: number): { readonly status: number; readonly sentence: string } {
  const { status, sentence } = words.get(code) ?? portalDefinitions.INTERNAL;
  return { status, sentence };
}

/** Codes that have words. */
export function knownCodes(): number[] {
  return [...words.keys()];
}

/** RFC 9457 problem, the one form of every error of the HTTP API. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: number;
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too late',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
  504: 'Not decided yet',
};

/** `detail` replaces the table's sentence where the request itself can say more exactly what is wrong with it. */
export function problemOf(code: number, detail?: string): Problem {
  const { status, sentence } = wordsOf(code);
  return { type: `/problems/${code}`, title: titles[status] ?? 'Error', status, detail: detail ?? sentence, code };
}

/** READ_MODEL_REPLAYING in words, with how far it is. */
export function replaySentence(percent: number): string {
  return `The portal reads the whole ledger once after an update: ${percent} % is done. Nothing is lost, and nothing was done here. Try again in a moment.`;
}

/** The code of something thrown: ledger process and database being away have their own, everything else is a fault of ours. */
export function codeOfFault(error: unknown): PortalCode {
  if (error instanceof Error && error.name === 'LedgerUnavailable') return portalCodes.LEDGER_UNAVAILABLE;
  if (error instanceof Error && error.name === 'IntakeFull') return portalCodes.TOO_MANY_BODIES;
  return isDatabaseAway(error) ? portalCodes.DATABASE_UNAVAILABLE : portalCodes.INTERNAL;
}
