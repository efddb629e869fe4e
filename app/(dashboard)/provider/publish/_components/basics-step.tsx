'use client';

import { textFields } from '#components/ui/draft.ts';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { parseTags, type WordErrors, type WordsDraft } from '#components/strategy/words.ts';
import type { AgentDto } from '#lib/shared/dto.ts';
import {
  LICENCE_MAX,
  REGION_MAX,
  SOURCE_URL_MAX,
  SUMMARY_MAX,
  TAG_MAX,
  TAGS_MAX,
  TITLE_MAX,
} from '#ledger/contracts/resource/definition.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { findKind, type ShownKind } from '#components/kinds/kinds.ts';

/** All tags as one line: each with a comma and a blank. */
const TAGS_LINE_MAX = TAGS_MAX * (TAG_MAX + 2);

export interface BasicsStepProps {
  draft: WordsDraft;
  onChange: (draft: WordsDraft) => void;
  errors: WordErrors;
  agents: readonly AgentDto[];
}

export interface FreeSource {
  /** `0x…/source-id`. */
  value: string;
  label: string;
  title: string;
  kind: ShownKind;
}

/** What can be published now, as one choice each. */
export function freeSources(agents: readonly AgentDto[]): FreeSource[] {
  return agents.flatMap((agent) =>
    agent.sources.flatMap((source) => {
      const kind = findKind(source.kind);
      if (source.resource !== null || kind === undefined) return [];
      const label = `${isolatedText(source.title)} (${kind.ledger.title}) at ${isolatedText(agent.label)}`;
      return [{ value: `${agent.address}/${source.id}`, label, title: source.title, kind }];
    }),
  );
}

/** A source serves one offer at a time; what is left out of the choice is said. */
function describeSources(agents: readonly AgentDto[]): string {
  const sources = agents.flatMap((agent) => agent.sources);
  const offered = sources.filter((source) => source.resource !== null).length;
  const unknown = sources.filter((source) => findKind(source.kind) === undefined).length;
  const rest = [
    offered === 0 ? '' : ` Left out: ${offered} on offer already; retire an offer to publish its source anew.`,
    unknown === 0 ? '' : ` Left out: ${unknown} of a kind that this portal does not know.`,
  ];
  return `What your agent’s configuration names.${rest.join('')}`;
}

/** What the resource is, in the provider's words, and where it comes from. */
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
          ...sources.map(({ value, label }) => ({ value, label })),
        ]}
        error={errors.source}
        description={describeSources(agents)}
        className="sm:col-span-2"
      />
      <Field label="Title" {...field('title')} maxLength={TITLE_MAX} />
      <Field
        label="Tags"
        {...field('tags')}
        maxLength={TAGS_LINE_MAX}
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
        maxLength={SUMMARY_MAX}
        className="sm:col-span-2"
        description="What it contains or offers, for whom it is useful, what it lacks."
      />
      <Field
        label="Region"
        {...field('region')}
        maxLength={REGION_MAX}
        description="What place it is about or stands at, or empty."
      />
      <Field
        label="Licence"
        {...field('licence')}
        maxLength={LICENCE_MAX}
        description="Such as CC BY 4.0, or the terms of a service."
      />
      <Field
        label="Link to the origin"
        {...field('sourceUrl')}
        type="url"
        maxLength={SOURCE_URL_MAX}
        className="sm:col-span-2"
        description="Where it was first published, or empty."
      />
    </Panel>
  );
}
