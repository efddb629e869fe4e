import { codeDefinitions } from '#ledger/contracts/definitions.ts';

/** What was signed last in this tab: enough to ask the ledger for it, and nothing that could sign again. */
export interface LastSigned {
  /** What it does, in the words of the method's definition. */
  does: string;
  /** Its id, 64 hex digits. */
  tx: string;
  /** The ledger does not take it after this time. */
  validUntilMs: number;
}

export type Standing =
  | { state: 'recorded'; height: number; data: Record<string, string> }
  | { state: 'refused'; height: number; sentence: string }
  /** Not there, and its time is up: it cannot come any more. */
  | { state: 'expired' }
  /** Not there yet. */
  | { state: 'open' }
  /** Nobody answered. */
  | { state: 'silent' };

const KEPT = 'interpool-last-signed';
/** The portal holds an answer back for so long when the ledger has not decided. */
const WAIT_MS = 2_000;
const ANSWER_MS_MAX = 10_000;
const AGAIN_MS = 2_000;
/** A block may still be on its way to the portal. */
const LATE_MS = 60_000;
/** What was signed longer ago is no news. */
const NEWS_MS_MAX = 30 * 60_000;

/** Kept for the case that the page breaks before it shows the outcome; a browser that keeps nothing loses only that. */
export function keepLastSigned(signed: LastSigned): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...signed, keptAtMs: Date.now() }));
  } catch {
    // The form itself still waits for the outcome.
  }
}

/** Undefined when nothing was signed here, or so long ago that it is no news. Both times are this device's, whatever it shows. */
export function lastSigned(nowMs: number): LastSigned | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as (LastSigned & { keptAtMs: number }) | null;
    const isWhole = kept !== null && /^[0-9a-f]{64}$/.test(kept.tx) && Number.isSafeInteger(kept.validUntilMs);
    return isWhole && Math.abs(nowMs - kept.keptAtMs) <= NEWS_MS_MAX ? kept : undefined;
  } catch {
    return undefined;
  }
}

interface Item {
  height: number;
  code: number;
  data: unknown;
}

function textsOf(data: unknown): Record<string, string> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return {};
  return Object.fromEntries(
    Object.entries(data).map(([name, field]) => [name, typeof field === 'string' ? field : JSON.stringify(field)]),
  );
}

function standingOf({ height, code, data }: Item): Standing {
  if (code === 0) return { state: 'recorded', height, data: textsOf(data) };
  const words = codeDefinitions.find((definition) => definition.code === code)?.sentence;
  return { state: 'refused', height, sentence: words ?? 'The contract refused it, and nothing moved.' };
}

/** Asks once. The portal's clock says whether its time is up, since the one of this computer may be wrong. */
export async function askLedger(signed: LastSigned, ask: typeof fetch = fetch): Promise<Standing> {
  try {
    const response = await ask(`/api/v1/transactions/${signed.tx}?wait=${WAIT_MS}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (response.ok) return standingOf((await response.json()) as Item);
    const nowMs = Date.parse(response.headers.get('date') ?? '');
    if (response.status !== 404 || Number.isNaN(nowMs)) return { state: 'silent' };
    return { state: nowMs > signed.validUntilMs + LATE_MS ? 'expired' : 'open' };
  } catch {
    return { state: 'silent' };
  }
}

/** Asks until the outcome is known, telling each answer, or until `signal` ends it; the last answer. */
export async function followStanding(
  signed: LastSigned,
  signal: AbortSignal,
  tell: (standing: Standing) => void = () => undefined,
): Promise<Standing> {
  for (;;) {
    const standing = await askLedger(signed);
    if (!signal.aborted) tell(standing);
    if (signal.aborted || (standing.state !== 'open' && standing.state !== 'silent')) return standing;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, AGAIN_MS);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

/** What is known, what it means and what to do: never to sign again while it may still be recorded. */
export function standingInWords(standing: Standing, options: { isFollowed: boolean }): string {
  const next = options.isFollowed ? 'this page goes on asking.' : 'load the page again and look.';
  switch (standing.state) {
    case 'recorded':
      return `The ledger has recorded it, in block ${standing.height}: it is done. Do not sign it again.`;
    case 'refused':
      return `The ledger has decided it, in block ${standing.height}, and refused it: ${standing.sentence}`;
    case 'expired':
      return 'The ledger has not recorded it and its time is up: it cannot be recorded any more, and nothing moved. You can sign it again.';
    case 'open':
      return `The ledger has not recorded it yet, and still may. Do not sign it again before you know: ${next}`;
    case 'silent':
      return `The portal does not answer, so it is not known whether the ledger has recorded it. Do not sign it again before you know: ${next}`;
  }
}
