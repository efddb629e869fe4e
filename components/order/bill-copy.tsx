'use client';

import { KeepCopy } from '#components/ui/keep-copy.tsx';
import { partLabel } from '#components/ui/format.ts';
import type { BillDto, OrderDetail } from '#lib/shared/dto.ts';
import { billCsv } from './bill-csv.ts';

export function BillCopy({ order, bill }: { order: OrderDetail; bill: BillDto }) {
  const fileName = `bill-${partLabel(order).replace('/', '-')}.csv`;
  return <KeepCopy fileName={fileName} table={() => Promise.resolve(billCsv(order, bill))} />;
}
