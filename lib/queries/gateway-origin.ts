import 'server-only';
import { getOrder } from './orders.ts';

/** Origin of the gateway that serves an order of the viewer's; null for everybody but its customer. */
export async function getGatewayOrigin(order: number): Promise<string | null> {
  const sealed = (await getOrder(order))?.sealed;
  return sealed?.gateway ?? null;
}
