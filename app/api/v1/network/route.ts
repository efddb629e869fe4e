import { getAnchor, getNetwork, getParameters } from '#lib/queries/network.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { json } from '../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** What a client needs to build, sign and check: the network's identity, its anchor, the server's clock, the parameters. */
export async function GET(): Promise<Response> {
  return limited('read', async () => {
    const [{ name, network }, anchor, parameters] = await Promise.all([getNetwork(), getAnchor(), getParameters()]);
    const chainId = `interpool-${network.slice(0, 16)}`;
    return json({ name, network, chainId, anchor, serverTimeMs: Date.now(), parameters });
  });
}
