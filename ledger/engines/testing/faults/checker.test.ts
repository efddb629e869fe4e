import { describe, expect, test } from 'vitest';
import { brokenFacts, type Evidence, type LoggedBlock, type NodeAccount } from './checker.ts';

function block(height: bigint, ...transactions: LoggedBlock['transactions']): LoggedBlock {
  return { height, hash: `hash ${height}`, appHash: `state ${height}`, transactions };
}

const BLOCKS = [block(1n), block(2n, { txId: 'aa', code: 0 }), block(3n, { txId: 'bb', code: 204 }), block(4n)];

function account(name: string, fields: Partial<NodeAccount> = {}): NodeAccount {
  return {
    name,
    blocks: BLOCKS,
    totalMicro: 100n,
    treasuryMicro: 60n,
    balancesMicro: 30n,
    heldMicro: 10n,
    balances: new Map([[1n, 40n]]),
    orders: new Map([[1n, 'settled']]),
    ...fields,
  };
}

function evidence(second: Partial<NodeAccount>, fields: Partial<Evidence> = {}): Evidence {
  return {
    nodes: [account('node 0'), account('node 1', second)],
    acknowledged: [
      { txId: 'aa', what: 'a transfer', height: 2n, code: 0, node: 'node 0' },
      { txId: 'bb', what: 'a refusal', height: 3n, code: 204, node: 'node 1' },
    ],
    expected: { totalMicro: 100n, balances: new Map([[1n, 40n]]), orders: new Map([[1n, 'settled']]) },
    ...fields,
  };
}

describe('the checker of fault runs', () => {
  test('finds nothing broken where all is well, also on a node that joined by a snapshot', () => {
    expect(brokenFacts(evidence({}))).toEqual([]);
    expect(brokenFacts(evidence({ blocks: BLOCKS.slice(2) }))).toEqual([]);
  });

  const other = { ...BLOCKS[3]!, appHash: 'another state' };
  const cases: [string, Evidence, string][] = [
    ['a lost transaction', evidence({ blocks: [BLOCKS[0]!, block(2n), BLOCKS[2]!, BLOCKS[3]!] }), 'lost a transfer'],
    ['a doubled one', evidence({ blocks: [...BLOCKS.slice(0, 3), block(4n, { txId: 'aa', code: 0 })] }), 'twice'],
    [
      'another code',
      evidence({ blocks: [...BLOCKS.slice(0, 2), block(3n, { txId: 'bb', code: 0 }), BLOCKS[3]!] }),
      '204',
    ],
    ['one that nobody was told of', evidence({}, { acknowledged: [] }), 'nobody was told of'],
    ['another state', evidence({ blocks: [...BLOCKS.slice(0, 3), other] }), 'differ at height 4'],
    ['a gap', evidence({ blocks: [BLOCKS[0]!, BLOCKS[2]!, BLOCKS[3]!] }), 'a gap'],
    ['an empty log', evidence({ blocks: [] }), 'no block'],
    ['a node behind', evidence({ blocks: BLOCKS.slice(0, 3) }), 'different heights'],
    ['tokens out of nothing', evidence({ balancesMicro: 31n }), 'were minted'],
    ['another supply', evidence({ totalMicro: 101n, balancesMicro: 31n }), 'were minted'],
    ['a wrong balance', evidence({ balances: new Map([[1n, 39n]]) }), 'account 1'],
    ['an open order', evidence({ orders: new Map([[1n, 'active']]) }), 'order 1 as active'],
  ];
  test.each(cases)('says a sentence for %s', (_what, given, words) => {
    expect(brokenFacts(given).join('\n')).toContain(words);
  });
});
