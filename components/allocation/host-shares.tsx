import { SHARE_NAMES, type ShareName } from '#ledger/contracts/node/definition.ts';
import type { SharesDto } from '#lib/shared/allocation.ts';
import { coresInWords } from './cores.ts';

const FILLS: Readonly<Record<ShareName, string>> = {
  consensus: 'bg-accent',
  service: 'bg-success',
  reserve: 'bg-muted',
};

export interface HostSharesProps {
  shares: SharesDto;
  /** In a table, whose cells end at the right on phones. */
  isInCell?: boolean;
}

/** A bar of what a host's cores are for, and its numbers beneath: the colour never stands alone. */
export function HostShares({ shares, isInCell = false }: HostSharesProps) {
  const given = SHARE_NAMES.filter((name) => shares[name] > 0);
  return (
    <div className="min-w-44">
      <div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-sm">
        {given.map((name) => (
          <span key={name} className={FILLS[name]} style={{ flexGrow: shares[name], flexBasis: 0 }} />
        ))}
      </div>
      <ul className={`mt-1 flex flex-wrap gap-x-3 text-xs ${isInCell ? 'justify-end sm:justify-start' : ''}`}>
        {SHARE_NAMES.map((share) => (
          <li key={share} className="inline-flex items-center gap-1 whitespace-nowrap">
            <span aria-hidden className={`size-2 rounded-sm ${FILLS[share]}`} />
            <span>{`${share} ${coresInWords(shares[share])}`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
