'use client';

import { textFields } from '#components/ui/draft.ts';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { parseTags, type WordErrors, type WordsDraft } from '#components/strategy/words.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';

export interface BasicsStepProps {
  draft: WordsDraft;
  onChange: (draft: WordsDraft) => void;
  errors: WordErrors;
  agents: readonly AgentDto[];
}

/** What can be published now, as one choice each: `0x…/source-id`. */
export function freeSources(agents: readonly AgentDto[]) {
  return agents.flatMap((agent) =>
    agent.sources
      .filter((source) => source.resource === null)
      .map((source) => ({
        value: `${agent.address}/${source.id}`,
        label: `${isolatedText(source.title)} (${source.format}) at ${isolatedText(agent.label)}`,
        title: source.title,
      })),
  );
}

/** A source serves one offer at a time; what is on offer is left out of the choice, and said. */
function describeSources(agents: readonly AgentDto[]): string {
  const offered = agents.flatMap((agent) => agent.sources).filter((source) => source.resource !== null).length;
  const rest =
    offered === 0 ? '' : ` Left out: ${offered} on offer already; retire an offer to publish its source anew.`;
  return `Files in your agent’s configuration.${rest}`;
}

/** What the data is, in the provider's words, and where it comes from. */
export function BasicsStep({ draft, onChange, errors, agents }: BasicsStepProps) {
  const field = textFields({ draft, onChange, errors });
  const change = (part: Partial<WordsDraft>) => onChange({ ...draft, ...part });
  const sources = freeSources(agents);
  function choose(source: string) {
    const title = sources.find((candidate) => candidate.value === source)?.title ?? '';
    change({ source, ...(draft.title.trim() === '' ? { title } : {}) });
  }
  const tags = parseTags(draft.tags);
  return (
    <Panel className="grid gap-4 sm:grid-cols-2">
      <Select
        label="Source"
        name="source"
        value={draft.source}
        onChange={choose}
        options={[
          { value: '', label: sources.length > 0 ? 'Choose…' : 'No source is free to be published' },
          ...sources,
        ]}
        error={errors.source}
        description={describeSources(agents)}
        className="sm:col-span-2"
      />
      <Field label="Title" {...field('title')} maxLength={120} />
      <Field
        label="Tags"
        {...field('tags')}
        maxLength={400}
        description={
          tags.length > 0
            ? `Separated by commas: ${tags.join(', ')}`
            : 'Separated by commas, such as weather, aviation. Relevance is judged by them.'
        }
      />
      <Field
        label="Summary"
        {...field('summary')}
        rows={4}
        maxLength={2000}
        className="sm:col-span-2"
        description="What it contains, for whom it is useful, what it lacks."
      />
      <Field label="Region" {...field('region')} maxLength={80} description="Where the data is about, or empty." />
      <Field label="Licence" {...field('licence')} maxLength={120} description="Such as CC BY 4.0." />
      <Field
        label="Link to the origin"
        {...field('sourceUrl')}
        type="url"
        maxLength={300}
        className="sm:col-span-2"
        description="Where the data was first published, or empty."
      />
    </Panel>
  );
}
