import type { ComponentType } from 'react';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger';

/** How a word looks: the colour never stands alone. */
export interface ChipLook {
  readonly tone: Tone;
  readonly icon: ComponentType<{ className?: string; 'aria-hidden'?: boolean }>;
  readonly word: string;
}

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-default text-foreground',
  accent: 'bg-accent-soft text-accent-soft-foreground',
  success: 'bg-success-soft text-success-soft-foreground',
  warning: 'bg-warning-soft text-warning-soft-foreground',
  danger: 'bg-danger-soft text-danger-soft-foreground',
};

/** A word with a colour and an icon. */
export function Chip({ tone, icon: Icon, word }: ChipLook) {
  return (
    <span
      className={`inline-flex w-fit items-center gap-1 rounded-sm px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span>{word}</span>
    </span>
  );
}
