'use client';

import { useSyncExternalStore } from 'react';
import { useIsOtherPersonActive } from '#components/ui/tab-owner.tsx';

const EVERY_MS = 5_000;

/** How many alerts wait, asked for as long as a page shows it and is in sight: one question for all places that show it. */
const store = {
  count: 0,
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
};

function waitingIn(answer: unknown): number | undefined {
  const count =
    typeof answer === 'object' && answer !== null && 'waitingAlerts' in answer ? answer.waitingAlerts : undefined;
  return typeof count === 'number' ? count : undefined;
}

async function ask(): Promise<void> {
  if (document.visibilityState !== 'visible') return;
  try {
    const response = await fetch('/api/v1/monitoring/summary', { cache: 'no-store' });
    if (!response.ok) return;
    const answer: unknown = await response.json();
    const count = waitingIn(answer);
    if (count === undefined || count === store.count) return;
    store.count = count;
    for (const listener of store.listeners) listener();
  } catch {
    // A portal that is away is asked again; the number stays as it was last known.
  }
}

function subscribe(listener: () => void): () => void {
  store.listeners.add(listener);
  if (store.timer === undefined) {
    store.timer = setInterval(() => void ask(), EVERY_MS);
    void ask();
  }
  return () => {
    store.listeners.delete(listener);
    if (store.listeners.size > 0) return;
    clearInterval(store.timer);
    store.timer = undefined;
  };
}

const none = () => 0;
const silent = () => () => undefined;

/** How many alerts nobody has acknowledged, beside the name of their page; nothing while there is none. */
export function WaitingCount() {
  // What is asked while another person is active would be that person's.
  const isOther = useIsOtherPersonActive();
  const count = useSyncExternalStore(isOther ? silent : subscribe, () => store.count, none);
  if (count === 0) return null;
  return (
    <span className="ms-1.5 rounded-sm bg-danger-soft px-1.5 py-0.5 text-xs font-medium text-danger-soft-foreground tabular-nums">
      <span>{count}</span>
      <span className="sr-only">{count === 1 ? ' alert waits' : ' alerts wait'}</span>
    </span>
  );
}
