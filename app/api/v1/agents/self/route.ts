import { asAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { json } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Whether an owner has authorised the key that signed the request, and for which account. */
export async function GET(request: Request): Promise<Response> {
  return asAgent(request, async ({ account, key }) => json({ paired: account !== null, account, key }));
}
