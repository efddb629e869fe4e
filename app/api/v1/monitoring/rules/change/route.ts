import { changeAlertRule } from '#lib/commands/monitoring.ts';
import { ruleShape } from '#lib/shared/monitoring.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { command } from '../../../../_http/monitoring.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Writes an alert rule, new or changed. */
export async function POST(request: Request): Promise<Response> {
  return command(request, ruleShape, changeAlertRule);
}
