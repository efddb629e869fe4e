import Link from 'next/link';
import { AGREEMENT_STATUSES, type AgreementStatus } from '#ledger/contracts/agreement/definition.ts';

/** A status of the address, or undefined when it is none. */
export function statusOf(text: string | undefined): AgreementStatus | undefined {
  return AGREEMENT_STATUSES.find((status) => status === text);
}

/** Links that narrow a list of orders to one status. */
export function StatusFilter({ path, status }: { path: string; status: AgreementStatus | undefined }) {
  return (
    <nav aria-label="Status of the orders" className="mb-3 flex flex-wrap gap-1 text-sm">
      {[undefined, ...AGREEMENT_STATUSES].map((value) => (
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
