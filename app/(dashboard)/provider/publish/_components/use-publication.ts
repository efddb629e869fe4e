'use client';

import { useState } from 'react';
import { strategyFrom, wordsFrom } from '#components/strategy/kept.ts';
import type { StrategyDraft } from '#components/strategy/terms.ts';
import type { WordsDraft } from '#components/strategy/words.ts';
import { useKeptDraft } from '#components/ui/kept-draft.ts';
import type { PublicationTest } from '#components/wallet/publication.ts';
import type { AgentDto, TechnicalDto } from '#lib/shared/dto.ts';
import { freeSources } from './basics-step.tsx';

export interface DoneTest extends PublicationTest {
  technicalParsed: TechnicalDto;
  preview: Record<string, string | null>[];
}

export interface Publication {
  words: WordsDraft;
  changeWords: (words: WordsDraft) => void;
  strategy: StrategyDraft;
  changeStrategy: (strategy: StrategyDraft) => void;
  /** Of the source that the words name. */
  test: DoneTest | undefined;
  accept: (test: DoneTest) => void;
  /** It is on the ledger: what was typed is forgotten, but for the page that still shows it. */
  published: () => void;
}

/** What a provider has brought together for a publication. What was typed outlives a reload; a test is run again then. */
export function usePublication(address: string, agents: readonly AgentDto[]): Publication {
  const words = useKeptDraft(`publish-words:${address}`, wordsFrom);
  const strategy = useKeptDraft(`publish-strategy:${address}`, strategyFrom);
  const [test, setTest] = useState<DoneTest>();
  // A source may have been published or taken away since it was chosen; one with a test here is the contract's to judge.
  const hasSource = test !== undefined || freeSources(agents).some(({ value }) => value === words.draft.source);

  function changeWords(next: WordsDraft) {
    // Another source has other columns and needs another test.
    if (next.source !== words.draft.source) {
      setTest(undefined);
      strategy.keep({ ...strategy.draft, columns: [] });
    }
    words.keep(next);
  }
  function accept(done: DoneTest) {
    setTest(done);
    const columns = done.technicalParsed.columns.map((column) => column.name);
    const chosen = columns.filter((column) => strategy.draft.columns.includes(column));
    strategy.keep({ ...strategy.draft, columns: chosen.length > 0 ? chosen : columns });
  }
  function published() {
    words.forget();
    strategy.forget();
  }
  return {
    words: hasSource ? words.draft : { ...words.draft, source: '' },
    changeWords,
    strategy: strategy.draft,
    changeStrategy: strategy.keep,
    test,
    accept,
    published,
  };
}
