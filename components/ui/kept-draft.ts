'use client';

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';

const PREFIX = 'interpool-draft:';

/** What is being typed on this page, by its name. The browser keeps a copy, which every tab of it reads. */
const typed = new Map<string, string>();
/** Drafts that are done with, though this page still shows them. */
const forgotten = new Set<string>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const changed of listeners) changed();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** A browser may keep nothing for this site, or nothing more: then a draft lives as long as its page. */
function withStorage<Result>(act: (storage: Storage) => Result): Result | undefined {
  try {
    return act(localStorage);
  } catch {
    return undefined;
  }
}

/** What the browser keeps now; undefined where it keeps nothing. */
const kept = (name: string): string | undefined => withStorage((storage) => storage.getItem(PREFIX + name) ?? '');

function read(name: string): string {
  const known = typed.get(name);
  if (known !== undefined) return known;
  const text = kept(name) ?? '';
  typed.set(name, text);
  return text;
}

/** True when it was written; false when another tab had written something else since this page read it, which then stands here. */
function write(name: string, text: string): boolean {
  const now = kept(name);
  const isCurrent = now === undefined || now === read(name);
  typed.set(name, isCurrent ? text : now);
  if (isCurrent) withStorage((storage) => storage.setItem(PREFIX + name, text));
  tell();
  return isCurrent;
}

/** Forgets every draft of a person, whose address stands in their names: who uses the browser next may be somebody else. */
export function forgetDraftsOf(address: string): void {
  withStorage((storage) => {
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
    for (const name of names.filter((key) => key.startsWith(PREFIX) && key.includes(address))) storage.removeItem(name);
  });
}

/** What another tab did to a draft that this page shows. */
export type DraftNews = 'changed' | 'gone' | 'clashed';

export interface KeptDraft<Draft> {
  draft: Draft;
  keep: (draft: Draft) => void;
  /** The page goes on to show the draft until it is left, and nothing of it comes back after. */
  forget: () => void;
  /** `clashed`: the last change here was not kept, since another tab's had come before it. Undefined until another tab does something. */
  news: DraftNews | undefined;
}

/**
 * A form's draft that a reload does not lose, and that stands the same in every tab of the browser: what one tab writes the others show.
 * `name` tells people's drafts apart, since one browser may sign in as several; `parse` gives the empty draft for a text that is none. Give
 * it the same function every time.
 */
export function useKeptDraft<Draft>(name: string, parse: (text: string) => Draft): KeptDraft<Draft> {
  const [news, setNews] = useState<DraftNews>();
  const text = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => '',
  );
  useEffect(() => {
    /** The event may not have come while the tab was frozen: what is kept is asked for when it is seen again. */
    const look = (): void => {
      const now = kept(name);
      if (now === undefined || now === typed.get(name) || forgotten.has(name)) return;
      typed.set(name, now);
      setNews(now === '' ? 'gone' : 'changed');
      tell();
    };
    window.addEventListener('storage', look);
    window.addEventListener('pageshow', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('storage', look);
      window.removeEventListener('pageshow', look);
      document.removeEventListener('visibilitychange', look);
      typed.delete(name);
      forgotten.delete(name);
    };
  }, [name]);
  const draft = useMemo(() => parse(text), [text, parse]);
  const keep = useCallback((next: Draft) => setNews(write(name, JSON.stringify(next)) ? undefined : 'clashed'), [name]);
  const forget = useCallback(() => {
    withStorage((storage) => storage.removeItem(PREFIX + name));
    forgotten.add(name);
  }, [name]);
  return { draft, keep, forget, news };
}
