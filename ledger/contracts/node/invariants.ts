import { keyId } from '#ledger/contracts/shared/key-id.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import type { StateScanner } from '#ledger/core/decision.ts';
import { VALIDATORS_MIN } from '#ledger/core/genesis.ts';
import { ascending } from '#ledger/core/integer.ts';
import { HOST_MILLICORES_MAX } from './definition.ts';
import { isOff, registerTables } from './register-record.ts';
import { NODES_LIVE_MAX, findNode, memberCount, nodeTables as tables, readRoster } from './record.ts';
import { movableOf, sharesTable, totalOf } from './shares.ts';

/** What holds of nodes in any reachable state; a sentence for each fact that does not. */
export function nodeInvariants(state: StateScanner): string[] {
  const broken: string[] = registerInvariants(state);
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const nodes = state.scan(tables.nodes);
  const roster = readRoster(state);
  const live = nodes.filter(([, node]) => node.status !== 'retired');
  const liveIds = live.map(([id]) => id);
  claim(roster.live.join() === liveIds.join(), 'the roster lists the nodes that are not retired');
  claim(live.length <= NODES_LIVE_MAX, `at most ${NODES_LIVE_MAX} nodes validate or wait for it`);
  claim(memberCount(state) >= VALIDATORS_MIN, `never fewer than ${VALIDATORS_MIN} nodes validate`);
  const keys = new Set(live.map(([, node]) => toHex(node.publicKey)));
  claim(keys.size === live.length, 'no two live nodes share a key');
  const recorded = state.scan(tables.equivocations);
  nodes.forEach(([id, node]) => {
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

/** Nodes that registered themselves share one sequence of ids with validators; a key has one that lives, the latest. */
function registerInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const registered = state.scan(registerTables.registered);
  const ids = [...registered, ...state.scan(tables.nodes)].map(([id]) => id).toSorted(ascending);
  claim(
    ids.every((id, index) => id === BigInt(index + 1)),
    'node ids are dense over all classes',
  );
  claim(readRoster(state).nextNode === BigInt(ids.length + 1), 'the next node id follows the last');
  const keys = new Map(state.scan(registerTables.keys));
  const latest = new Map(registered.map(([id, { operator, key }]) => [keyId(operator, key), id]));
  claim(
    keys.size === latest.size && [...keys].every(([key, id]) => latest.get(key) === id),
    'a key leads to its latest node',
  );
  for (const [id, node] of registered) {
    const isLatest = keys.get(keyId(node.operator, node.key)) === id;
    claim(isLatest || node.status === 'retired', `node ${id} is the one of its key that lives`);
    const isReported = node.status === 'suspended' || (node.status === 'retired' && isOff(node));
    claim(isOff(node) === isReported, `node ${id} is off exactly while its report stands`);
    claim((node.cause !== '') === isOff(node), `node ${id} has a cause exactly while its report stands`);
    claim(node.heardAtMs === 0n || node.heardAtMs >= node.reportedAtMs, `node ${id} was heard after its report`);
    claim(!isOff(node) || node.suspensions > 0n, `node ${id} counts its suspensions`);
  }
  const known = new Set(registered.map(([id]) => id));
  for (const [id, shares] of state.scan(sharesTable)) {
    const total = totalOf(shares);
    claim(known.has(id), `shares of node ${id} are those of a registered node`);
    claim(total > 0n && total <= HOST_MILLICORES_MAX, `the host of node ${id} has cores, and a bounded number`);
    claim(shares.serviceMillicores >= 0n && shares.reserveMillicores >= 0n, `no share of node ${id} is below 0`);
    claim(movableOf(shares, 'consensus') >= 0n, `node ${id} keeps for consensus what its operator declared`);
  }
  return broken;
}
