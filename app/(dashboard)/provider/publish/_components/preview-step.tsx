'use client';

import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { previewOf, type StrategyTerms } from '#components/strategy/terms.ts';
import type { Words } from '#components/strategy/words.ts';
import { Facts } from '#components/ui/facts.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import type { DoneTest } from './use-publication.ts';

export interface PreviewStepProps {
  words: Words;
  terms: StrategyTerms;
  test: DoneTest;
  nowMs: number;
}

/** As customers will see it. */
export function PreviewStep({ words, terms, test, nowMs }: PreviewStepProps) {
  const { technicalParsed } = test;
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
            {
              name: 'Size',
              value: `${formatCount(technicalParsed.rows)} rows, ${formatCount(technicalParsed.columns.length)} columns, ${formatBytes(technicalParsed.bytes)}`,
            },
          ]}
        />
      </Section>
      <Section title="Sharing strategy">
        <StrategyFacts strategy={previewOf(terms, nowMs)} />
      </Section>
    </div>
  );
}
