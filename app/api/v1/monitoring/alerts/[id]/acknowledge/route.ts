import { z } from 'zod';
import { acknowledgeAlert } from '#lib/commands/monitoring.ts';
import { otherMethods } from '../../../../../_http/methods.ts';
import { commandOn } from '../../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Says that the caller looks after an alert. */
export async function POST(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return commandOn(request, context, {
    shape: z.strictObject({ note: z.string().max(500) }),
    work: (id, { note }) => acknowledgeAlert(id, note),
  });
}
