import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { LinkButton } from './link-button.tsx';
import type { DraftNews } from './kept-draft.ts';

const LOOKS = {
  problem: { icon: CircleAlert, className: 'border-danger/50 bg-danger-soft text-danger-soft-foreground' },
  warning: { icon: TriangleAlert, className: 'border-warning/50 bg-warning-soft text-warning-soft-foreground' },
  success: { icon: CircleCheck, className: 'border-success/50 bg-success-soft text-success-soft-foreground' },
  info: { icon: Info, className: 'border-border bg-surface-secondary text-foreground' },
} as const;

export interface NoteProps {
  kind: keyof typeof LOOKS;
  title?: string;
  children: ReactNode;
  /** Read out at once: for what happened just now, not for what was there when the page opened. */
  isLive?: boolean;
}

export function Note({ kind, title, children, isLive = false }: NoteProps) {
  const { icon: Icon, className } = LOOKS[kind];
  const role = isLive ? (kind === 'problem' ? 'alert' : 'status') : undefined;
  return (
    <div role={role} className={`flex gap-2.5 rounded-md border px-3 py-2 text-sm ${className}`}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        {title ? <p className="font-medium">{title}</p> : null}
        <div className="break-words">{children}</div>
      </div>
    </div>
  );
}

/** A failure in one sentence, kept beside the form that caused it. Nothing when all is well. */
export function ProblemNote({ sentence, title }: { sentence: string | undefined; title?: string }) {
  if (!sentence) return null;
  return (
    <Note kind="problem" isLive {...(title ? { title } : {})}>
      {sentence}
    </Note>
  );
}

export interface EmptyStateProps {
  title: string;
  /** The step that is missing. */
  children: ReactNode;
  action?: { label: string; href: string };
}

/** An empty page names the missing step and links to it. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="rounded-md border border-dashed border-border px-4 py-6">
      <p className="font-medium">{title}</p>
      <p className="mt-1 max-w-prose text-muted">{children}</p>
      {action ? (
        <p className="mt-3">
          <LinkButton href={action.href}>{action.label}</LinkButton>
        </p>
      ) : null}
    </div>
  );
}

const WORDS: Readonly<Record<DraftNews, string>> = {
  changed: 'This draft was changed in another tab of this browser, and stands here as it was left there.',
  clashed:
    'Another tab of this browser had changed this draft before: it stands here as it was left there, and your last change here was not kept. Make it again.',
  gone: 'What you were writing was finished in another tab of this browser. This form begins anew.',
};

/** What another tab did to the draft on the page: nothing is replaced unsaid. */
export function DraftNewsNote({ news }: { news: DraftNews | undefined }) {
  if (news === undefined) return null;
  return (
    <div className="mb-3">
      <Note kind={news === 'clashed' ? 'warning' : 'info'} isLive>
        {WORDS[news]}
      </Note>
    </div>
  );
}
