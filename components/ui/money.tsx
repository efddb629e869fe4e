import { formatMicro } from './format.ts';

export interface MoneyProps {
  /** Micro-units as a decimal string. */
  amountMicro: string;
  /** A plus sign before what comes in, as on a statement. */
  isSigned?: boolean;
  className?: string;
}

/** An amount of tokens, exact to the micro-unit. */
export function Money({ amountMicro, isSigned = false, className }: MoneyProps) {
  const sign = isSigned && BigInt(amountMicro) > 0n ? '+' : '';
  return (
    <span className={`whitespace-nowrap tabular-nums ${className ?? ''}`}>
      <span translate="no">{`${sign}${formatMicro(amountMicro)}`}</span>
      <span className="text-muted"> tokens</span>
    </span>
  );
}
