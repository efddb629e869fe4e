'use client';

import { useEffect, useRef, useState } from 'react';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { AdmissionDto, JudgedConditionDto, QuantityDto, TermDto } from '#lib/shared/dto.ts';
import { DURATION_MS_MAX } from '#ledger/contracts/agreement/definition.ts';
import { meterOf } from './amounts.ts';
import { statedUse, type UseDraft } from './intended-use.ts';

/** A use as the contract is asked about it: '' and 0, and what is not listed, are not stated yet. */
export interface UseQuestion {
  resource: number;
  purpose: string;
  field: string;
  durationMs: number;
  choices: TermDto[];
  amounts: QuantityDto[];
}

export type AdmissionAnswer = { ok: true; admission: AdmissionDto } | { ok: false; sentence: string };
/** Asks the contract. */
export type AskAdmission = (question: UseQuestion) => Promise<AdmissionAnswer>;

/** Whoever types on is not asked about: the contract hears what stands for so long. */
const PAUSE_MS = 300;

/** What stands in the form; beyond what the ledger holds, the most that it does. */
export function questionOf(kind: ShownKind, draft: UseDraft, resource: number): UseQuestion {
  const { purpose, fieldOfBusiness: field, durationMs, choices, amounts } = statedUse(kind, draft);
  return {
    resource,
    purpose,
    field,
    durationMs: Math.min(durationMs, Number(DURATION_MS_MAX)),
    choices,
    amounts: amounts.map(({ meter, amount }) => {
      const { max } = meterOf(kind.ledger, meter);
      return { meter, amount: Number(amount < max ? amount : max) };
    }),
  };
}

/** Paths, as rules read them, of what differs between two questions. */
export function changedPaths(left: UseQuestion, right: UseQuestion): ReadonlySet<string> {
  const of = (question: UseQuestion): Map<string, string> =>
    new Map([
      ['use.purpose', question.purpose],
      ['use.field', question.field],
      ['use.durationMs', String(question.durationMs)],
      ...question.choices.map(({ name: word, value }): [string, string] => [`use.choice.${word}`, value]),
      ...question.amounts.map(({ meter, amount }): [string, string] => [`use.amount.${meter}`, String(amount)]),
    ]);
  const [one, other] = [of(left), of(right)];
  return new Set([...one.keys(), ...other.keys()].filter((path) => one.get(path) !== other.get(path)));
}

/** What a form shows of a condition: the contract's verdict, or that it is being asked about a field that has changed since. */
export type ShownCondition = Omit<JudgedConditionDto, 'verdict'> & {
  verdict: JudgedConditionDto['verdict'] | 'asking';
};

interface Judged {
  question: UseQuestion;
  admission: AdmissionDto;
}

export interface Judgement {
  conditions: readonly ShownCondition[];
  /** The contract's answer to what stands in the form now; undefined while it is asked. */
  current: AdmissionDto | undefined;
  /** The newest answer, also to what stood there before. */
  latest: AdmissionDto | undefined;
  /** Why nothing was answered to what stands in the form now. */
  sentence: string | undefined;
}

/** Whether what stands in the form would be refused, as far as the contract has said: a verdict that still holds stops it too. */
export function isRefusalForeseen({ current, conditions }: Pick<Judgement, 'current' | 'conditions'>): boolean {
  return current === undefined ? conditions.some(({ verdict }) => verdict === 'unmet') : !current.admitted;
}

/**
 * Has the contract judge what stands in a form, whenever it has stood still for a moment, and again when the strategy has another version.
 * `first` is its answer to a use of which nothing is stated. An answer that comes late, to a question of before, is not shown as one to this.
 */
export function useJudgement(of: {
  question: UseQuestion;
  version: number;
  first: AdmissionDto | null;
  ask: AskAdmission;
}): Judgement {
  const { question, version, first, ask } = of;
  const [judged, setJudged] = useState<(Judged & { key: string }) | undefined>(
    first === null ? undefined : { key: '', question: { ...EMPTY, resource: question.resource }, admission: first },
  );
  const [sentence, setSentence] = useState<string>();
  const key = JSON.stringify([version, question]);
  const newest = useRef(key);
  useEffect(() => {
    newest.current = key;
    const asked = (JSON.parse(key) as [number, UseQuestion])[1];
    const timer = setTimeout(() => {
      const answered = (answer: AdmissionAnswer): void => {
        if (newest.current !== key) return;
        setSentence(answer.ok ? undefined : answer.sentence);
        if (answer.ok) setJudged({ key, question: asked, admission: answer.admission });
      };
      ask(asked).then(answered, async () => {
        answered({ ok: false, sentence: await whyNoAnswer(NO_ANSWER) });
      });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [key, ask]);
  const isCurrent = judged?.key === key;
  return {
    conditions: judged === undefined ? [] : shownConditions(judged, question),
    current: isCurrent ? judged.admission : undefined,
    latest: judged?.admission,
    sentence: isCurrent ? undefined : sentence,
  };
}

const EMPTY = { purpose: '', field: '', durationMs: 0, choices: [], amounts: [] };
const NO_ANSWER =
  'The contract did not answer, so nothing is said about what stands here now. Change a field to ask again.';

/** Conditions that read nothing that has changed keep their verdict. */
export function shownConditions({ question, admission }: Judged, now: UseQuestion): ShownCondition[] {
  const changed = changedPaths(question, now);
  return admission.conditions.map((condition) =>
    condition.reads.some((path) => changed.has(path)) ? { ...condition, verdict: 'asking', changes: [] } : condition,
  );
}
