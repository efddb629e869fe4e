'use client';

import { useRouter } from 'next/navigation';
import { useIsOtherPersonActive } from '#components/ui/tab-owner.tsx';
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';

/** What `/api/events` says: a height, and the ids that changed as far as the session may read them (`agreement:12`). */
interface LiveMessage {
  height: number;
  changed: string[];
}

/** `isFirst`: what happened between the page's rendering and the stream's opening is in no message. */
type Listener = (message: LiveMessage, isFirst: boolean) => void;

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
  // A stream that is opened while another person is active would be that person's.
  const isWanted = !useIsOtherPersonActive() && isSignedIn;
  useEffect(() => {
    if (!isWanted) return undefined;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      let isFirst = true;
      source = new EventSource('/api/events');
      source.onopen = () => {
        isFirst = true;
      };
      source.onmessage = (event: MessageEvent<string>) => {
        const message = parseMessage(event.data);
        if (!message) return;
        for (const listener of listeners) listener(message, isFirst);
        isFirst = false;
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
  }, [isWanted, listeners]);
  return <LiveContext.Provider value={listeners}>{children}</LiveContext.Provider>;
}

export interface LiveRefreshProps {
  /** Ids or prefixes (`agreement:`) whose change concerns this page; `*` is any block. */
  ids: readonly string[];
  /**
   * Height that the page was rendered at: a stream that opens later refreshes at once. Left out, it always does, which is right where
   * a step may fall between two reads of one rendering.
   */
  asOf?: number;
  /** Also asks again after this long, for pages that anyone may read; only while the page is in sight. */
  everyMs?: number;
}

function concerns(wanted: readonly string[], { changed }: LiveMessage): boolean {
  return wanted.some(
    (prefix) =>
      prefix === '*' || changed.some((id) => id === prefix || (prefix.endsWith(':') && id.startsWith(prefix))),
  );
}

/** Loads the server's part of the page again when something it shows has changed. */
export function LiveRefresh({ ids, asOf, everyMs }: LiveRefreshProps) {
  const listeners = useContext(LiveContext);
  const router = useRouter();
  const wanted = ids.join(' ');
  const renderedAt = useRef(asOf);
  useEffect(() => {
    renderedAt.current = asOf;
  }, [asOf]);

  useEffect(() => {
    if (!listeners) return undefined;
    const prefixes = wanted.split(' ').filter(Boolean);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener: Listener = (message, isFirst) => {
      const isBehind = isFirst && (renderedAt.current === undefined || message.height > renderedAt.current);
      if (!isBehind && !concerns(prefixes, message)) return;
      clearTimeout(timer);
      timer = setTimeout(() => router.refresh(), GATHER_MS);
    };
    listeners.add(listener);
    return () => {
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [listeners, router, wanted]);

  const isOther = useIsOtherPersonActive();
  useEffect(() => {
    if (everyMs === undefined || isOther) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isOther, router]);
  return null;
}
