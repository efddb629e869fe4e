import type { ReactNode } from 'react';

export interface Fact {
  name: string;
  value: ReactNode;
}

/** A fact in words alone: two of them can be told apart. */
export interface WordFact {
  readonly name: string;
  readonly value: string;
}

/** Names and values of one thing, one line each; where the box that they stand in is narrow, a value that does not fit beside its name goes below it. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="@container w-full divide-y divide-separator rounded-md border border-border bg-surface">
      {facts.map((fact) => (
        <div
          key={fact.name}
          className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 px-3 py-1.5 @sm:grid @sm:grid-cols-[minmax(9rem,30%)_1fr]"
        >
          <dt className="text-muted">{fact.name}</dt>
          <dd className="min-w-0 break-words">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface Figure {
  name: string;
  value: ReactNode;
  note?: ReactNode;
}

/** More stand in rows of four: a last row of one would be nearly empty. */
const ONE_ROW_MAX = 6;

/** A few figures side by side. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  const columns =
    figures.length > ONE_ROW_MAX
      ? 'sm:grid-cols-4'
      : 'sm:grid-cols-3 lg:grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))]';
  return (
    <dl className={`grid grid-cols-2 gap-px overflow-hidden rounded-md border border-border bg-separator ${columns}`}>
      {figures.map((figure) => (
        <div key={figure.name} className="min-w-0 bg-surface px-3 py-2 max-sm:last:odd:col-span-2">
          <dt className="text-xs text-muted">{figure.name}</dt>
          <dd className="text-lg leading-snug font-semibold break-words tabular-nums">{figure.value}</dd>
          {figure.note ? <dd className="text-xs text-muted">{figure.note}</dd> : null}
        </div>
      ))}
    </dl>
  );
}
