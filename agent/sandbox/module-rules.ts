import { ModuleRefused, readModule, type WasmModule } from './wasm.ts';

/** What a module has to be before anybody runs it, pays for it or publishes it: agents and browsers check it by this one file. */

export const MODULE_BYTES_MAX = 4 * 1024 ** 2;
/** More elements than any compiler makes; each takes the engine some bytes before anything runs. */
export const TABLE_ELEMENTS_MAX = 1_000_000;
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

/** Throws `ModuleRefused` with a sentence that says how to put it right. How much memory was agreed, the agent adds. */
export function readRunnableModule(bytes: Uint8Array): WasmModule {
  if (bytes.length > MODULE_BYTES_MAX)
    throw new ModuleRefused(`The module has ${bytes.length} bytes; at most ${MODULE_BYTES_MAX} can be run.`);
  const module = readModule(bytes);
  checkImports(module);
  checkExports(module);
  if (module.memories.length !== 1) throw new ModuleRefused('The module has to have one memory of its own.');
  checkTables(module);
  return module;
}

function checkImports({ imports }: WasmModule): void {
  const foreign = imports.find(
    ({ module, name, kind }) => module !== WASI || kind !== 'function' || !WASI_FUNCTIONS.has(name),
  );
  if (foreign === undefined) return;
  throw new ModuleRefused(
    `The module imports the ${foreign.kind} ${shown(foreign.name)} of ${shown(foreign.module)}; only functions of ${WASI} can be imported. Build it for WASI preview 1.`,
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

function checkTables({ tables }: WasmModule): void {
  const large = tables.find(({ min }) => min > TABLE_ELEMENTS_MAX);
  if (large === undefined) return;
  throw new ModuleRefused(`The module has a table of ${large.min} elements; at most ${TABLE_ELEMENTS_MAX} can be run.`);
}
