import { GRACE_MS_MAX } from '#ledger/contracts/kinds/kind.ts';
import {
  accessKeyOf,
  readGraceMs,
  readStore,
  STORE_REGION,
  storeWaysTerms,
  type Store,
} from '#ledger/contracts/kinds/storage.ts';
import { assert } from '#ledger/core/assert.ts';
import type { BucketAccess } from '#components/bucket/bucket.ts';
import type { KindDraft, ParsedTerms } from '#components/kinds/kind.ts';
import { DURATION_UNIT_NAMES, durationDraft, parseDuration, type DurationUnit } from '#components/ui/duration.ts';
import { durationInWords } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import type { GatewayLink } from '#components/wallet/gateway.ts';
import type { TermDto } from '#lib/shared/dto.ts';

/** The description of a store that the ledger took. */
export function storeOf(attributes: readonly TermDto[]): Store {
  const store = readStore(attributes);
  assert(store, 'the ledger takes a store only with sound attributes');
  return store;
}

/** How long what was stored stays after the end, in ms. */
export function graceMsOf(ways: readonly TermDto[]): number {
  const graceMs = readGraceMs(ways);
  assert(graceMs !== undefined, 'the ledger takes the ways of a store only when they are sound');
  return Number(graceMs);
}

/** The draft of what is shared, by its fields. */
export interface GraceDraft {
  /** A whole number of `graceUnit`, 0 included. */
  readonly grace: string;
  readonly graceUnit: DurationUnit;
}

export function graceIn({ grace, graceUnit }: KindDraft): GraceDraft {
  return {
    grace: typeof grace === 'string' ? grace : '',
    graceUnit: DURATION_UNIT_NAMES.find((unit) => unit === graceUnit) ?? 'hours',
  };
}

export const FIRST_WAYS: KindDraft = { grace: '24', graceUnit: 'hours' };

/** A length that the form cannot say is left open, so that nobody signs another by mistake. */
export function waysDraft(ways: readonly TermDto[]): KindDraft {
  const graceMs = graceMsOf(ways);
  if (graceMs === 0) return { grace: '0', graceUnit: 'hours' };
  const { duration, durationUnit } = durationDraft(graceMs);
  return { grace: graceMs % 1_000 === 0 ? duration : '', graceUnit: durationUnit };
}

function parseGrace({ grace, graceUnit }: GraceDraft): number | undefined {
  const reading = readNumber(grace, { decimals: 0 });
  return reading.ok && reading.value === 0n ? 0 : parseDuration(grace, graceUnit, GRACE_MS_MAX);
}

export function parseWays(draft: KindDraft): ParsedTerms {
  const typed = graceIn(draft);
  const graceMs = parseGrace(typed);
  if (graceMs !== undefined) return { ok: true, terms: storeWaysTerms(BigInt(graceMs)) };
  const sentence = `How long it stays must be a whole number, from 0 to ${durationInWords(Number(GRACE_MS_MAX))}.`;
  return { ok: false, errors: { grace: numberProblem(typed.grace, { decimals: 0 }) ?? sentence } };
}

/** What opens an order's bucket, as its provider's gateway knows it: one access key for each issue of its link. The bucket is that of the first of several orders that follow each other. */
export function accessOf(
  { url, token }: GatewayLink,
  of: { agreement: number; issue: number; bucket: string },
): BucketAccess {
  return {
    endpoint: new URL(url).origin,
    region: STORE_REGION,
    bucket: of.bucket,
    accessKey: accessKeyOf(of),
    secretKey: token,
  };
}
