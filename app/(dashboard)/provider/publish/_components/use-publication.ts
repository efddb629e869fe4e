'use client';

import { useCallback, useState } from 'react';
import { FIRST_KIND, kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { progressFrom, strategyFrom, wordsFrom } from '#components/strategy/kept.ts';
import { fitCapacity, type StrategyDraft } from '#components/strategy/terms.ts';
import type { WordsDraft } from '#components/strategy/words.ts';
import { useKeptDraft, type DraftNews } from '#components/ui/kept-draft.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { freeSources } from './basics-step.tsx';
import { useKeptTest, type DoneTest, type KeptTest } from './use-kept-test.ts';

export interface Publication {
  /** Index of the step that was left open, in this tab or in another. */
  step: number;
  goTo: (step: number) => void;
  words: WordsDraft;
  changeWords: (words: WordsDraft) => void;
  /** Of the source that the words name. */
  kind: ShownKind;
  strategy: StrategyDraft;
  changeStrategy: (strategy: StrategyDraft) => void;
  /** Of the source that the words name. */
  test: DoneTest | undefined;
  /** How the test that was run before is had again. */
  keptTest: KeptTest['state'];
  /** `job`: the portal's name for the test. */
  accept: (test: DoneTest, job: string) => void;
  /** Whether the provider has said that the test describes the source as it is meant. */
  isConfirmed: boolean;
  confirm: (isConfirmed: boolean) => void;
  /** It is on the ledger: what was typed is forgotten, but for the page that still shows it. */
  published: () => void;
  /** What another tab did to the draft. */
  news: DraftNews | undefined;
}

/** What a provider has brought together for a publication. A reload and another tab go on from it: step, words, terms and the test. */
export function usePublication(address: string, agents: readonly AgentDto[]): Publication {
  const words = useKeptDraft(`publish-words:${address}`, wordsFrom);
  const progress = useKeptDraft(`publish-progress:${address}`, progressFrom);
  const { source: tested, job, isConfirmed, step } = progress.draft;
  /** The step of this tab: where it was opened, then where somebody moved here. Another tab that moves on does not take it along. */
  const [ownStep, setOwnStep] = useState<number>();
  // A source may have been published or taken away since it was chosen; one with a test here is the contract's to judge.
  const source = freeSources(agents).find(({ value }) => value === words.draft.source);
  const isTested = job !== '' && tested === words.draft.source;
  const { test, state, hold } = useKeptTest({ agents, source: words.draft.source, job: isTested ? job : '' });
  if (ownStep === undefined && (state === 'there' || state === 'lost')) setOwnStep(step);
  const kind = kindOf(test?.kind ?? source?.kind.name ?? FIRST_KIND);
  const parse = useCallback((text: string) => strategyFrom(kindOf(kind.name), text), [kind.name]);
  const strategy = useKeptDraft(`publish-strategy:${kind.name}:${address}`, parse);
  const shown = ownStep ?? step;

  function changeWords(next: WordsDraft) {
    setOwnStep(shown);
    // Another source shares other things and needs another test.
    if (next.source !== words.draft.source) {
      progress.keep({ ...progress.draft, job: '', source: '', isConfirmed: false });
      strategy.keep({ ...strategy.draft, ways: kind.screen.firstWays });
    }
    words.keep(next);
  }
  function changeStrategy(next: StrategyDraft) {
    setOwnStep(shown);
    strategy.keep(next);
  }
  function accept(done: DoneTest, jobOfTest: string) {
    hold(done, jobOfTest);
    progress.keep({ step: shown, source: words.draft.source, job: jobOfTest, isConfirmed: false });
    const fitted = { ...strategy.draft, ways: kind.screen.fitWays(strategy.draft.ways, done.attributes) };
    strategy.keep(fitCapacity(kind, fitted, done.attributes));
  }
  function goTo(next: number) {
    setOwnStep(next);
    progress.keep({ ...progress.draft, step: next });
  }
  function published() {
    words.forget();
    strategy.forget();
    progress.forget();
  }
  return {
    step: shown,
    goTo,
    words: test !== undefined || source !== undefined ? words.draft : { ...words.draft, source: '' },
    changeWords,
    kind,
    strategy: strategy.draft,
    changeStrategy,
    test,
    keptTest: state,
    accept,
    isConfirmed: isConfirmed && test !== undefined,
    confirm: (isMeant) => progress.keep({ ...progress.draft, step: shown, isConfirmed: isMeant }),
    published,
    news: words.news ?? strategy.news,
  };
}
