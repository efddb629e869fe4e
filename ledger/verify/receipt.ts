import { equal, toHex } from '#ledger/core/bytes.ts';
import { decode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import type { Header } from '#ledger/core/header.ts';
import { leafHash, rootOfHashes, verifyInclusion } from '#ledger/core/merkle.ts';
import { receiptReader, receiptSentence } from '#ledger/core/receipt-file.ts';
import { appHash, decodeLeaf, type EventPayload, type Leaf } from '#ledger/core/receipt.ts';
import { milliseconds } from '#ledger/core/time.ts';
import {
  compileMethod,
  decodeTransaction,
  methodNameOf,
  transactionId,
  type CompiledMethod,
  type Transaction,
} from '#ledger/core/transaction.ts';
import type { TypedDataTypes } from '#ledger/core/typed-data.ts';
import { checkHead, readInput, type CheckedHead, type HeadFields, type Step } from './head.ts';

/**
 * The transaction of a receipt, once its id was found to be the leaf's. The signature is not part of the id, so no signer is named here:
 * that the account's key signed is what the validators checked before they recorded it.
 */
export interface VerifiedTransaction {
  readonly id: Uint8Array;
  readonly transaction: Transaction;
}

export interface ReceiptVerdict {
  /** Every step passed. Without an anchor this means consistent, not authentic. */
  readonly ok: boolean;
  /** ok, and the anchor's own validators, or those that its trail leads to, decided the header. */
  readonly authenticated: boolean;
  /** The newer anchor that the header of an authenticated receipt makes. */
  readonly checkpoint: Anchor | undefined;
  /** In the order of the check; the first that failed is the reason. */
  readonly steps: readonly Step[];
  /** What the ledger recorded; undefined when unreadable. Means nothing unless ok. */
  readonly leaf: Leaf | undefined;
  readonly events: readonly EventPayload[];
  readonly transaction: VerifiedTransaction | undefined;
  /** The entry was recorded at this height at the latest. */
  readonly height: bigint | undefined;
  /** Time of the header that proves it, that of height + 1. */
  readonly headerTimeMs: bigint | undefined;
}

/** What a pass does not prove: shown wherever a verdict is. */
export const LIMITS: readonly string[] = [
  'It does not prove that the anchor is the right one: compare its genesis hash with one from a source that you trust.',
  'It does not prove that what people declared (a purpose, a title, a description) is true, only that it was signed and recorded.',
  'It does not prove what happened later: the entry may have been followed by others that end or change it.',
  'It does not show the signature: that the account’s key signed is what the validators checked before they recorded the entry.',
  'It relies on more than two thirds of the validators having been honest when they signed.',
  'Where the validators have changed since the anchor, it relies on the keys of former validators having stayed secret: a recent anchor (a checkpoint) relies on fewer of them.',
];

interface ReceiptFields extends HeadFields {
  readonly sentence: string | undefined;
  readonly leaf: Uint8Array;
  readonly transaction: Uint8Array | undefined;
  readonly types: TypedDataTypes | undefined;
  readonly events: readonly Uint8Array[];
  readonly withheld: readonly { readonly index: bigint; readonly hash: Uint8Array }[] | undefined;
  readonly logIndex: bigint;
  readonly logSize: bigint;
  readonly path: readonly Uint8Array[];
  readonly stateRoot: Uint8Array;
  readonly logRoot: Uint8Array;
}

/**
 * Verifies a receipt offline: transaction, events, place in the receipt log, app hash, header, commit, validators, trail, anchor. `receipt` is
 * the text of a receipt file (at most 2 MiB) or its parsed JSON; anything hostile ends in a failed step, never in a throw.
 */
export function verifyReceipt(receipt: unknown, anchor: Anchor | undefined, crypto: Crypto): ReceiptVerdict {
  const read = readInput(receipt, 'receipt', receiptReader);
  if (!read.ok) return verdict([{ name: 'format', ok: false, sentence: read.sentence }]);
  const fields = read.value;
  if (fields.sentence !== undefined && fields.sentence !== receiptSentence(fields)) {
    return verdict([{ name: 'format', ok: false, sentence: 'The file begins with a sentence that is not its own.' }]);
  }
  const leaf = decodeLeaf(fields.leaf);
  if (!leaf.ok) return verdict([{ name: 'format', ok: false, sentence: 'The entry is not one of a receipt log.' }]);
  const steps: Step[] = [
    { name: 'format', ok: true, sentence: `The file is a receipt of ${subjectText(leaf.value)}.` },
  ];
  const transaction = checkTransaction(fields, leaf.value, crypto);
  if (transaction !== undefined) steps.push(transaction.step);
  const events = checkEvents(fields, leaf.value, crypto);
  steps.push(events.step, checkInclusion(fields, crypto));
  const head = checkHead(fields, anchor, crypto);
  if (head.header !== undefined) steps.push(checkAppHash(fields, head.header, crypto));
  steps.push(...head.steps);
  return verdict(steps, {
    leaf: leaf.value,
    events: events.payloads,
    transaction: transaction?.verified,
    head,
  });
}

function verdict(
  steps: readonly Step[],
  found?: Pick<ReceiptVerdict, 'leaf' | 'events' | 'transaction'> & { readonly head: CheckedHead },
): ReceiptVerdict {
  const ok = steps.every((step) => step.ok);
  const header = found?.head.header;
  const checkpoint = ok ? found?.head.checkpoint : undefined;
  return {
    ok,
    authenticated: checkpoint !== undefined,
    checkpoint,
    steps,
    leaf: found?.leaf,
    events: found?.events ?? [],
    transaction: found?.transaction,
    height: header === undefined ? undefined : header.height - 1n,
    headerTimeMs: header === undefined ? undefined : milliseconds(header.timeNs),
  };
}

function subjectText({ subject }: Leaf): string {
  return subject instanceof Uint8Array
    ? `the transaction ${toHex(subject)}`
    : `the due item ${JSON.stringify(subject.kind)} of ${subject.timeMs} ms, number ${subject.sequence}`;
}

/** Undefined when the receipt comes without a body: then the leaf names the transaction by its id alone. */
function checkTransaction(
  fields: ReceiptFields,
  leaf: Leaf,
  crypto: Crypto,
): { readonly step: Step; readonly verified?: VerifiedTransaction } | undefined {
  const { transaction: bytes, types, network } = fields;
  if (bytes === undefined && types === undefined) return undefined;
  const name = 'transaction';
  const refused = (sentence: string): { step: Step } => ({ step: { name, ok: false, sentence } });
  if (bytes === undefined || types === undefined) return refused('The transaction and its types must come together.');
  const compiled = compileHostile(bytes, types, crypto);
  const decoded =
    compiled === undefined ? undefined : decodeTransaction(bytes, new Map([[compiled.method.name, compiled]]));
  if (compiled === undefined || decoded === undefined || !decoded.ok) {
    return refused('The transaction cannot be read with the types that come with it.');
  }
  const { transaction } = decoded.value;
  if (!equal(decoded.value.network, network)) return refused('The transaction was made for another network.');
  const id = transactionId(transaction, network, compiled, crypto);
  if (!(leaf.subject instanceof Uint8Array) || !equal(leaf.subject, id)) {
    return refused('The transaction is not the one that the entry names.');
  }
  const sentence = `The entry names this transaction, ${transaction.method} by account ${transaction.account}.`;
  return { step: { name, ok: true, sentence }, verified: { id, transaction } };
}

/** Types come from the file, so what would be a defect in our own (a struct within itself, an unknown type) is bad input here. */
function compileHostile(bytes: Uint8Array, types: TypedDataTypes, crypto: Crypto): CompiledMethod | undefined {
  const name = methodNameOf(bytes);
  if (name === undefined || !Object.hasOwn(types, name)) return undefined;
  try {
    return compileMethod({ name, contract: 0, types }, crypto);
  } catch {
    return undefined;
  }
}

function checkEvents(
  fields: ReceiptFields,
  leaf: Leaf,
  crypto: Crypto,
): { readonly step: Step; readonly payloads: readonly EventPayload[] } {
  const name = 'events';
  const payloads: EventPayload[] = [];
  for (const bytes of fields.events) {
    const decoded = decode(bytes);
    if (!decoded.ok || !isPayload(decoded.value)) {
      return { step: { name, ok: false, sentence: 'An event cannot be read.' }, payloads: [] };
    }
    payloads.push(decoded.value);
  }
  const hashes = eventHashes(fields, crypto);
  const ok = hashes !== undefined && equal(rootOfHashes(hashes, crypto), leaf.eventsRoot);
  const sentence = ok ? eventsSentence(payloads.length, hashes.length) : 'The events are not those of the entry.';
  return { step: { name, ok, sentence }, payloads };
}

/** Leaf hashes of all of the entry's events in order, what was withheld at its place; undefined when the places do not fit. */
function eventHashes({ events, withheld = [] }: ReceiptFields, crypto: Crypto): Uint8Array[] | undefined {
  const at = new Map(withheld.map(({ index, hash }) => [Number(index), hash]));
  const size = events.length + withheld.length;
  if (at.size !== withheld.length || [...at.keys()].some((index) => index >= size)) return undefined;
  let next = 0;
  return Array.from({ length: size }, (_, index) => at.get(index) ?? leafHash(events[next++]!, crypto));
}

function eventsSentence(shown: number, all: number): string {
  const count = shown === 1 ? 'one event is this one' : `${shown} events are these, in this order`;
  if (shown === all) return `The entry’s ${count}.`;
  const which = shown === 1 ? 'This is one' : `These are ${shown}`;
  return `${which} of the entry’s ${all} events, in their order; the others were withheld.`;
}

function isPayload(value: unknown): value is EventPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function checkInclusion(fields: ReceiptFields, crypto: Crypto): Step {
  const { logIndex: index, logSize: size, path, logRoot } = fields;
  const ok = verifyInclusion({ leafHash: leafHash(fields.leaf, crypto), index, size, path }, logRoot, crypto);
  const sentence = ok
    ? `The entry is number ${index} of the ${size} in the receipt log.`
    : 'The path does not lead from the entry to the receipt log’s root.';
  return { name: 'inclusion', ok, sentence };
}

function checkAppHash(fields: ReceiptFields, header: Header, crypto: Crypto): Step {
  const { stateRoot, logRoot, logSize } = fields;
  const ok = equal(appHash({ stateRoot, logRoot, logSize }, crypto), header.appHash);
  const sentence = ok
    ? `The header of height ${header.height} commits to this receipt log.`
    : 'The header commits to another receipt log or state.';
  return { name: 'app-hash', ok, sentence };
}
