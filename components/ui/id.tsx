import Link from 'next/link';
import { CopyButton } from './copy-button.tsx';
import { shorten } from './format.ts';

export interface IdProps {
  /** The whole identifier: what is copied and what a screen reader hears. */
  id: string;
  href?: string;
  /** What it identifies, for the copy button's name: `Copy transaction`. */
  what: string;
  isWhole?: boolean;
}

/** An identifier: monospace, shortened in the middle, copied whole. */
export function Id({ id, href, what, isWhole = false }: IdProps) {
  const text = isWhole ? id : shorten(id);
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      {href ? (
        <Link href={href} prefetch={false} title={id} translate="no" className="prose-link font-mono text-[0.8125rem]">
          {text}
        </Link>
      ) : (
        <span title={id} translate="no" className={`font-mono text-[0.8125rem] ${isWhole ? 'break-all' : ''}`}>
          {text}
        </span>
      )}
      <CopyButton text={id} what={what} />
    </span>
  );
}
