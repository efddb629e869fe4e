import { equal, toHex } from '#ledger/core/bytes.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { NODES_LIVE_MAX, findNode, memberCount, nodeTables as tables, readRoster } from './record.ts';

/** What holds of nodes in any reachable state; a sentence for each fact that does not. */
export function nodeInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const nodes = state.scan(tables.nodes);
  const roster = readRoster(state);
  const live = nodes.filter(([, node]) => node.status !== 'retired');
  const liveIds = live.map(([id]) => id);
  claim(roster.live.join() === liveIds.join(), 'the roster lists the nodes that are not retired');
  claim(roster.nextNode === BigInt(nodes.length + 1), 'the next node id follows the last');
  claim(live.length <= NODES_LIVE_MAX, `at most ${NODES_LIVE_MAX} nodes validate or wait for it`);
  claim(memberCount(state) >= VALIDATORS_MIN, `never fewer than ${VALIDATORS_MIN} nodes validate`);
  const keys = new Set(live.map(([, node]) => toHex(node.publicKey)));
  claim(keys.size === live.length, 'no two live nodes share a key');
  const recorded = state.scan(tables.equivocations);
  nodes.forEach(([id, node], index) => {
    claim(id === BigInt(index + 1), `node ids are dense: ${id} stands at place ${index + 1}`);
    const latest = findNode(state, node.address);
    const isFound = latest === id || (node.status === 'retired' && latest !== undefined && latest > id);
    claim(isFound, `the validator address of node ${id} leads to it, or to the one that came after it`);
    const caught = recorded.filter(([key]) => key >> 40n === id).length;
    claim(node.equivocations === BigInt(caught), `node ${id} counts each equivocation once`);
  });
  for (const [, bucket] of state.scan(tables.addresses)) {
    const isOnce = bucket.every((one, at) => bucket.findIndex((other) => equal(other.address, one.address)) === at);
    claim(isOnce, 'a validator address leads to one node');
  }
  return broken;
}
