import Link from 'next/link';

export interface StatusFilterProps<Status extends string> {
  path: string;
  /** What is listed, as the end of a label: `orders`. */
  what: string;
  statuses: readonly Status[];
  /** The chosen one; undefined for all. */
  status: Status | undefined;
}

/** A status of the address, or undefined when it is none. */
export function statusOf<Status extends string>(
  statuses: readonly Status[],
  text: string | undefined,
): Status | undefined {
  return statuses.find((status) => status === text);
}

/** Links that narrow a list to one status. */
export function StatusFilter<Status extends string>({ path, what, statuses, status }: StatusFilterProps<Status>) {
  return (
    <nav aria-label={`Status of the ${what}`} className="mb-3 flex flex-wrap gap-1 text-sm">
      {[undefined, ...statuses].map((value) => (
        <Link
          key={value ?? 'all'}
          href={value ? `${path}?status=${value}` : path}
          prefetch={false}
          aria-current={value === status ? 'true' : undefined}
          className={`rounded-sm px-2 py-0.5 ${value === status ? 'bg-default font-medium' : 'text-muted hover:text-foreground'}`}
        >
          {value ?? 'all'}
        </Link>
      ))}
    </nav>
  );
}
