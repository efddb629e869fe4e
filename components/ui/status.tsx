import {
  Ban,
  CheckCheck,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleX,
  Clock,
  PackageCheck,
} from 'lucide-react';
import type { ComponentType } from 'react';

type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger';

interface StatusLook {
  tone: Tone;
  icon: ComponentType<{ className?: string; 'aria-hidden'?: boolean }>;
  word: string;
}

/** The same words on screens, in the API and in the command line; the colour never stands alone. */
const LOOKS: Readonly<Record<string, StatusLook>> = {
  refused: { tone: 'danger', icon: Ban, word: 'refused' },
  reserved: { tone: 'neutral', icon: CircleDashed, word: 'reserved' },
  prepared: { tone: 'accent', icon: PackageCheck, word: 'prepared' },
  active: { tone: 'success', icon: CircleDot, word: 'active' },
  completed: { tone: 'neutral', icon: CircleCheck, word: 'completed' },
  terminated: { tone: 'warning', icon: CircleX, word: 'terminated' },
  failed: { tone: 'danger', icon: CircleX, word: 'failed' },
  settled: { tone: 'neutral', icon: CheckCheck, word: 'settled' },
  published: { tone: 'success', icon: CircleCheck, word: 'published' },
  suspended: { tone: 'warning', icon: CirclePause, word: 'suspended' },
  retired: { tone: 'neutral', icon: Ban, word: 'retired' },
  open: { tone: 'accent', icon: Clock, word: 'open' },
  passed: { tone: 'success', icon: CircleCheck, word: 'passed' },
  rejected: { tone: 'danger', icon: CircleX, word: 'rejected' },
  expired: { tone: 'neutral', icon: Clock, word: 'expired' },
  validating: { tone: 'success', icon: CircleCheck, word: 'validating' },
  leaving: { tone: 'warning', icon: Clock, word: 'leaving' },
  running: { tone: 'success', icon: CircleCheck, word: 'running' },
  stopped: { tone: 'danger', icon: CircleX, word: 'stopped' },
  silent: { tone: 'warning', icon: CircleAlert, word: 'silent' },
  halted: { tone: 'danger', icon: CircleX, word: 'halted' },
  'catching-up': { tone: 'warning', icon: CircleDashed, word: 'catching up' },
  done: { tone: 'success', icon: CircleCheck, word: 'done' },
  revoked: { tone: 'neutral', icon: Ban, word: 'revoked' },
  waiting: { tone: 'accent', icon: Clock, word: 'waiting' },
  contested: { tone: 'warning', icon: CircleAlert, word: 'contested' },
};

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-default text-foreground',
  accent: 'bg-accent-soft text-accent-soft-foreground',
  success: 'bg-success-soft text-success-soft-foreground',
  warning: 'bg-warning-soft text-warning-soft-foreground',
  danger: 'bg-danger-soft text-danger-soft-foreground',
};

export interface StatusProps {
  status: string;
  /** Overrides the word, for outcomes that carry a sentence of their own. */
  word?: string;
}

export function Status({ status, word }: StatusProps) {
  const look = LOOKS[status] ?? { tone: 'neutral' as const, icon: CircleDashed, word: status };
  const Icon = look.icon;
  return (
    <span
      className={`inline-flex w-fit items-center gap-1 rounded-sm px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[look.tone]}`}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {word ?? look.word}
    </span>
  );
}

/** What a transaction came to: done, or the code and its sentence. */
export function Outcome({ code, outcome }: { code: number; outcome: string }) {
  if (code === 0) return <Status status="done" />;
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
      <Status status="refused" word={`refused · code ${code}`} />
      <span className="text-muted">{outcome}</span>
    </span>
  );
}
