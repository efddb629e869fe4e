import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { formatAddress } from './address.ts';
import { fromHex, toHex } from './bytes.ts';
import { decode, encode, type CborValue } from './codec.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { decodeDescriptor, descriptorInfo, encodeDescriptor } from './descriptor.ts';
import { chainIdOf, genesisFromJson, genesisHash, genesisToJson, type Genesis } from './genesis.ts';
import { append, EMPTY_FRONTIER, frontierRoot, type Frontier } from './merkle-log.ts';
import { appHash, decodeLeaf, encodeLeaf, eventsRoot } from './receipt.ts';
import { compileMethods, decodeTransaction, encodeTransaction, recoverSigner, transactionId } from './transaction.ts';
import { beginEdit, EMPTY_TRIE, freeze, put, rootHash } from './trie.ts';

type Tagged =
  null | boolean | Tagged[] | { int: string } | { hex: string } | { text: string } | { map: [string, Tagged][] };

interface Golden {
  cbor: { value: Tagged; bytes: string }[];
  trie: { records: [string, string][]; root: string }[];
  transactions: { method: string; network: string; args: Tagged; id: string; signer: string; bytes: string }[];
  receipts: { event: Tagged; leaves: string[]; stateRoot: string; logRoot: string; appHash: string };
  genesis: { value: Tagged; genesisHash: string; chainId: string };
  descriptor: Record<'network' | 'agreement' | 'encryptionKey' | 'issue' | 'info' | 'plaintext', string>;
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/golden.json'), 'utf8')) as Golden;
const hex = (text: string): Uint8Array => fromHex(text)!;

function value(tagged: Tagged): CborValue {
  if (tagged === null || typeof tagged === 'boolean') return tagged;
  if (Array.isArray(tagged)) return tagged.map(value);
  if ('int' in tagged) return BigInt(tagged.int);
  if ('hex' in tagged) return hex(tagged.hex);
  if ('text' in tagged) return tagged.text;
  return Object.fromEntries(tagged.map.map(([name, item]) => [name, value(item)]));
}

describe('what a second program computed (ledger/vectors/golden.py)', () => {
  test('CBOR: the same bytes, and the same value back [8.2.1-a]', () => {
    for (const { value: tagged, bytes } of golden.cbor) {
      expect(toHex(encode(value(tagged)))).toBe(bytes);
      expect(decode(hex(bytes))).toEqual({ ok: true, value: value(tagged) });
    }
  });

  test('trie: the same root over 0 to 200 records [8.2.1-a]', () => {
    for (const { records, root } of golden.trie) {
      const edit = beginEdit(EMPTY_TRIE);
      for (const [key, content] of records) put(edit, hex(key), hex(content));
      expect(toHex(rootHash(freeze(edit), crypto))).toBe(root);
    }
  });

  test('transactions: the same id and bytes, and the signer that a second wallet signed with [8.5.2-a]', () => {
    const methods = compileMethods(
      (['Transfer', 'AuthorizeKey', 'ReviseStrategy', 'PlaceOrder'] as const).map(methodOf),
      crypto,
    );
    for (const { method, network, args, id, signer, bytes } of golden.transactions) {
      const decoded = decodeTransaction(hex(bytes), methods);
      if (!decoded.ok) throw new Error(`${method} must decode`);
      const compiled = methods.get(method)!;
      expect(decoded.value.transaction.args).toEqual(value(args));
      expect(toHex(transactionId(decoded.value.transaction, hex(network), compiled, crypto))).toBe(id);
      expect(formatAddress(recoverSigner(decoded.value, compiled, crypto)!, crypto)).toBe(signer);
      expect(toHex(encodeTransaction(decoded.value, compiled))).toBe(bytes);
    }
  });

  test('receipts: the same leaves, log root and app hash [8.3.1-b]', () => {
    const { event, leaves, stateRoot, logRoot, appHash: expected } = golden.receipts;
    let frontier: Frontier = EMPTY_FRONTIER;
    for (const leaf of leaves) {
      const decoded = decodeLeaf(hex(leaf));
      if (!decoded.ok) throw new Error('a golden leaf must decode');
      expect(toHex(encodeLeaf(decoded.value))).toBe(leaf);
      frontier = append(frontier, hex(leaf), crypto);
    }
    const first = decodeLeaf(hex(leaves[0]!));
    expect(first.ok && first.value.eventsRoot).toEqual(eventsRoot([encode(value(event))], crypto));
    expect(decodeLeaf(hex(leaves[1]!))).toMatchObject({
      value: {
        code: 504,
        data: null,
        subject: { timeMs: 1_795_435_200_000n, sequence: 9n, kind: 'prepare-by', id: 88n },
      },
    });
    expect(toHex(frontierRoot(frontier, crypto))).toBe(logRoot);
    const state = { stateRoot: hex(stateRoot), logRoot: hex(logRoot), logSize: frontier.size };
    expect(toHex(appHash(state, crypto))).toBe(expected);
  });

  test('genesis: the same hash and chain id, also after a round trip through genesis.json [8.2.1-a]', () => {
    const genesis = value(golden.genesis.value) as unknown as Genesis;
    expect(toHex(genesisHash(genesis, crypto))).toBe(golden.genesis.genesisHash);
    expect(chainIdOf(genesisHash(genesis, crypto))).toBe(golden.genesis.chainId);
    expect(genesisFromJson(genesisToJson(genesis))).toEqual({ ok: true, value: genesis });
  });

  test('descriptor: the same HPKE info and plaintext [7.2.5-a]', () => {
    const { network, agreement, encryptionKey, issue, info, plaintext } = golden.descriptor;
    const binding = {
      network: hex(network),
      agreement: BigInt(agreement),
      encryptionKey: hex(encryptionKey),
      issue: BigInt(issue),
    };
    expect(toHex(descriptorInfo(binding))).toBe(info);
    expect(toHex(encodeDescriptor(decodeDescriptor(hex(plaintext))!))).toBe(plaintext);
  });
});
