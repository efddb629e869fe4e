import { kindOf } from '#components/kinds/kinds.ts';
import { csvTime, csvTokens, toCsv } from '#components/ui/csv.ts';
import { accountLabel, partLabel } from '#components/ui/format.ts';
import type { AccountRef, BillDto, OrderDetail } from '#lib/shared/dto.ts';
import { lineFormula } from './bill-formula.ts';

const HEADS = ['Order', 'Row', 'From', 'Until', 'State', 'How it came about', 'Tokens'];

/** The bill as a table: its lines, its runs, and where the held tokens went. Lines, and runs, each add up to the charge. */
export function billCsv(order: OrderDetail, bill: BillDto): string {
  const label = partLabel(order);
  const kind = kindOf(order.resource.kind);
  const party = (what: string, { id, name }: AccountRef) => [
    label,
    `${what} ${accountLabel(id)}`,
    null,
    null,
    null,
    name,
    null,
  ];
  const total = (what: string, amountMicro: string) => [label, what, null, null, null, null, csvTokens(amountMicro)];
  return toCsv(HEADS, [
    party('customer', order.customer),
    party('provider', order.provider),
    ...bill.lines.map((line) => {
      const title = kind.ledger.meters[line.price.meter]?.title ?? line.price.meter;
      return [label, `line: ${title}`, null, null, null, lineFormula(line, bill, kind), csvTokens(line.amountMicro)];
    }),
    ...bill.runs.map((run) => [
      label,
      'run',
      csvTime(run.startMs),
      csvTime(run.endMs),
      run.state,
      `${run.factorPerMille / 10} % of its price`,
      csvTokens(run.chargeMicro),
    ]),
    total('held', bill.holdMicro),
    total('charged', bill.chargeMicro),
    total('to the provider', bill.providerMicro),
    total('fee to the treasury', bill.feeMicro),
    total('returned to the customer', bill.refundMicro),
  ]);
}
