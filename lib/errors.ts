import { isDatabaseAway } from './database-fault.ts';
import { ledgerSentences, type LedgerCode } from './ledger-sentences.ts';

type ValueOf<Codes> = Codes[keyof Codes] & number;

/** The portal's own codes, above every contract's. */
export const portalCodes = {
  SIGN_IN_REQUIRED: 9001,
  NOT_ALLOWED: 9002,
  NOT_FOUND: 9003,
  INPUT_INVALID: 9004,
  BODY_TOO_LARGE: 9005,
  CONTENT_TYPE_UNSUPPORTED: 9006,
  RATE_LIMITED: 9007,
  METHOD_MISMATCH: 9008,
  SIGNER_NOT_SESSION: 9009,
  IDEMPOTENCY_CONFLICT: 9010,
  OUTCOME_PENDING: 9011,
  LEDGER_UNAVAILABLE: 9012,
  AGENT_SIGNATURE_INVALID: 9013,
  INTERNAL: 9014,
  TOO_MANY_CONNECTIONS: 9015,
  DATABASE_UNAVAILABLE: 9016,
  TOO_MANY_STREAMS: 9017,
  METHOD_NOT_ALLOWED: 9018,
  READ_MODEL_REPLAYING: 9019,
} as const;
export type PortalCode = ValueOf<typeof portalCodes>;

const portalSentences: Record<PortalCode, string> = {
  9001: 'Nobody is signed in here; nothing was done and no money moved. Sign in first.',
  9002: 'Your account has no role that may do this; nothing was done and no money moved. Request the role, or ask somebody who holds it.',
  9003: 'There is no such thing, or it is not yours to see. Check the address.',
  9004: 'The request is not as it must be; nothing was done and no money moved. Correct it and send it again.',
  9005: 'The request is too large; nothing was done and no money moved. Send at most 64 KiB.',
  9006: 'The request must be JSON (content-type application/json); nothing was done and no money moved. Send it as JSON.',
  9007: 'There were too many requests from here; this one was not taken and no money moved. Wait, then try again.',
  9008: 'Another action was signed than this form sends; nothing was recorded and no money moved. Reload the page and sign again.',
  9009: 'Another account signed than is signed in; nothing was recorded and no money moved. Switch to the right account and sign again.',
  9010: 'This request was sent before with another transaction; nothing was recorded twice. Reload the page and look at the result of the first.',
  9011: 'The ledger has the transaction but has not decided it yet; it may still be recorded, once. Look at your transactions in a moment before you sign again.',
  9012: 'The ledger does not answer right now; whether the transaction was recorded shows on your account. Try again in a moment: it cannot happen twice.',
  9013: 'The agent’s request is not signed as it must be, is too old, or was sent before; nothing was done. Check the agent’s clock and key.',
  9014: 'Something failed on our side; nothing half-done was kept. Try again in a moment.',
  9015: 'Too many pages listen for live updates at once; nothing is lost. Reload the page in a while.',
  9016: 'The portal’s database cannot be reached right now; whether a transaction was recorded shows on your account. Try again in a moment: it cannot happen twice.',
  9017: 'Too many live updates are open from here; nothing is lost. Close some pages, or wait a minute.',
  9018: 'This address does not take such a request; nothing was done and no money moved. Send one that the Allow header names.',
  9019: 'The portal reads the whole ledger once after an update, and has not finished; nothing is lost, and nothing was done here. Try again in a moment.',
};

const sentences: Readonly<Record<number, string>> = { ...ledgerSentences, ...portalSentences };

/** HTTP status of each code: every code stands under exactly one. */
const codesByStatus: Record<number, readonly (LedgerCode | PortalCode)[]> = {
  400: [
    1, 4, 5, 7, 105, 106, 107, 110, 201, 203, 302, 303, 305, 307, 312, 401, 402, 403, 404, 506, 507, 508, 509, 510, 512,
    520, 521, 523, 606, 607, 610, 701, 704, 705, 711, 801, 802, 804, 9004, 9008,
  ],
  401: [9001, 9013],
  403: [10, 11, 12, 13, 103, 108, 205, 301, 310, 406, 516, 518, 524, 602, 603, 706, 9002, 9009],
  404: [104, 202, 309, 405, 501, 517, 601, 707, 710, 803, 807, 9003],
  409: [
    3, 6, 8, 9, 14, 15, 101, 102, 109, 204, 206, 306, 308, 311, 313, 314, 315, 407, 408, 502, 503, 504, 505, 511, 513,
    514, 515, 519, 522, 604, 605, 608, 609, 702, 703, 708, 709, 712, 805, 806, 808, 809, 9010,
  ],
  405: [9018],
  413: [2, 304, 9005],
  415: [9006],
  429: [16, 17, 9007, 9017],
  500: [9014],
  503: [18, 9012, 9015, 9016, 9019],
  504: [9011],
};

const statuses = new Map(
  Object.entries(codesByStatus).flatMap(([status, codes]) =>
    codes.map((code) => [Number(code), Number(status)] as const),
  ),
);

interface Words {
  readonly status: number;
  /** Who, what, what it means for money, and what to do next. */
  readonly sentence: string;
}

/** HTTP status and words of a code. One that is not in the table is a defect and reads as one. */
export function wordsOf(code: number): Words {
  const status = statuses.get(code);
  const sentence = sentences[code];
  if (status === undefined || sentence === undefined)
    return { status: 500, sentence: portalSentences[portalCodes.INTERNAL] };
  return { status, sentence };
}

/** Codes that have words, for the test that holds the table against the contracts. */
export function knownCodes(): number[] {
  return Object.keys(sentences).map(Number);
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
  return isDatabaseAway(error) ? portalCodes.DATABASE_UNAVAILABLE : portalCodes.INTERNAL;
}
