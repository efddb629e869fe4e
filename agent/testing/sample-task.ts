import { createHash } from 'node:crypto';
import { encryptPayload, sealPayloadKey } from '#agent/payload-sealing.ts';
import { payloadsOf } from '#agent/payloads.ts';
import type { BytesReply } from '#agent/portal-client.ts';
import type { AssignedRange, Payloads, RangeWork } from '#agent/resources/kind.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { encodePayload, inputLeaf, resultLeaf, subtaskInputs, type Payload } from '#ledger/core/payload.ts';

export const NETWORK = new Uint8Array(32).fill(2);
/** Resource that payloads' keys are sealed for, and the agent's key. */
export const RESOURCE = 1;
export const AGENT_SECRET = new Uint8Array(32).fill(9);

const sha = { sha256: (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest() };
export const sha256Hex = (data: Uint8Array): string => toHex(sha.sha256(data));

/** Where payloads lie in place of a portal: whoever changes one finds it changed. */
export class PayloadShelf {
  readonly bytes = new Map<string, Uint8Array>();
  asked = 0;
  isReachable = true;

  /** What an agent with this key makes of it. */
  payloads(network: Uint8Array = NETWORK, secretKey: Uint8Array = AGENT_SECRET): Payloads {
    return payloadsOf({
      client: { bytes: (path) => Promise.resolve(this.#answer(path)) },
      key: { secretKey },
      network,
    });
  }

  #answer(path: string): BytesReply {
    this.asked += 1;
    if (!this.isReachable) return { kind: 'unreachable', sentence: 'The portal did not answer.' };
    const bytes = this.bytes.get(path.replace('/api/v1/payloads/', ''));
    return bytes === undefined
      ? { kind: 'refused', status: 404, code: null, sentence: 'There is none.' }
      : { kind: 'bytes', bytes };
  }
}

export interface SampleTask {
  readonly work: RangeWork;
  /** Sealed to the agent, hex. */
  readonly key: string;
  readonly inputs: readonly Uint8Array[];
}

/** Encrypts a payload as a customer does, lays it on the shelf and seals its key to the agent; `work` says what the ledger says otherwise. */
export async function sampleTask(
  shelf: PayloadShelf,
  of: {
    readonly payload: Payload;
    readonly work?: Partial<RangeWork>;
    readonly network?: Uint8Array;
    /** Network that the ciphertext is bound to, where that is another one. */
    readonly boundTo?: Uint8Array;
    readonly resource?: number;
    readonly sealingKey?: string;
    /** What becomes of the ciphertext before its digest is published. */
    cut?(ciphertext: Uint8Array): Uint8Array;
  },
): Promise<SampleTask> {
  const { payload, network = NETWORK, boundTo = network, resource = RESOURCE, cut = (ciphertext) => ciphertext } = of;
  const inputs = subtaskInputs(payload.inputs);
  const key = new Uint8Array(32).fill(7);
  const ciphertext = cut(
    await encryptPayload(encodePayload(payload), { key, nonce: new Uint8Array(12), network: boundTo }),
  );
  const digest = sha.sha256(ciphertext);
  shelf.bytes.set(toHex(digest), ciphertext);
  const sealingKey = fromHex(of.sealingKey ?? shelf.payloads().sealingKey) ?? new Uint8Array();
  const sealed = await sealPayloadKey(key, {
    network,
    resource: BigInt(resource),
    payload: digest,
    sealingKey,
  });
  const work = {
    algorithm: sha256Hex(payload.module),
    payload: toHex(digest),
    payloadBytes: ciphertext.length,
    subtasks: inputs.length,
    split: payload.inputs.split,
    cpuMs: 2_000,
    memoryMiB: 16,
    inputBytes: 1_000,
    outputBytes: 100_000,
    ...of.work,
  };
  return { work, key: toHex(sealed), inputs };
}

/** Range of a task as the ledger would give it: all of its sub-tasks unless something else is said. */
export function rangeOf({ work, key }: SampleTask, given: Partial<AssignedRange> = {}): AssignedRange {
  return { demand: 1, range: 0, first: 0, count: work.subtasks, attempt: 1, work, key, lateAtMs: 1, ...given };
}

export interface ToldResult {
  readonly subtask: number;
  readonly outcome: string;
  readonly exitCode: number;
  /** SHA-256, hex. */
  readonly output: string;
}

/** Roots as a customer works them out from its own inputs and the results that it was told. */
export function rootsOfTold(inputs: readonly Uint8Array[], results: readonly ToldResult[]) {
  const leaves = results.map((result) => resultLeaf({ ...result, output: fromHex(result.output) ?? new Uint8Array() }));
  return {
    inputRoot: toHex(
      merkleRoot(
        inputs.map((input) => inputLeaf(input, sha)),
        sha,
      ),
    ),
    resultRoot: toHex(merkleRoot(leaves, sha)),
  };
}
