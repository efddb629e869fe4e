'use client';

import { useRouter } from 'next/navigation';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

/** What `/api/events` says: a height, and the ids that changed as far as the session may read them (`agreement:12`). */
interface LiveMessage {
  height: number;
  changed: string[];
}

type Listener = (message: LiveMessage) => void;

const LiveContext = createContext<Set<Listener> | undefined>(undefined);

/** A refresh waits this long for further news of the same block. */
const GATHER_MS = 150;
const REOPEN_MS = 10_000;

/** A line that is no message says nothing; the next one will. */
function parseMessage(data: string): LiveMessage | undefined {
  try {
    const message = JSON.parse(data) as LiveMessage;
    return Array.isArray(message.changed) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** One event stream for the whole page; `LiveRefresh` below it says what concerns whom. */
export function LiveUpdates({ isSignedIn, children }: { isSignedIn: boolean; children: ReactNode }) {
  const [listeners] = useState(() => new Set<Listener>());
  useEffect(() => {
    if (!isSignedIn) return undefined;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource('/api/events');
      source.onmessage = (event: MessageEvent<string>) => {
        const message = parseMessage(event.data);
        if (message) for (const listener of listeners) listener(message);
      };
      source.onerror = () => {
        // A lost connection comes back by itself; a refused one (too many tabs, portal restarting) is asked again later.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [isSignedIn, listeners]);
  return <LiveContext.Provider value={listeners}>{children}</LiveContext.Provider>;
}

export interface LiveRefreshProps {
  /** Ids or prefixes (`agreement:`) whose change concerns this page; `*` is any block. */
  ids: readonly string[];
  /** Also asks again after this long, for pages that anyone may read; only while the page is in sight. */
  everyMs?: number;
}

/** Loads the server's part of the page again when something it shows has changed. */
export function LiveRefresh({ ids, everyMs }: LiveRefreshProps) {
  const listeners = useContext(LiveContext);
  const router = useRouter();
  const wanted = ids.join(' ');

  useEffect(() => {
    if (!listeners) return undefined;
    const prefixes = wanted.split(' ').filter(Boolean);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener: Listener = (message) => {
      const concerns = prefixes.some(
        (prefix) =>
          prefix === '*' ||
          message.changed.some((id) => id === prefix || (prefix.endsWith(':') && id.startsWith(prefix))),
      );
      if (!concerns) return;
      clearTimeout(timer);
      timer = setTimeout(() => router.refresh(), GATHER_MS);
    };
    listeners.add(listener);
    return () => {
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [listeners, router, wanted]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, router]);
  return null;
}
