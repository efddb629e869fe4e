'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';

/** What was typed, by its name: here for as long as the page lives, in the tab's storage for as long as the tab does. */
const typed = new Map<string, string>();
const listeners = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

function read(name: string): string {
  const known = typed.get(name);
  if (known !== undefined) return known;
  let kept = '';
  try {
    kept = sessionStorage.getItem(name) ?? '';
  } catch {
    // A browser that keeps nothing for this site: the draft lives as long as the page.
  }
  typed.set(name, kept);
  return kept;
}

function write(name: string, text: string): void {
  typed.set(name, text);
  try {
    if (text === '') sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  } catch {
    // As above, or its storage is full.
  }
  for (const changed of listeners) changed();
}

/** Of the same make as the model: texts, flags, lists, and all of its fields. */
function isLike(value: unknown, model: unknown): boolean {
  if (Array.isArray(model)) return Array.isArray(value) && value.every(isEntry);
  if (typeof model !== 'object' || model === null) return typeof value === typeof model;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(model).every(([name, part]) => isLike((value as Record<string, unknown>)[name], part));
}

/** What the lists of a draft hold: texts, or records of texts. */
function isEntry(value: unknown): boolean {
  if (typeof value === 'string') return true;
  return typeof value === 'object' && value !== null && Object.values(value).every((part) => typeof part === 'string');
}

/** A draft out of its text; `empty` for a text that is none, as one that an earlier version of the page kept. */
export function draftFrom<Draft extends object>(text: string, empty: Draft): Draft {
  try {
    const value: unknown = JSON.parse(text);
    return isLike(value, empty) ? (value as Draft) : empty;
  } catch {
    return empty;
  }
}

/** A form's draft that a reload does not lose. `name` tells people's drafts apart, since one tab may sign in as several. */
export function useKeptDraft<Draft extends object>(
  name: string,
  empty: Draft,
): { draft: Draft; keep: (draft: Draft) => void; forget: () => void } {
  const text = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => '',
  );
  const draft = useMemo(() => draftFrom(text, empty), [text, empty]);
  const keep = useCallback((next: Draft) => write(name, JSON.stringify(next)), [name]);
  const forget = useCallback(() => write(name, ''), [name]);
  return { draft, keep, forget };
}
