import { estimatedBytes, FORMATS, type DataSet } from '#ledger/contracts/kinds/data.ts';
import type { Counted, Estimate } from '#components/kinds/kind.ts';
import { countOf } from '#components/ui/count.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { dataSetOf, dataWaysOf } from './terms.ts';

/** `52 bytes`, `3.4 bytes`: below ten with one decimal. */
function bytesOfRow(bytes: bigint, rows: number): string {
  const average = Number(bytes) / rows;
  if (average >= 9.95) return countOf(BigInt(Math.round(average)), 'byte');
  const text = average.toFixed(1).replace(/\.0$/, '');
  return `${text} ${text === '1' ? 'byte' : 'bytes'}`;
}

/** About what all rows that a strategy shares weigh, in each format that it offers. Where a filter stands, how many rows pass it the gateway counts for an order; before that it is the most. */
export function dataEstimates(shared: {
  readonly attributes: readonly TermDto[];
  readonly ways: readonly TermDto[];
  readonly counted?: Counted | undefined;
}): Estimate[] {
  const dataSet = dataSetOf(shared.attributes);
  const { columns, formats, rowFilter } = dataWaysOf(shared.ways);
  const passing = shared.counted?.['sharedRows'];
  const rows = passing ?? dataSet.rows;
  return formats.flatMap((format): Estimate[] => {
    const whole = estimatedBytes(dataSet, { columns, format });
    if (whole === undefined) return [];
    const amount = dataSet.rows === 0 ? 0n : (whole * BigInt(rows)) / BigInt(dataSet.rows);
    return [
      {
        choices: [{ name: 'format', value: format }],
        what: 'all rows',
        meter: 'bytes',
        amount,
        isMost: rowFilter !== '' && passing === undefined,
        factors: `${countOf(rows, 'row')} × about ${bytesOfRow(whole, dataSet.rows)} as ${format}`,
      },
    ];
  });
}

/** What a row of all columns weighs in each format, and on how many rows that was measured; undefined where nobody measured it. */
export function rowWeight(dataSet: DataSet): string | undefined {
  const { answerBytes, rows } = dataSet;
  if (answerBytes === undefined) return undefined;
  const columns = dataSet.columns.map(({ name }) => name);
  const weights = FORMATS.map((format) => {
    return `${bytesOfRow(estimatedBytes(dataSet, { columns, format }) ?? 0n, rows)} as ${format}`;
  });
  const basis =
    answerBytes.rows === rows
      ? 'measured by the agent on every row'
      : `an estimate: measured by the agent on the first ${countOf(answerBytes.rows, 'row')}`;
  return `about ${weights.join(', ')}; ${basis}`;
}
