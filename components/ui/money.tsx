import { formatMicro } from './format.ts';

export interface MoneyProps {
  /** Micro-units as a decimal string. */
  amountMicro: string;
  /** A plus sign before what comes in, as on a statement. */
  isSigned?: boolean;
  className?: string;
}

/** An amount of tokens, exact to the micro-unit. On a narrow screen the unit may go to the next line; the figure stays whole. */
export function Money({ amountMicro, isSigned = false, className }: MoneyProps) {
  const sign = isSigned && BigInt(amountMicro) > 0n ? '+' : '';
  return (
    <span className={`tabular-nums sm:whitespace-nowrap ${className ?? ''}`}>
      <span translate="no">{`${sign}${formatMicro(amountMicro)}`}</span>
      <span className="text-muted"> tokens</span>
    </span>
  );
}
