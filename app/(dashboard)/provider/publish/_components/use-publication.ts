'use client';

import { useCallback, useState } from 'react';
import type { Preview } from '#components/kinds/kind.ts';
import { FIRST_KIND, kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { strategyFrom, wordsFrom } from '#components/strategy/kept.ts';
import { fitCapacity, type StrategyDraft } from '#components/strategy/terms.ts';
import type { WordsDraft } from '#components/strategy/words.ts';
import { useKeptDraft } from '#components/ui/kept-draft.ts';
import type { PublicationTest } from '#components/wallet/publication.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { freeSources } from './basics-step.tsx';

export interface DoneTest extends PublicationTest {
  preview: Preview;
}

export interface Publication {
  words: WordsDraft;
  changeWords: (words: WordsDraft) => void;
  /** Of the source that the words name. */
  kind: ShownKind;
  strategy: StrategyDraft;
  changeStrategy: (strategy: StrategyDraft) => void;
  /** Of the source that the words name. */
  test: DoneTest | undefined;
  accept: (test: DoneTest) => void;
  /** Whether the provider has said that the test describes the source as it is meant. */
  isConfirmed: boolean;
  confirm: (isConfirmed: boolean) => void;
  /** It is on the ledger: what was typed is forgotten, but for the page that still shows it. */
  published: () => void;
}

/** What a provider has brought together for a publication. What was typed outlives a reload; a test is run again then. */
export function usePublication(address: string, agents: readonly AgentDto[]): Publication {
  const words = useKeptDraft(`publish-words:${address}`, wordsFrom);
  const [test, setTest] = useState<DoneTest>();
  const [isConfirmed, confirm] = useState(false);
  // A source may have been published or taken away since it was chosen; one with a test here is the contract's to judge.
  const source = freeSources(agents).find(({ value }) => value === words.draft.source);
  const hasSource = test !== undefined || source !== undefined;
  const kind = kindOf(test?.kind ?? source?.kind.name ?? FIRST_KIND);
  const parse = useCallback((text: string) => strategyFrom(kindOf(kind.name), text), [kind.name]);
  const strategy = useKeptDraft(`publish-strategy:${kind.name}:${address}`, parse);

  function changeWords(next: WordsDraft) {
    // Another source shares other things and needs another test.
    if (next.source !== words.draft.source) {
      setTest(undefined);
      confirm(false);
      strategy.keep({ ...strategy.draft, ways: kind.screen.firstWays });
    }
    words.keep(next);
  }
  function accept(done: DoneTest) {
    setTest(done);
    confirm(false);
    const fitted = { ...strategy.draft, ways: kind.screen.fitWays(strategy.draft.ways, done.attributes) };
    strategy.keep(fitCapacity(kind, fitted, done.attributes));
  }
  function published() {
    words.forget();
    strategy.forget();
  }
  return {
    words: hasSource ? words.draft : { ...words.draft, source: '' },
    changeWords,
    kind,
    strategy: strategy.draft,
    changeStrategy: strategy.keep,
    test,
    accept,
    isConfirmed,
    confirm,
    published,
  };
}
