'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

const SHOWN_MS = 2_000;

export interface CopyButtonProps {
  text: string;
  /** What is copied, in words; the button's name is `Copy <what>`. */
  what: string;
  /** Shows the name beside the icon. */
  isLabelled?: boolean;
}

export function CopyButton({ text, what, isLabelled = false }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state !== 'copied') return undefined;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
  }

  const Icon = state === 'copied' ? Check : Copy;
  return (
    <span className="inline-flex max-w-full flex-wrap items-center gap-1">
      <button
        type="button"
        aria-label={`Copy ${what}`}
        onClick={copy}
        className="inline-flex min-h-6 min-w-6 cursor-pointer items-center justify-center gap-1 rounded-sm px-1 text-muted hover:bg-default hover:text-foreground"
      >
        <Icon className="size-3.5" aria-hidden />
        {isLabelled ? <span className="text-xs">{`Copy ${what}`}</span> : null}
      </button>
      <span role="status" className={state === 'refused' ? 'text-xs text-danger' : 'sr-only'}>
        {state === 'copied'
          ? 'Copied'
          : state === 'refused'
            ? 'The browser did not allow copying. Copy it from here:'
            : ''}
      </span>
      {state === 'refused' ? <Selected text={text} what={what} /> : null}
    </span>
  );
}

/** The text, selected for the keys that copy: browsers give pages over plain http no clipboard. */
function Selected({ text, what }: { text: string; what: string }) {
  return (
    <input
      readOnly
      autoFocus
      value={text}
      aria-label={`${what}, to be copied`}
      onFocus={(event) => event.currentTarget.select()}
      className="min-w-0 rounded-sm border border-border bg-surface px-1 font-mono text-xs"
    />
  );
}
