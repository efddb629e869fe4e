import { assert } from './assert.ts';
import { equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { RECORD_KEY_LENGTH } from './record-key.ts';
import { scratch } from './scratch.ts';

/**
 * The state: a path-compressed binary Merkle trie over ten-byte keys, most significant bit first. A branch names the first bit at
 * which the keys below it differ, so the shape, and with it the root, depends on the records alone and never on their history.
 *
 * Hashes: leaf = SHA-256(0 ‖ key ‖ value), branch = SHA-256(1 ‖ bit u8 ‖ left ‖ right), no record at all = SHA-256(2).
 *
 * Versions share nodes. An edit changes in place only the nodes that it made itself; everything a frozen version reaches stays as it
 * is. So a proposal is executed on an edit and dropped, and a snapshot iterates a frozen version while blocks go on.
 */

type Sha = Pick<Crypto, 'sha256'>;

interface Leaf {
  readonly key: Uint8Array;
  value: Uint8Array;
  hash: Uint8Array | undefined;
  owner: Owner | undefined;
}

interface Branch {
  readonly bit: number;
  left: Node;
  right: Node;
  hash: Uint8Array | undefined;
  owner: Owner | undefined;
}

type Node = Leaf | Branch;

/** Identity of the edit that may change a node in place. */
type Owner = { readonly edit: true };

/** A version of the state that never changes. */
export interface Trie {
  readonly root: Node | undefined;
  /** Number of records. */
  readonly size: number;
}

/** A version being changed; reads see its own writes. */
export interface TrieEdit {
  root: Node | undefined;
  size: number;
  owner: Owner;
}

export const EMPTY_TRIE: Trie = { root: undefined, size: 0 };

function isLeaf(node: Node): node is Leaf {
  return 'key' in node;
}

function bitOf(key: Uint8Array, bit: number): 0 | 1 {
  return ((key[bit >> 3]! >> (7 - (bit & 7))) & 1) as 0 | 1;
}

/** First bit at which two keys differ, or −1. */
function firstDifference(left: Uint8Array, right: Uint8Array): number {
  for (let i = 0; i < RECORD_KEY_LENGTH; i++) {
    const difference = left[i]! ^ right[i]!;
    if (difference !== 0) return i * 8 + Math.clz32(difference) - 24;
  }
  return -1;
}

/** The leaf that the key's bits lead to: the record itself when it is there. */
function nearestLeaf(root: Node, key: Uint8Array): Leaf {
  let node = root;
  while (!isLeaf(node)) node = bitOf(key, node.bit) === 0 ? node.left : node.right;
  return node;
}

/** Value of a record; undefined when there is none. The bytes are the trie's own: not to be written to. */
export function get(trie: Trie | TrieEdit, key: Uint8Array): Uint8Array | undefined {
  if (trie.root === undefined) return undefined;
  const leaf = nearestLeaf(trie.root, key);
  return equal(leaf.key, key) ? leaf.value : undefined;
}

/** Begins an edit of a version; the version stays as it is. */
export function beginEdit(trie: Trie): TrieEdit {
  return { root: trie.root, size: trie.size, owner: { edit: true } };
}

/** The edit's present content as a version. The edit can go on: later writes copy what the version reaches. */
export function freeze(edit: TrieEdit): Trie {
  edit.owner = { edit: true };
  return { root: edit.root, size: edit.size };
}

/** Inserts or replaces a record. The trie keeps both arrays: the caller writes to neither afterwards. */
export function put(edit: TrieEdit, key: Uint8Array, value: Uint8Array): void {
  assert(key.length === RECORD_KEY_LENGTH, 'a record key has ten bytes');
  if (edit.root === undefined) {
    edit.root = newLeaf(edit, key, value);
    edit.size = 1;
    return;
  }
  const leaf = nearestLeaf(edit.root, key);
  const bit = firstDifference(leaf.key, key);
  if (bit < 0 && equal(leaf.value, value)) return;
  edit.root = putBelow(edit, edit.root, { key, value, bit });
  if (bit >= 0) edit.size += 1;
}

interface Put {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Where the new key parts from those that are there; −1 when it is there. */
  readonly bit: number;
}

function putBelow(edit: TrieEdit, node: Node, record: Put): Node {
  const { key, value, bit } = record;
  if (isLeaf(node) ? bit >= 0 : bit >= 0 && bit < node.bit) {
    const leaf = newLeaf(edit, key, value);
    const [left, right] = bitOf(key, bit) === 0 ? [leaf, node] : [node, leaf];
    return { bit, left, right, hash: undefined, owner: edit.owner };
  }
  if (isLeaf(node)) {
    if (node.owner !== edit.owner) return newLeaf(edit, key, value);
    node.value = value;
    node.hash = undefined;
    return node;
  }
  const branch = ownBranch(edit, node);
  if (bitOf(key, branch.bit) === 0) branch.left = putBelow(edit, branch.left, record);
  else branch.right = putBelow(edit, branch.right, record);
  return branch;
}

/** Removes a record; false when there is none. */
export function remove(edit: TrieEdit, key: Uint8Array): boolean {
  if (get(edit, key) === undefined) return false;
  edit.root = removeBelow(edit, edit.root!, key);
  edit.size -= 1;
  return true;
}

function removeBelow(edit: TrieEdit, node: Node, key: Uint8Array): Node | undefined {
  if (isLeaf(node)) return undefined;
  const isLeft = bitOf(key, node.bit) === 0;
  const rest = removeBelow(edit, isLeft ? node.left : node.right, key);
  if (rest === undefined) return isLeft ? node.right : node.left;
  const branch = ownBranch(edit, node);
  if (isLeft) branch.left = rest;
  else branch.right = rest;
  return branch;
}

function newLeaf(edit: TrieEdit, key: Uint8Array, value: Uint8Array): Leaf {
  return { key, value, hash: undefined, owner: edit.owner };
}

function ownBranch(edit: TrieEdit, node: Branch): Branch {
  if (node.owner !== edit.owner) {
    return { bit: node.bit, left: node.left, right: node.right, hash: undefined, owner: edit.owner };
  }
  node.hash = undefined;
  return node;
}

/** Root hash; only nodes changed since it was last asked for are hashed again. */
export function rootHash(trie: Trie | TrieEdit, crypto: Sha): Uint8Array {
  return trie.root === undefined ? crypto.sha256(Uint8Array.of(2)) : hashOf(trie.root, crypto);
}

function hashOf(node: Node, crypto: Sha): Uint8Array {
  node.hash ??= isLeaf(node)
    ? trieLeafHash(node.key, node.value, crypto)
    : trieBranchHash(node.bit, hashOf(node.left, crypto), hashOf(node.right, crypto), crypto);
  return node.hash;
}

function trieLeafHash(key: Uint8Array, value: Uint8Array, crypto: Sha): Uint8Array {
  const input = scratch(1 + RECORD_KEY_LENGTH + value.length);
  input[0] = 0;
  input.set(key, 1);
  input.set(value, 1 + RECORD_KEY_LENGTH);
  return crypto.sha256(input);
}

function trieBranchHash(bit: number, left: Uint8Array, right: Uint8Array, crypto: Sha): Uint8Array {
  const input = scratch(66);
  input[0] = 1;
  input[1] = bit;
  input.set(left, 2);
  input.set(right, 34);
  return crypto.sha256(input);
}

/** A way down parts at each bit of a key once at most. */
export const TRIE_STEPS_MAX = RECORD_KEY_LENGTH * 8;

/** Proof that a key has a value, or that it has none: the leaf the key's bits lead to, and the hashes beside the way, from the leaf up. */
export interface TrieProof {
  /** Absent when the trie is empty. */
  readonly leaf?: { readonly key: Uint8Array; readonly value: Uint8Array };
  readonly steps: readonly { readonly bit: number; readonly sibling: Uint8Array }[];
}

/** Inclusion proof when the record is there, absence proof otherwise. */
export function prove(trie: Trie, key: Uint8Array, crypto: Sha): TrieProof {
  if (trie.root === undefined) return { steps: [] };
  const steps: { bit: number; sibling: Uint8Array }[] = [];
  let node = trie.root;
  while (!isLeaf(node)) {
    const isLeft = bitOf(key, node.bit) === 0;
    steps.push({ bit: node.bit, sibling: hashOf(isLeft ? node.right : node.left, crypto) });
    node = isLeft ? node.left : node.right;
  }
  return { leaf: { key: node.key, value: node.value }, steps: steps.reverse() };
}

export type TrieVerdict = { readonly ok: true; readonly value: Uint8Array | undefined } | { readonly ok: false };

/** Root of the only tries under which the proof shows something about the key; undefined when it shows nothing. */
export function provenRoot(key: Uint8Array, { leaf, steps }: TrieProof, crypto: Sha): Uint8Array | undefined {
  if (key.length !== RECORD_KEY_LENGTH || steps.length > TRIE_STEPS_MAX) return undefined;
  if (leaf === undefined) return steps.length === 0 ? crypto.sha256(Uint8Array.of(2)) : undefined;
  if (leaf.key.length !== RECORD_KEY_LENGTH) return undefined;
  let hash = trieLeafHash(leaf.key, leaf.value, crypto);
  let below = TRIE_STEPS_MAX;
  for (const { bit, sibling } of steps) {
    if (bit < 0 || bit >= below || sibling.length !== 32 || bitOf(key, bit) !== bitOf(leaf.key, bit)) return undefined;
    hash =
      bitOf(key, bit) === 0 ? trieBranchHash(bit, hash, sibling, crypto) : trieBranchHash(bit, sibling, hash, crypto);
    below = bit;
  }
  return hash;
}

/**
 * What the proof shows about a key under a root: its value, or undefined for proved absence; ok false when it shows nothing. Absence
 * holds because a trie that honest validators built would lead the key's bits to the key itself.
 */
export function verifyProof(root: Uint8Array, key: Uint8Array, proof: TrieProof, crypto: Sha): TrieVerdict {
  const proven = provenRoot(key, proof, crypto);
  if (proven === undefined || !equal(proven, root)) return { ok: false };
  const { leaf } = proof;
  return { ok: true, value: leaf !== undefined && equal(leaf.key, key) ? leaf.value : undefined };
}

export interface TrieRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Records in key order, from `from` on (inclusive) when given. A frozen version may be iterated while edits of it go on. */
export function* records(trie: Trie, from?: Uint8Array): Generator<TrieRecord> {
  if (trie.root === undefined) return;
  const open: Node[] = [];
  descend(trie.root, from, open);
  while (open.length > 0) {
    const node = open.pop()!;
    if (isLeaf(node)) yield node;
    else open.push(node.right, node.left);
  }
}

/** Stacks what lies at or after `from`, the first on top. */
function descend(root: Node, from: Uint8Array | undefined, open: Node[]): void {
  if (from === undefined) {
    open.push(root);
    return;
  }
  const difference = firstDifference(nearestLeaf(root, from).key, from);
  let node = root;
  while (!isLeaf(node) && (difference < 0 || node.bit < difference)) {
    if (bitOf(from, node.bit) === 0) {
      open.push(node.right);
      node = node.left;
    } else {
      node = node.right;
    }
  }
  // Below here every key agrees with `from` up to the difference: all of them come after it, or all before.
  if (difference < 0 || bitOf(from, difference) === 0) open.push(node);
}

/** Records of one contract's table, in id order. */
export function* tableRecords(trie: Trie, contract: number, table: number): Generator<TrieRecord> {
  const from = new Uint8Array(RECORD_KEY_LENGTH);
  from[0] = contract;
  from[1] = table;
  for (const record of records(trie, from)) {
    if (record.key[0] !== contract || record.key[1] !== table) return;
    yield record;
  }
}
