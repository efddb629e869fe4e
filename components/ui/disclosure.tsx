import type { ReactNode } from 'react';

/** The browser's own disclosure: works without script, found by search in the page. */
export function Disclosure({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="group rounded-md border border-border bg-surface">
      <summary className="rounded-md px-3 py-2 text-sm text-muted select-none hover:text-foreground">{summary}</summary>
      <div className="border-t border-separator px-3 py-3">{children}</div>
    </details>
  );
}

/** Text to read or copy exactly; scrolls by itself and by keyboard. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <pre
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-72 overflow-auto rounded-sm bg-surface-secondary p-2.5 font-mono text-xs leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]"
    >
      {text}
    </pre>
  );
}
