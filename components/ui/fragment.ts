/** Of the address; empty on the server. */
const currentFragment = (): string => (typeof window === 'undefined' ? '' : window.location.hash.slice(1));

export interface Fragment {
  subscribe: (changed: () => void) => () => void;
  current: () => string;
  /** Puts it into the address, in place of the one before. */
  select: (id: string) => void;
}

/** The address's fragment, also one that came while the page began: Next's first commit writes the address of before over it. */
export function createFragment(): Fragment {
  let current = currentFragment();
  const listeners = new Set<() => void>();
  const change = (next: string): void => {
    current = next;
    for (const changed of listeners) changed();
  };
  const follow = (): void => change(currentFragment());
  return {
    subscribe: (changed) => {
      current = currentFragment() || current;
      listeners.add(changed);
      window.addEventListener('hashchange', follow);
      return () => {
        listeners.delete(changed);
        window.removeEventListener('hashchange', follow);
      };
    },
    current: () => current,
    select: (id) => {
      change(id);
      // Next adds its own state to the entry and keeps its address in step, which it would not if that state were given.
      window.history.replaceState(null, '', `#${id}`);
    },
  };
}
