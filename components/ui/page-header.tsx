import type { ReactNode } from 'react';
import type { Markup } from './markup.ts';

export interface PageHeaderProps {
  title: ReactNode;
  /** One sentence: what can be done here. */
  lead?: ReactNode;
  /** Status or freshness, in one line under the title. */
  meta?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, lead, meta, actions }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-3xl">
        <h1 className="break-words">{title}</h1>
        {lead ? <p className="mt-1 text-muted">{lead}</p> : null}
        {meta ? <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">{meta}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
    </header>
  );
}

export interface SectionProps {
  title: string;
  id?: string;
  aside?: ReactNode;
  children: Markup;
}

/** A titled part of a page. */
export function Section({ title, id, aside, children }: SectionProps) {
  const headingId = id ?? `section-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  return (
    <section aria-labelledby={headingId} className="mt-7 first:mt-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-2">
        <h2 id={headingId}>{title}</h2>
        {aside ? <div className="text-sm text-muted">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** A bordered surface for a form or a few sentences. */
export function Panel({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={`rounded-md border border-border bg-surface p-4 ${className ?? ''}`}>{children}</div>;
}
