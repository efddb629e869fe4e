import type { OrderSummary } from '#lib/shared/dto.ts';

export interface OrderTotal {
  /** Micro-units, as decimal strings. */
  holdMicro: string;
  chargeMicro: string;
  /** Parts whose charge is not known yet. */
  open: number;
}

/** What several parts hold and cost together. */
export function totalOf(parts: readonly Pick<OrderSummary, 'holdMicro' | 'chargeMicro'>[]): OrderTotal {
  const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n).toString();
  return {
    holdMicro: sum(parts.map(({ holdMicro }) => holdMicro)),
    chargeMicro: sum(parts.map(({ chargeMicro }) => chargeMicro ?? '0')),
    open: parts.filter(({ chargeMicro }) => chargeMicro === null).length,
  };
}
