'use client';

import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';

/** What is being typed, by its name: the text of the page. A copy lies in the tab's storage. */
const typed = new Map<string, string>();
const listeners = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

/** A browser may keep nothing for this site, or nothing more: then a draft lives as long as its page. */
function withStorage<Result>(act: (storage: Storage) => Result): Result | undefined {
  try {
    return act(sessionStorage);
  } catch {
    return undefined;
  }
}

function read(name: string): string {
  const known = typed.get(name);
  if (known !== undefined) return known;
  const kept = withStorage((storage) => storage.getItem(name)) ?? '';
  typed.set(name, kept);
  return kept;
}

function write(name: string, text: string): void {
  typed.set(name, text);
  withStorage((storage) => storage.setItem(name, text));
  for (const changed of listeners) changed();
}

export interface KeptDraft<Draft> {
  draft: Draft;
  keep: (draft: Draft) => void;
  /** The page goes on to show the draft until it is left, and nothing of it comes back after. */
  forget: () => void;
}

/**
 * A form's draft that a reload does not lose. `name` tells people's drafts apart, since one tab may sign in as several; `parse` gives
 * the empty draft for a text that is none. Give it the same function every time.
 */
export function useKeptDraft<Draft>(name: string, parse: (text: string) => Draft): KeptDraft<Draft> {
  const text = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => '',
  );
  useEffect(() => () => void typed.delete(name), [name]);
  const draft = useMemo(() => parse(text), [text, parse]);
  const keep = useCallback((next: Draft) => write(name, JSON.stringify(next)), [name]);
  const forget = useCallback(() => void withStorage((storage) => storage.removeItem(name)), [name]);
  return { draft, keep, forget };
}
