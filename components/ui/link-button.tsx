import { buttonVariants } from '@heroui/styles';
import Link from 'next/link';
import type { ReactNode } from 'react';

export interface LinkButtonProps {
  href: string;
  children: ReactNode;
  variant?: 'primary' | 'tertiary' | 'ghost';
  size?: 'sm' | 'md' | 'lg';
  className?: string;
}

/** Goes somewhere, and so is a link; looks like a button because it is the next step. */
export function LinkButton({ href, children, variant = 'tertiary', size = 'md', className }: LinkButtonProps) {
  return (
    <Link href={href} prefetch={false} className={buttonVariants({ variant, size, className })}>
      {children}
    </Link>
  );
}
