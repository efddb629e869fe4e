'use client';

import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { kindOf } from '#components/kinds/kinds.ts';
import { previewOf, type StrategyTerms } from '#components/strategy/terms.ts';
import type { Words } from '#components/strategy/words.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { DoneTest } from './use-publication.ts';

export interface PreviewStepProps {
  words: Words;
  terms: StrategyTerms;
  test: DoneTest;
  nowMs: number;
}

/** As customers will see it. */
export function PreviewStep({ words, terms, test, nowMs }: PreviewStepProps) {
  return (
    <div>
      <Section title="Description">
        <Facts
          facts={[
            { name: 'Title', value: words.title },
            { name: 'Summary', value: words.summary || 'none' },
            { name: 'Tags', value: words.tags.join(', ') || 'none' },
            { name: 'Region', value: words.region || 'not stated' },
            { name: 'Licence', value: words.licence },
            { name: 'Link to the origin', value: words.sourceUrl || 'not stated' },
            ...kindOf(test.kind).screen.facts(test.attributes),
          ]}
        />
      </Section>
      <Section title="Sharing strategy">
        <StrategyFacts
          strategy={previewOf(terms.strategy, { version: 1, nowMs })}
          kind={test.kind}
          capacity={terms.capacity.map(toQuantityDto)}
          attributes={test.attributes}
          isDraft
        />
      </Section>
    </div>
  );
}
