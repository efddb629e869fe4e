import { describe, expect, test } from 'vitest';
import { nativeCrypto as crypto } from '#ledger/engines/native-crypto.ts';
import { anchorFromJson, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { TRAIL_MAX, type ReceiptFile } from '#ledger/core/receipt-file.ts';
import { sampleAnchor, sampleReceipt, sampleTrail, type SampleChange } from '#ledger/vectors/sample-receipt.ts';
import { verifyHead } from './head.ts';
import { verifyReceipt } from './receipt.ts';

/** More changes than a file can hold: at every other height the oldest of four validators leaves and a new one comes. */
const CHANGES = TRAIL_MAX + 6;
const setAfter = (changes: number): number[] => [1, 2, 3, 4].map((number) => number + changes);
const changes = Array.from({ length: CHANGES }, (_, at): SampleChange => {
  return { height: BigInt(at * 2 + 1), from: setAfter(at), to: setAfter(at + 1) };
});
const entries = sampleTrail(changes);

/** A receipt proved by the header of this height, with the trail of whoever trusts `fromHeight`. */
function receiptAt(height: bigint, fromHeight = 1n): ReceiptFile {
  const trail = entries.filter(({ header }) => header.height >= fromHeight && header.height < height);
  const numbers = setAfter(entries.filter(({ header }) => header.height < height).length);
  return sampleReceipt({ numbers, height, signers: numbers.length, trail });
}

function headOf({ network, chainId, header, commit, validators, trail }: ReceiptFile): unknown {
  return { format: 'interpool-head/1', network, chainId, header, commit, validators, trail };
}

/** What the command writes, read again. */
function checkpointAt(height: bigint, anchor = sampleAnchor): Anchor {
  const made = verifyHead(headOf(receiptAt(height, anchor.checkpoint?.height)), anchor, crypto).checkpoint;
  const read = anchorFromJson(anchorToJson(made!));
  if (!read.ok) throw new Error(read.sentence);
  return read.value;
}

function faults(receipt: unknown, anchor: Anchor): (string | undefined)[] {
  const { steps, authenticated, checkpoint } = verifyReceipt(receipt, anchor, crypto);
  const failed = steps.filter(({ ok }) => !ok);
  expect([authenticated, checkpoint !== undefined]).toEqual([failed.length === 0, failed.length === 0]);
  return failed.map(({ name, sentence }) => `${name}: ${sentence}`);
}

const late = receiptAt(200n);
const middle = checkpointAt(60n);

describe('a checkpoint', () => {
  test('verifies what lies too many changes after genesis for one file, which from genesis is refused with what is needed [8.3.1-b]', () => {
    expect(late.trail).toHaveLength(TRAIL_MAX);
    expect(faults(late, sampleAnchor)).toEqual([
      'anchor: The anchor is older than the trail, which begins at height 13 with other validators: a newer anchor is needed, a checkpoint of a height from 13 to 200.',
    ]);
    expect(faults(late, middle)).toEqual([]);
    const sentence = verifyReceipt(late, middle, crypto).steps.find(({ name }) => name === 'trail')?.sentence;
    expect(sentence).toMatch(/^40 changes of the validators followed/);
    expect(faults(receiptAt(200n, 60n), middle)).toEqual([]);
  });

  test('leads to the next one, which trusts the newer validators alone [8.3.1-b]', () => {
    const next = checkpointAt(180n, middle);
    expect(next.checkpoint).toMatchObject({ height: 180n, timeMs: 1_800_000_000_123n });
    expect(faults(receiptAt(200n, 180n), next)).toEqual([]);
    expect(receiptAt(200n, 180n).trail).toBeUndefined();
  });

  test('skips what lies below it: nothing there is believed or needed [8.3.1-b]', () => {
    const forged = { ...late.trail![0]!, commit: late.trail![1]!.commit };
    expect(faults({ ...late, trail: [forged, ...late.trail!.slice(1)] }, middle)).toEqual([]);
    const within = late.trail!.with(30, { ...late.trail![30]!, commit: late.trail![31]!.commit });
    expect(faults({ ...late, trail: within }, middle)[0]).toMatch(/^trail: .*entry 31 is not decided/);
  });

  test('of a height at which the validators change begins with that change, and with that header only [8.3.1-b]', () => {
    const { header, commit } = late.trail![24]!;
    const before = receiptAt(61n);
    const { checkpoint } = verifyHead({ ...(headOf(before) as object), header, commit }, sampleAnchor, crypto);
    expect(checkpoint?.checkpoint?.height).toBe(61n);
    expect(faults(late, checkpoint!)).toEqual([]);
    const other = { ...checkpoint!, checkpoint: { ...checkpoint!.checkpoint!, blockHash: new Uint8Array(32) } };
    expect(faults(late, other)[0]).toMatch(/^trail: .*entry 25 is not the header of that height/);
    expect(faults(before, checkpoint!)).toEqual([
      'anchor: The header is not the header of that height which the checkpoint names.',
    ]);
  });

  test('says of what is older than itself that it cannot judge it [8.3.1-b]', () => {
    expect(faults(receiptAt(50n), middle)).toEqual([
      'anchor: The anchor is a checkpoint of height 60, newer than this header of height 50, and cannot judge it: use an older anchor.',
    ]);
    expect(faults(receiptAt(60n), middle)).toEqual([]);
  });

  test.each<[string, (made: Anchor) => Anchor, RegExp]>([
    ['another network', (made) => ({ ...made, genesisHash: new Uint8Array(32) }), /^anchor: .*another network/],
    ['other validators', (made) => ({ ...made, validators: sampleAnchor.validators }), /^anchor: .*newer anchor/],
    ['a height too low', (made) => moved(made, 40n), /^anchor: .*newer anchor/],
    ['a height too high', (made) => moved(made, 120n), /^anchor: .*newer anchor/],
    ['a validator twice', (made) => ({ ...made, validators: made.validators.with(0, made.validators[1]!) }), /^anchor/],
  ])('with %s vouches for nothing [8.3.1-b]', (_what, forge, fault) => {
    expect(faults(late, forge(middle))[0]).toMatch(fault);
  });

  test('is made of an authentic head alone [8.3.1-b]', () => {
    const head = headOf(receiptAt(60n)) as { commit: string };
    expect(verifyHead(head, undefined, crypto)).toMatchObject({ ok: true, checkpoint: undefined });
    for (const forged of [
      { ...head, commit: (headOf(receiptAt(58n)) as { commit: string }).commit },
      { ...head, trail: late.trail },
      {},
      'x',
    ]) {
      expect(verifyHead(forged, sampleAnchor, crypto)).toMatchObject({ ok: false, checkpoint: undefined });
    }
    const broken = verifyReceipt({ ...receiptAt(60n), logIndex: '12' }, sampleAnchor, crypto);
    expect(broken).toMatchObject({ ok: false, checkpoint: undefined });
  });
});

function moved(made: Anchor, height: bigint): Anchor {
  return { ...made, checkpoint: { ...made.checkpoint!, height } };
}
