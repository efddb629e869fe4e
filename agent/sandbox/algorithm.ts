import { createHash } from 'node:crypto';
import { ModuleRefused, readModule, withLimits, type WasmModule } from './wasm.ts';

/** One page of a module's memory. */
const PAGE_BYTES = 64 * 1024;
export const MODULE_BYTES_MAX = 4 * 1024 ** 2;
/** More elements than any compiler makes; each takes the engine some bytes before anything runs. */
const TABLE_ELEMENTS_MAX = 1_000_000;
const WASI = 'wasi_snapshot_preview1';

/** Functions of WASI preview 1 that the host answers. Sockets are among them: they answer that there are none. */
export const WASI_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate fd_close fd_datasync ' +
    'fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread ' +
    'fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write ' +
    'path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory ' +
    'path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise sched_yield random_get sock_recv sock_send ' +
    'sock_shutdown sock_accept'
  ).split(' '),
);

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
  if (bytes.length > MODULE_BYTES_MAX)
    return refused(`The module has ${bytes.length} bytes; at most ${MODULE_BYTES_MAX} can be run.`);
  try {
    const module = readModule(bytes);
    const pagesMax = Math.floor(memoryBytes / PAGE_BYTES);
    checkImports(module);
    checkExports(module);
    return {
      ok: true,
      value: {
        digest: createHash('sha256').update(bytes).digest('hex'),
        module: withLimits(module, { memories: boundedMemories(module, pagesMax), tables: boundedTables(module) }),
        imports: module.imports.map(({ name }) => name),
      },
    };
  } catch (error) {
    if (error instanceof ModuleRefused) return refused(error.message);
    throw error;
  }
}

function refused(sentence: string): Checked {
  return { ok: false, sentence };
}

function checkImports({ imports }: WasmModule): void {
  const foreign = imports.find(
    ({ module, name, kind }) => module !== WASI || kind !== 'function' || !WASI_FUNCTIONS.has(name),
  );
  if (foreign === undefined) return;
  throw new ModuleRefused(
    `The module imports the ${foreign.kind} ${shown(foreign.name)} of ${shown(foreign.module)}; only functions of ${WASI} can be imported here.`,
  );
}

/** A name of the module as it may stand in a sentence. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

function checkExports({ exports }: WasmModule): void {
  const exported = (name: string, kind: string): boolean =>
    exports.some((found) => found.name === name && found.kind === kind);
  if (!exported('_start', 'function'))
    throw new ModuleRefused('The module exports no function _start: build it as a WASI command, not as a library.');
  if (!exported('memory', 'memory'))
    throw new ModuleRefused('The module exports no memory: build it as a WASI command.');
}

function boundedMemories({ memories }: WasmModule, pagesMax: number): WasmModule['memories'] {
  if (memories.length !== 1) throw new ModuleRefused('The module has to have one memory of its own.');
  return memories.map(({ min, max }) => {
    if (min > pagesMax)
      throw new ModuleRefused(
        `The module begins with ${min} pages of memory (${(min * PAGE_BYTES) / 1024 ** 2} MiB); ${pagesMax} were agreed.`,
      );
    return { min, max: Math.min(max ?? pagesMax, pagesMax) };
  });
}

function boundedTables({ tables }: WasmModule): WasmModule['tables'] {
  return tables.map((table) => {
    if (table.min > TABLE_ELEMENTS_MAX)
      throw new ModuleRefused(
        `The module has a table of ${table.min} elements; at most ${TABLE_ELEMENTS_MAX} can be run.`,
      );
    return { ...table, max: Math.min(table.max ?? TABLE_ELEMENTS_MAX, TABLE_ELEMENTS_MAX) };
  });
}
