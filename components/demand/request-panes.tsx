import { useId } from 'react';
import type { Markup } from '#components/ui/markup.ts';
import { Panel } from '#components/ui/page-header.tsx';

export interface RequestPanesProps {
  configure: Markup;
  analysis: Markup;
  plans: Markup;
  /** What the last pane is called, where it does not hold plans. */
  plansTitle?: string;
}

/** A request that was published: what is asked for in a narrow column, beside it what can be bought for it, and below that what it comes to. */
export function RequestPanes({ configure, analysis, plans, plansTitle = 'Plans' }: RequestPanesProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[19rem_minmax(0,1fr)]">
      <Pane title="Configure">{configure}</Pane>
      <div className="flex min-w-0 flex-col gap-4">
        <Pane title={plansTitle}>{plans}</Pane>
        <Pane title="Analysis">{analysis}</Pane>
      </div>
    </div>
  );
}

/** A request while it is written: the form is wide; what it comes to and what can be done with it stay in sight beside it. */
export function DraftPanes({ configure, analysis, plans, plansTitle = 'Plans' }: RequestPanesProps) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <Pane title="Configure">{configure}</Pane>
      <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-[4.5rem]">
        <Pane title="Analysis">{analysis}</Pane>
        <Pane title={plansTitle}>{plans}</Pane>
      </div>
    </div>
  );
}

function Pane({ title, children }: { title: string; children: Markup }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <Panel className="flex flex-col gap-4">
        <h2 id={id}>{title}</h2>
        {children}
      </Panel>
    </section>
  );
}
