'use client';

import { Button as HeroButton, Spinner } from '@heroui/react';
import type { ReactNode } from 'react';

export interface ButtonProps {
  children: ReactNode;
  /** `primary` for the one main action of a page, `tertiary` for the others, `danger` for what cannot be undone. */
  variant?: 'primary' | 'tertiary' | 'ghost' | 'danger';
  size?: 'sm' | 'md' | 'lg';
  type?: 'button' | 'submit';
  /** `target`: the button. */
  onPress?: (event: { target: Element }) => void;
  isDisabled?: boolean;
  /** Keeps the focus, says that it works, and takes no second press. */
  isPending?: boolean;
  label?: string;
  isIconOnly?: boolean;
  fullWidth?: boolean;
  name?: string;
  value?: string;
  className?: string;
  /** Of a dialog: it opens on this one. */
  autoFocus?: boolean;
}

/**
 * While it is pending it keeps its place and the focus and takes no press. The component library's own pending state is not used: it
 * announces through elements that outlive the button and are then named by nothing.
 */
export function Button({
  children,
  label,
  variant = 'tertiary',
  size = 'md',
  type = 'button',
  isPending = false,
  onPress,
  ...rest
}: ButtonProps) {
  return (
    <HeroButton
      variant={variant}
      size={size}
      type={isPending ? 'button' : type}
      aria-disabled={isPending || undefined}
      {...(isPending || !onPress ? {} : { onPress })}
      {...(label ? { 'aria-label': label } : {})}
      {...rest}
    >
      {isPending ? <Spinner size="sm" color="current" aria-hidden /> : null}
      <span className="contents">{children}</span>
    </HeroButton>
  );
}
