import type { CborValue } from '#ledger/core/codec.ts';
import type { Input, Verdict } from '#ledger/consensus/effects.ts';
import { height } from '#ledger/consensus/types.ts';
import {
  heightOf,
  hexBytes,
  proposalFromCbor,
  proposalToCbor,
  roundOf,
  valueIdOf,
  voteFromCbor,
  voteToCbor,
} from './signed-codec.ts';

/** What the write-ahead log keeps: every input but the two that a restart makes anew. */
export type RecordedInput = Exclude<Input, { kind: 'start-height' } | { kind: 'restored' }>;

const VERDICTS: readonly Verdict[] = ['valid', 'untimely', 'invalid', 'unknown'];
const STEPS = ['propose', 'prevote', 'precommit'] as const;

export function inputToCbor(input: RecordedInput): CborValue {
  switch (input.kind) {
    case 'proposal':
      return ['proposal', proposalToCbor(input.signed)];
    case 'vote':
      return ['vote', voteToCbor(input.signed)];
    case 'value-built':
      return ['built', input.height, BigInt(input.round), hexBytes(input.valueId)];
    case 'value-checked':
      return ['checked', input.height, BigInt(input.round), hexBytes(input.valueId), input.verdict];
    case 'timeout-elapsed': {
      const { step, height: atHeight, round } = input.timeout;
      return ['timeout', step, atHeight, BigInt(round)];
    }
  }
}

/** Undefined for anything that `inputToCbor` does not make. */
export function inputFromCbor(value: CborValue): RecordedInput | undefined {
  if (!Array.isArray(value)) return undefined;
  const [kind, a, b, c, d] = value as readonly CborValue[];
  if (kind === 'proposal') {
    const signed = proposalFromCbor(a);
    return signed && { kind: 'proposal', signed };
  }
  if (kind === 'vote') {
    const signed = voteFromCbor(a);
    return signed && { kind: 'vote', signed };
  }
  const atRound = roundOf(kind === 'timeout' ? c : b);
  const atHeight = heightOf(kind === 'timeout' ? b : a);
  if (atRound === undefined || atHeight === undefined) return undefined;
  if (kind === 'timeout') {
    const step = STEPS.find((name) => name === a);
    return step && { kind: 'timeout-elapsed', timeout: { step, height: height(atHeight), round: atRound } };
  }
  const id = valueIdOf(c);
  if (id === undefined) return undefined;
  if (kind === 'built') return { kind: 'value-built', height: height(atHeight), round: atRound, valueId: id };
  const verdict = VERDICTS.find((name) => name === d);
  if (kind !== 'checked' || verdict === undefined) return undefined;
  return { kind: 'value-checked', height: height(atHeight), round: atRound, valueId: id, verdict };
}
