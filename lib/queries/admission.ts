import 'server-only';
import { z } from 'zod';
import { BOUNDED } from '#ledger/contracts/shared/fields.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { plain, queryLedger } from '#lib/ledger-client.ts';
import type { AdmissionDto, FailedConditionDto, JudgedConditionDto, QuantityDto, TermDto } from '#lib/shared/dto.ts';
import { toFailed, type StoredFailed } from './failed-conditions.ts';
import { idOf, readAsOf } from './page.ts';

/** What the customer means to ask for, in the words of the resource's kind. */
export interface AdmissionQuestion {
  resource: number;
  purpose: string;
  field: string;
  durationMs: number;
  choices: readonly TermDto[];
  amounts: readonly QuantityDto[];
}

/** Items of one list of a question: as many as a transaction takes. */
const ITEMS_MAX = 32;
const TEXT_LENGTH_MAX = 8_192;

const text = z.string().max(TEXT_LENGTH_MAX);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const questionShape = z.strictObject({
  resource: count,
  purpose: text,
  field: text,
  durationMs: count.max(Number(BOUNDED.Id)),
  choices: z.array(z.strictObject({ name: text, value: text })).max(ITEMS_MAX),
  amounts: z.array(z.strictObject({ meter: text, amount: count })).max(ITEMS_MAX),
});

type StoredJudged = Omit<JudgedConditionDto, 'index' | 'asked'> & { index: string };
type Answer = { admitted: boolean; failed: StoredFailed[]; judged: StoredJudged[] };

function toJudged({ index, ...judged }: StoredJudged, failed: readonly FailedConditionDto[]): JudgedConditionDto {
  const place = Number(index);
  const asked = judged.verdict === 'unmet' ? failed.find((condition) => condition.index === place)?.asked : undefined;
  return { ...judged, index: place, asked: asked ?? null };
}

/**
 * 'Would I be admitted?', answered by the contract's own rules for the signed-in account. '' and 0, and what a list lacks, mean that
 * nothing is stated yet. Null without an account, for a resource that
 * does not exist, and for figures that are none.
 */
export async function getAdmission(question: AdmissionQuestion): Promise<AdmissionDto | null> {
  const access = await authorize('admission.read');
  const parsed = questionShape.safeParse(question);
  const resource = parsed.success ? idOf(parsed.data.resource) : undefined;
  if (!access.ok || access.account === null || resource === undefined || !parsed.success) return null;
  const { purpose, field, durationMs, choices, amounts } = parsed.data;
  const answer = await queryLedger('admission', {
    account: BigInt(access.account),
    resource,
    use: {
      purpose,
      field,
      durationMs: BigInt(durationMs),
      choices,
      amounts: amounts.map(({ meter, amount }) => ({ meter, amount: BigInt(amount) })),
    },
  });
  if (!answer.ok) return null;
  const { admitted, failed, judged } = plain(answer.value) as Answer;
  const [row, { timeMs }] = await Promise.all([
    database().resource.findUnique({ where: { id: resource }, select: { kind: true } }),
    readAsOf(),
  ]);
  const kind = row?.kind ?? '';
  const words = failed.map((condition) => toFailed(condition, kind));
  return {
    admitted,
    failed: words,
    conditions: judged.map((condition) => toJudged(condition, words)),
    asOf: { height: Number(answer.height), timeMs },
  };
}
