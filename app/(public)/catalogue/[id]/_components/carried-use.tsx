'use client';

import { useSyncExternalStore } from 'react';
import { hrefWith } from '#components/ui/pager.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';

/** What was answered on “Would I be admitted?” of each resource whose page is open, as parameters of the application's address. */
const carried = new Map<number, Readonly<Record<string, string>>>();
const listeners = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function carryUse(resource: number, parameters: Readonly<Record<string, string>>): void {
  carried.set(resource, parameters);
  for (const changed of listeners) changed();
}

/** To the application, with what was answered here. */
export function ApplyLink({ resource, children }: { resource: number; children: string }) {
  const path = `/customer/apply/${resource}`;
  const href = useSyncExternalStore(
    subscribe,
    () => hrefWith(path, carried.get(resource) ?? {}, {}),
    () => path,
  );
  return (
    <LinkButton href={href} variant="primary">
      {children}
    </LinkButton>
  );
}
