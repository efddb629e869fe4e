'use client';

import { Menu, X } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useEffect, useState, type ReactNode } from 'react';

/** The navigation of narrow screens, opened by a button; it closes when the page changes and on Escape. */
export function MobileMenu({ children }: { children: ReactNode }) {
  const path = usePathname();
  const [openedAt, setOpenedAt] = useState<string>();
  const isOpen = openedAt === path;
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event: KeyboardEvent) => (event.key === 'Escape' ? setOpenedAt(undefined) : undefined);
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [isOpen]);
  const Icon = isOpen ? X : Menu;
  return (
    <div className="lg:hidden">
      <button
        type="button"
        aria-label="Menu"
        aria-expanded={isOpen}
        aria-controls="mobile-navigation"
        onClick={() => setOpenedAt(isOpen ? undefined : path)}
        className="flex size-8 cursor-pointer items-center justify-center rounded-md text-muted hover:bg-default hover:text-foreground"
      >
        <Icon className="size-4" aria-hidden />
      </button>
      <div
        id="mobile-navigation"
        hidden={!isOpen}
        className="absolute inset-x-0 top-full max-h-[calc(100dvh-3.5rem)] overflow-y-auto border-b border-border bg-surface px-4 py-3 shadow-overlay"
      >
        {children}
      </div>
    </div>
  );
}
