import { z } from 'zod';
import { getMeasurements, MEASURED_MS_MAX } from '#lib/queries/measurements.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readBy } from '../../../_http/monitoring.ts';

const time = z
  .string()
  .regex(/^\d{1,15}$/, 'is no time in milliseconds')
  .transform(Number);

const filterShape = z
  .strictObject({
    from: time,
    to: time,
    after: z
      .string()
      .regex(/^\d{1,9}$/, 'is no node')
      .transform(Number)
      .default(0),
  })
  .refine(({ from, to }) => from < to && to - from <= MEASURED_MS_MAX, 'from and to are at most a day apart, in order');

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** What was heard and asked of nodes between two times, raw, for a maintainer's digest. */
export async function GET(request: Request): Promise<Response> {
  return readBy(request, filterShape, ({ from, to, after }) => getMeasurements({ fromMs: from, toMs: to, after }));
}
