import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import type { Actor } from './actor.ts';

const REGISTRATION_WAIT_MS_MAX = 120_000;

const listed = z.object({
  items: z.array(z.object({ id: z.number(), name: z.string(), status: z.string() })),
});

/** A node that runs and registers by itself. */
export interface AwaitedNode {
  readonly operator: Actor;
  readonly class: 'service' | 'common';
}

/** These nodes are admitted by a node provider [6.2.1-b]. */
export async function admitNodes(
  nodeProvider: Actor,
  nodes: readonly AwaitedNode[],
  say: (sentence: string) => void,
): Promise<void> {
  for (const awaited of nodes) {
    const node = await registeredNode(awaited);
    if (node.status !== 'registered') continue;
    const args: MethodArgs['AdmitNode'] = { node: BigInt(node.id) };
    await nodeProvider.do(`admitting node ${node.id}`, { method: methodOf('AdmitNode'), args });
    say(`${nodeProvider.person.name} admitted ${node.name} to the network as node N-${node.id}.`);
  }
}

async function registeredNode({
  operator,
  class: kind,
}: AwaitedNode): Promise<z.infer<typeof listed>['items'][number]> {
  const account = await operator.account();
  const untilMs = Date.now() + REGISTRATION_WAIT_MS_MAX;
  for (;;) {
    const reply = await operator.client.get(`/api/v1/nodes?class=${kind}&operator=${account}`);
    const nodes = reply.kind === 'done' ? listed.safeParse(reply.body).data?.items : undefined;
    const node = nodes?.find(({ status }) => status !== 'retired');
    if (node !== undefined) return node;
    if (Date.now() > untilMs) throw new Error(`The ${kind} node of ${operator.person.name} did not register.`);
    await sleep(500);
  }
}
