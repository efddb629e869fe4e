'use client';

import { useSyncExternalStore } from 'react';

/** The header in which every answer of the portal says its version. */
const HEADER = 'x-interpool-version';
const CHECK_MS_MAX = 5_000;
const NEW_VERSION =
  'A new version of the portal is here, and this page is of the old one. Nothing was sent. Load the page again.';

let own: string | undefined;
let isNew = false;
const listeners = new Set<() => void>();

/** The version that this page was made by. */
export function startVersion(version: string): void {
  own ??= version;
}

/** What the portal says now. A page of another version can neither refresh itself nor send anything. */
export function sawVersion(version: string | undefined | null): void {
  if (!version || own === undefined || version === own || isNew) return;
  isNew = true;
  for (const changed of listeners) changed();
}

export const isNewVersion = (): boolean => isNew;

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useIsNewVersion(): boolean {
  return useSyncExternalStore(subscribe, isNewVersion, () => false);
}

/** Asks the portal which version it is; without an answer nothing is known. */
export async function checkVersion(): Promise<void> {
  try {
    const answer = await fetch('/api/v1/health', { cache: 'no-store', signal: AbortSignal.timeout(CHECK_MS_MAX) });
    sawVersion(answer.headers.get(HEADER));
  } catch {
    // Nobody there: the next answer says it.
  }
}

/** The sentence for a request that failed: that there is a new version, when that is why, else the one given. */
export async function whyNoAnswer(otherwise: string): Promise<string> {
  await checkVersion();
  return isNew ? NEW_VERSION : otherwise;
}
