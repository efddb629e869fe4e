/** A transaction whose outcome someone has been told. */
export interface Acknowledged {
  /** Hex. */
  readonly txId: string;
  readonly what: string;
  readonly height: bigint;
  readonly code: number;
  readonly node: string;
}

export interface LoggedBlock {
  readonly height: bigint;
  /** Hex, both. */
  readonly hash: string;
  readonly appHash: string;
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
}

/** What one node says when all is over. */
export interface NodeAccount {
  readonly name: string;
  /** Blocks that the node has, ascending; the first is above 1 where it joined by a snapshot. */
  readonly blocks: readonly LoggedBlock[];
  /** Of the supply query. */
  readonly totalMicro: bigint;
  readonly treasuryMicro: bigint;
  readonly balancesMicro: bigint;
  readonly heldMicro: bigint;
  /** By account id: what is free and what is held. */
  readonly balances: ReadonlyMap<bigint, bigint>;
  /** By agreement id, as text that shows status and bill. */
  readonly orders: ReadonlyMap<bigint, string>;
}

export interface Evidence {
  readonly nodes: readonly NodeAccount[];
  readonly acknowledged: readonly Acknowledged[];
  /** What the acknowledged transactions must have come to. */
  readonly expected: {
    readonly totalMicro: bigint;
    readonly balances: ReadonlyMap<bigint, bigint>;
    readonly orders: ReadonlyMap<bigint, string>;
  };
}

function inOneOrder(node: NodeAccount): string[] {
  const first = node.blocks[0]?.height ?? 0n;
  const gap = node.blocks.find((block, index) => block.height !== first + BigInt(index));
  if (node.blocks.length === 0) return [`${node.name} has no block`];
  return gap === undefined ? [] : [`${node.name} has a gap or a double before height ${gap.height}`];
}

/** Every two nodes have the same block, and the same state after it, at every height that both have. */
function alike(nodes: readonly NodeAccount[]): string[] {
  const broken: string[] = [];
  const seen = new Map<bigint, { name: string; text: string }>();
  for (const { name, blocks } of nodes) {
    for (const { height, hash, appHash, transactions } of blocks) {
      const text = JSON.stringify([hash, appHash, transactions]);
      const other = seen.get(height);
      if (other === undefined) seen.set(height, { name, text });
      else if (other.text !== text) broken.push(`${name} and ${other.name} differ at height ${height}`);
    }
  }
  const heights = new Set(nodes.map(({ blocks }) => blocks.at(-1)?.height));
  if (heights.size > 1) broken.push(`the nodes stand at different heights: ${[...heights].join(', ')}`);
  return broken;
}

/** What was acknowledged stands in each log where it was said to stand, once, with its code; and nothing else stands there. */
function kept(node: NodeAccount, acknowledged: readonly Acknowledged[]): string[] {
  const broken: string[] = [];
  const found = new Map<string, { height: bigint; code: number }>();
  for (const { height, transactions } of node.blocks) {
    for (const { txId, code } of transactions) {
      if (found.has(txId))
        broken.push(`${node.name} executed ${txId} twice, at ${found.get(txId)?.height} and ${height}`);
      found.set(txId, { height, code });
    }
  }
  const first = node.blocks[0]?.height ?? 0n;
  const known = new Set(acknowledged.map(({ txId }) => txId));
  for (const { txId, what, height, code, node: teller } of acknowledged) {
    const at = found.get(txId);
    if (at === undefined && height < first) continue;
    if (at === undefined) broken.push(`${node.name} lost ${what} (${txId}), which ${teller} acknowledged at ${height}`);
    else if (at.height !== height || at.code !== code)
      broken.push(
        `${node.name} has ${what} (${txId}) at ${at.height} with ${at.code}; ${teller} said ${height} with ${code}`,
      );
  }
  for (const txId of found.keys())
    if (!known.has(txId)) broken.push(`${node.name} executed ${txId}, which nobody was told of`);
  return broken;
}

function rightEnd(node: NodeAccount, { expected }: Evidence): string[] {
  const broken: string[] = [];
  const { totalMicro, treasuryMicro, balancesMicro, heldMicro } = node;
  if (totalMicro !== expected.totalMicro || treasuryMicro + balancesMicro + heldMicro !== totalMicro)
    broken.push(
      `${node.name} counts ${totalMicro} = ${treasuryMicro} + ${balancesMicro} + ${heldMicro} where ${expected.totalMicro} were minted`,
    );
  for (const [account, micro] of expected.balances) {
    const has = node.balances.get(account);
    if (has !== micro) broken.push(`${node.name} has ${has} on account ${account}, where ${micro} is right`);
  }
  for (const [id, text] of expected.orders) {
    const has = node.orders.get(id);
    if (has !== text) broken.push(`${node.name} has order ${id} as ${has}, where ${text} is right`);
  }
  return broken;
}

/** A sentence for every fact that does not hold: nothing lost, nothing doubled, one history, the right end. */
export function brokenFacts(evidence: Evidence): string[] {
  const { nodes, acknowledged } = evidence;
  return [
    ...nodes.flatMap(inOneOrder),
    ...alike(nodes),
    ...nodes.flatMap((node) => kept(node, acknowledged)),
    ...nodes.flatMap((node) => rightEnd(node, evidence)),
  ];
}
