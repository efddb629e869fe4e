import type { ReactNode } from 'react';

/** The main part of a page without side navigation. */
export function PageFrame({ children, width = 'wide' }: { children: ReactNode; width?: 'wide' | 'narrow' }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className={`mx-auto w-full px-4 py-6 outline-none ${width === 'wide' ? 'max-w-7xl' : 'max-w-3xl'}`}
    >
      {children}
    </main>
  );
}
