import { z } from 'zod';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { packEntries, type Measured } from '#ledger/contracts/credit/digest.ts';
import { ENTRIES_MAX } from '#ledger/contracts/credit/definition.ts';
import { utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { measuredNodeSchema, measuredOf, watchedSchema, type MeasuredNode } from './measured.ts';

/**
 * What stands behind a digest, as a file of lines that an auditor can be handed: the first says of which epoch and when the monitor was at work,
 * each other one holds what was heard of a node. The Merkle root (RFC 6962) over the lines stands on the ledger beside the entries.
 */

const headSchema = z.strictObject({
  /** Genesis hash. */
  network: z.string().regex(/^[0-9a-f]{64}$/),
  epoch: z.number().int().min(0),
  fromMs: z.number().int().min(0),
  toMs: z.number().int().min(0),
  watchedAtMs: watchedSchema,
});
export type DigestHead = z.infer<typeof headSchema>;

export interface Digest {
  readonly head: DigestHead;
  readonly measured: readonly Measured[];
  /** As `RecordDigest` takes them. */
  readonly entries: Uint8Array;
  readonly root: Uint8Array;
}

/** Files of one epoch, each for one `RecordDigest`: nodes of which nothing is known are left out, and without any there is no file. */
export function digestFiles(head: DigestHead, nodes: readonly MeasuredNode[]): string[] {
  const known = nodes
    .filter((node) => measuredOf(node, head.watchedAtMs) !== undefined)
    .toSorted((one, other) => one.node - other.node);
  const files: string[] = [];
  for (let at = 0; at < known.length; at += ENTRIES_MAX) {
    const lines = [head, ...known.slice(at, at + ENTRIES_MAX)].map((value) => JSON.stringify(value));
    files.push(`${lines.join('\n')}\n`);
  }
  return files;
}

/** What a file comes to: the same for whoever wrote it and for whoever checks it. A sentence for a file that is none. */
export function readDigest(text: string): Outcome<Digest> {
  const lines = text.split('\n');
  if (lines.pop() !== '') return failed('The file does not end with a whole line.');
  try {
    const [first, ...rest] = lines.map((line): unknown => JSON.parse(line));
    const head = headSchema.parse(first);
    const measured = rest.map((value, index) => {
      const entry = measuredOf(measuredNodeSchema.parse(value), head.watchedAtMs);
      if (entry === undefined) throw new Error(`line ${index + 2} says nothing of its node`);
      return entry;
    });
    const isOrdered = measured.every(({ node }, index) => (measured[index - 1]?.node ?? 0n) < node);
    if (measured.length === 0 || measured.length > ENTRIES_MAX || !isOrdered)
      return failed(`The file does not hold 1 to ${ENTRIES_MAX} nodes in order of their numbers.`);
    const root = merkleRoot(lines.map(utf8), nobleCrypto);
    return done({ head, measured, entries: packEntries(measured), root });
  } catch (error) {
    return failed(`The file is no digest’s: ${reasonOf(error).slice(0, 300)}`);
  }
}
