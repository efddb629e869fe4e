'use client';

import { useRouter } from 'next/navigation';
import { useIsElsewhereNow, useIsOtherPersonActive } from '#components/ui/tab-owner.tsx';
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { NewVersionNote } from '#components/ui/new-version-note.tsx';
import { checkVersion, isNewVersion, sawVersion, startVersion } from '#components/ui/portal-version.ts';
import { restoreTyped } from '#components/ui/typed.ts';
import { shareStream, thisBrowser, type Deliver, type LiveMessage } from './shared-stream.ts';

const LiveContext = createContext<Set<Deliver> | undefined>(undefined);

/** A refresh waits this long for further news of the same block. */
const GATHER_MS = 150;

export interface LiveUpdatesProps {
  /** Address of the person whose pages these are; null for visitors, who get no stream. */
  person: string | null;
  /** Of the portal that made this page. */
  version: string;
  children: ReactNode;
}

/** The event stream of the page, shared with the browser's other tabs; `LiveRefresh` below it says what concerns whom. */
export function LiveUpdates({ person, version, children }: LiveUpdatesProps) {
  const [listeners] = useState(() => new Set<Deliver>());
  // A stream that is opened while another person is active would be that person's.
  const listener = useIsOtherPersonActive() ? null : person;
  useEffect(() => {
    startVersion(version);
    // A visitor's page hears nothing, so it asks when somebody looks at it again.
    const look = () => {
      if (document.visibilityState === 'visible') void checkVersion();
    };
    document.addEventListener('visibilitychange', look);
    const stop = restoreTyped();
    return () => {
      document.removeEventListener('visibilitychange', look);
      stop();
    };
  }, [version]);
  useEffect(() => {
    if (listener === null) return undefined;
    const name = `interpool-live ${listener}`;
    return shareStream(thisBrowser('/api/events', name), name, (message, isFirst) => {
      sawVersion(message.version);
      for (const deliver of listeners) deliver(message, isFirst);
    });
  }, [listener, listeners]);
  return (
    <LiveContext.Provider value={listeners}>
      <div className="contents">{children}</div>
      <NewVersionNote />
    </LiveContext.Provider>
  );
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

/** Loads the server's part of the page again when something it shows has changed. A page of an old version stays as it is: the router would load it whole, and what was typed would be lost. */
export function LiveRefresh({ ids, asOf, everyMs }: LiveRefreshProps) {
  const listeners = useContext(LiveContext);
  const router = useRouter();
  const wanted = ids.join(' ');
  const renderedAt = useRef(asOf);
  useEffect(() => {
    renderedAt.current = asOf;
  }, [asOf]);

  const isElsewhereNow = useIsElsewhereNow();
  useEffect(() => {
    if (!listeners) return undefined;
    const prefixes = wanted.split(' ').filter(Boolean);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      if (!isNewVersion() && !isElsewhereNow()) router.refresh();
    };
    const listener: Deliver = (message, isFirst) => {
      const isBehind = isFirst && (renderedAt.current === undefined || message.height > renderedAt.current);
      if (!isBehind && !concerns(prefixes, message)) return;
      clearTimeout(timer);
      timer = setTimeout(refresh, GATHER_MS);
    };
    listeners.add(listener);
    return () => {
      clearTimeout(timer);
      listeners.delete(listener);
    };
  }, [listeners, router, wanted, isElsewhereNow]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !isNewVersion() && !isElsewhereNow()) router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, router, isElsewhereNow]);
  return null;
}
