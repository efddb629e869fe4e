import { countOf } from './count.ts';
import { formatCount } from './format.ts';
import { LinkButton } from './link-button.tsx';

export interface PagerProps {
  page: number;
  pageSize: number;
  total: number;
  /** What is counted, in the singular. */
  what: string;
  /** Its plural, where that is not the same with an s. */
  many?: string;
  hrefOf: (page: number) => string;
}

/** `1–20 of 143 orders`, with links to the neighbours. */
export function Pager({ page, pageSize, total, what, many = `${what}s`, hrefOf }: PagerProps) {
  const last = Math.max(1, Math.ceil(total / pageSize));
  const from = total === 0 ? 0 : (page - 1) * pageSize + 1;
  const to = Math.min(total, page * pageSize);
  return (
    <nav
      aria-label={`Pages of ${many}`}
      className="mt-3 flex flex-wrap items-center justify-between gap-2 text-sm text-muted"
    >
      <span>{`${formatCount(from)}–${formatCount(to)} of ${countOf(total, what, many)}`}</span>
      {last > 1 ? (
        <span className="flex gap-2">
          {page > 1 ? <LinkButton href={hrefOf(page - 1)}>Previous</LinkButton> : null}
          {page < last ? <LinkButton href={hrefOf(page + 1)}>Next</LinkButton> : null}
        </span>
      ) : null}
    </nav>
  );
}

/** Keeps the other parameters of the address when one changes; an empty value takes its parameter away. */
export function hrefWith(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...parameters, ...changes })) {
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The page number of the address: a whole number from 1, else 1. */
export function pageOf(value: string | string[] | undefined): number {
  const text = Array.isArray(value) ? value[0] : value;
  return text && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 1;
}

/** One text value of the address, bounded; repeated parameters count once. */
export function textOf(value: string | string[] | undefined, lengthMax = 200): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  const trimmed = text?.slice(0, lengthMax).trim();
  return trimmed ? trimmed : undefined;
}

/** A dense id of the address, or undefined when it cannot be one. */
export function idOf(value: string): number | undefined {
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
