'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

export interface NavLinkProps {
  href: string;
  children: ReactNode;
  /** Also current on the pages below it. */
  isParent?: boolean;
  look?: 'bar' | 'side';
}

const LOOKS = {
  bar: {
    base: 'rounded-md px-2.5 py-1 text-sm',
    current: 'bg-default font-medium text-foreground',
    other: 'text-muted hover:text-foreground',
  },
  side: {
    base: 'block rounded-md px-2.5 py-1 text-sm',
    current: 'bg-default font-medium text-foreground',
    other: 'text-muted hover:bg-surface-secondary hover:text-foreground',
  },
} as const;

export function NavLink({ href, children, isParent = false, look = 'bar' }: NavLinkProps) {
  const path = usePathname();
  const isCurrent = path === href || (isParent && path.startsWith(`${href}/`));
  const classes = LOOKS[look];
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={isCurrent ? 'page' : undefined}
      className={`${classes.base} ${isCurrent ? classes.current : classes.other}`}
    >
      {children}
    </Link>
  );
}
