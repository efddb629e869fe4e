import { newConnections, sendHeartbeat, type SendingNode } from './node-calls.ts';

/**
 * The nodes of the monitor's bench, in a process of their own: what signing and sending cost is theirs, and what waits in them is not
 * taken for the portal's time.
 */

export interface Round {
  readonly nodes: readonly SendingNode[];
  readonly everyMs: number;
  readonly port: number;
  readonly network: string;
}

export interface RoundDone {
  /** From sending to the whole answer, milliseconds each. */
  readonly times: readonly number[];
  /** What this process used of the processor for it, milliseconds. */
  readonly processorMs: number;
}

/** Every node once, at its own moment, whether the portal keeps up or not. */
async function sendRound({ nodes, everyMs, port, network }: Round): Promise<RoundDone> {
  const to = { port, network, told: { height: 1 }, agent: newConnections() };
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const sent: Promise<number>[] = [];
  for (const [index, node] of nodes.entries()) {
    const waitMs = startedMs + (index * everyMs) / nodes.length - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sent.push(sendHeartbeat(node, index, to));
  }
  const times = await Promise.all(sent);
  const { user, system } = process.cpuUsage(before);
  to.agent.destroy();
  return { times, processorMs: (user + system) / 1_000 };
}

process.on('message', (round: Round) => {
  sendRound(round).then(
    (done) => process.send?.({ done }),
    (error: Error) => process.send?.({ fault: error.message }),
  );
});
