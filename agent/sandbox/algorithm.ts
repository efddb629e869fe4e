import { createHash } from 'node:crypto';
import { readRunnableModule, TABLE_ELEMENTS_MAX } from './module-rules.ts';
import { ModuleRefused, withLimits, type WasmModule } from './wasm.ts';

/** One page of a module's memory. */
const PAGE_BYTES = 64 * 1024;

/** A module that may run, with the most memory that was agreed written into it. */
export interface Algorithm {
  /** SHA-256 of the bytes as they were sent, hex. */
  readonly digest: string;
  /** What is run: the same module, its memory and tables bounded. */
  readonly module: Uint8Array;
  /** Names of the functions that it imports. */
  readonly imports: readonly string[];
}

export type Checked =
  { readonly ok: true; readonly value: Algorithm } | { readonly ok: false; readonly sentence: string };

/**
 * Looks at a module before anything of it runs: its size, what it imports, its memory, and that it can be started. `memoryBytes` is the most
 * that it may ever take, in whole pages. Every refusal is a sentence for the person who sent it.
 */
export function checkAlgorithm(bytes: Uint8Array, { memoryBytes }: { readonly memoryBytes: number }): Checked {
  try {
    const module = readRunnableModule(bytes);
    const pagesMax = Math.floor(memoryBytes / PAGE_BYTES);
    return {
      ok: true,
      value: {
        digest: createHash('sha256').update(bytes).digest('hex'),
        module: withLimits(module, { memories: boundedMemories(module, pagesMax), tables: boundedTables(module) }),
        imports: module.imports.map(({ name }) => name),
      },
    };
  } catch (error) {
    if (error instanceof ModuleRefused) return { ok: false, sentence: error.message };
    throw error;
  }
}

function boundedMemories({ memories }: WasmModule, pagesMax: number): WasmModule['memories'] {
  return memories.map(({ min, max }) => {
    if (min > pagesMax)
      throw new ModuleRefused(
        `The module begins with ${min} pages of memory (${(min * PAGE_BYTES) / 1024 ** 2} MiB); ${pagesMax} were agreed.`,
      );
    return { min, max: Math.min(max ?? pagesMax, pagesMax) };
  });
}

function boundedTables({ tables }: WasmModule): WasmModule['tables'] {
  return tables.map((table) => ({ ...table, max: Math.min(table.max ?? TABLE_ELEMENTS_MAX, TABLE_ELEMENTS_MAX) }));
}
