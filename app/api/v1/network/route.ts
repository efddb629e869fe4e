import { getAnchor, getNetwork, getParameters } from '#lib/queries/network.ts';
import { answering, json } from '../../_http/respond.ts';

/** What a client needs to build, sign and check: the network's identity, its anchor, the server's clock, the parameters. */
export async function GET(): Promise<Response> {
  return answering(async () => {
    const [{ name, network }, anchor, parameters] = await Promise.all([getNetwork(), getAnchor(), getParameters()]);
    const chainId = `interpool-${network.slice(0, 16)}`;
    return json({ name, network, chainId, anchor, serverTimeMs: Date.now(), parameters });
  });
}
