import { createHash } from 'node:crypto';
import type { AssignedRange, Payloads, RangeWork } from '#agent/resources/kind.ts';
import { checkAlgorithm, type Algorithm } from '#agent/sandbox/algorithm.ts';
import { decryptPayload } from '#agent/payload-sealing.ts';
import { RUN_MEMORY_MIB_MIN } from '#ledger/contracts/kinds/computing.ts';
import type { RangeFault } from '#ledger/contracts/plan/definition.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import { decodePayload, subtaskInputs, type Payload } from '#ledger/core/payload.ts';

const MIB = 1024 ** 2;

/** Memory of each run: what the task asks for, and no less than the ledger has every run given. */
export function runMemoryMiB({ memoryMiB }: Pick<RangeWork, 'memoryMiB'>): number {
  return Math.max(memoryMiB, Number(RUN_MEMORY_MIB_MIN));
}

/** What a task carried, opened and checked: ready to be run. */
export interface TaskPayload {
  readonly algorithm: Algorithm;
  /** The program's name first. */
  readonly args: readonly string[];
  /** Of every sub-task of the whole task. */
  readonly inputs: readonly Uint8Array[];
}

/** Why a range cannot be finished here. */
export interface Fault {
  readonly fault: RangeFault;
  readonly sentence: string;
}

export type Opened = { readonly ok: true; readonly value: TaskPayload } | ({ readonly ok: false } & Fault);

/** Opens a ciphertext with the key that came with the range, and checks what is in it against what the ledger says of the work. */
export async function openTask(
  ciphertext: Uint8Array,
  of: {
    readonly assigned: Pick<AssignedRange, 'work' | 'key'>;
    readonly resource: number;
    readonly payloads: Pick<Payloads, 'network' | 'openKey'>;
  },
): Promise<Opened> {
  const { assigned, resource, payloads } = of;
  const { work } = assigned;
  const unreadable = (sentence: string): Opened => failed('payload-unreadable', sentence);
  if (ciphertext.length !== work.payloadBytes)
    return unreadable(`The payload has ${ciphertext.length} bytes, and ${work.payloadBytes} were published.`);
  const [sealed, payload] = [fromHex(assigned.key), fromHex(work.payload)];
  const key = sealed && payload && (await payloads.openKey(sealed, { resource, payload }));
  if (key === undefined) return unreadable('The payload’s key was not sealed for this provider’s agent.');
  const plaintext = await decryptPayload(ciphertext, { key, network: payloads.network });
  if (plaintext === undefined)
    return unreadable('The payload cannot be opened with its key: it was changed, cut, or made for another network.');
  const decoded = decodePayload(plaintext, plaintext.length);
  if (decoded === undefined) return unreadable('The payload holds no program with inputs.');
  return checkTask(decoded, work);
}

function checkTask({ module, args, inputs: split }: Payload, work: RangeWork): Opened {
  if (createHash('sha256').update(module).digest('hex') !== work.algorithm)
    return failed('module-refused', 'The program is not the one that was published: its SHA-256 is another.');
  const checked = checkAlgorithm(module, { memoryBytes: runMemoryMiB(work) * MIB });
  if (!checked.ok) return failed('module-refused', checked.sentence);
  const unreadable = (sentence: string): Opened => failed('inputs-unreadable', sentence);
  if (split.split !== work.split)
    return unreadable(`The inputs are divided as ${split.split}, and ${work.split} was published.`);
  // Before a range is made into texts: its bounds are the customer's.
  if (split.split === 'range' && split.subtasks !== work.subtasks)
    return unreadable(countsDiffer(split.subtasks, work));
  const inputs = subtaskInputs(split);
  if (inputs.length !== work.subtasks) return unreadable(countsDiffer(inputs.length, work));
  const large = inputs.findIndex((input) => input.length > work.inputBytes);
  if (large >= 0)
    return unreadable(
      `The input of sub-task ${large + 1} has ${inputs[large]?.length} bytes; at most ${work.inputBytes} were published.`,
    );
  return { ok: true, value: { algorithm: checked.value, args: ['program', ...args], inputs } };
}

function countsDiffer(found: number, { subtasks }: RangeWork): string {
  return `The payload has inputs for ${found} sub-tasks, and ${subtasks} were published.`;
}

function failed(fault: RangeFault, sentence: string): Opened {
  return { ok: false, fault, sentence };
}
