import { readRunnableModule } from '#agent/sandbox/module-rules.ts';
import { ModuleRefused, type WasmModule } from '#agent/sandbox/wasm.ts';

/** What providers' agents check of a module before they run it, checked in the browser before anybody publishes or pays. */

const PAGES_A_MIB = 16;

/** What a group of functions is for, in plain words, and what becomes of it in a run. */
interface Ability {
  readonly asks: string;
  readonly gets: string;
  readonly isGiven: boolean;
  readonly functions: string;
}

const ABILITIES: readonly Ability[] = [
  {
    asks: 'reads its arguments',
    gets: 'given: those that you write here',
    isGiven: true,
    functions: 'args_get args_sizes_get',
  },
  {
    asks: 'reads its input and writes its output',
    gets: 'given: one input in, one output and one log out',
    isGiven: true,
    functions:
      'fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get ' +
      'fd_filestat_set_size fd_filestat_set_times fd_pread fd_pwrite fd_read fd_renumber fd_seek fd_sync fd_tell fd_write',
  },
  { asks: 'ends itself', gets: 'given: its exit code is kept', isGiven: true, functions: 'proc_exit proc_raise' },
  {
    asks: 'looks at the clock',
    gets: 'every run begins on 1 January 2020, so that the same input gives the same output',
    isGiven: true,
    functions: 'clock_res_get clock_time_get',
  },
  {
    asks: 'draws random numbers',
    gets: 'the same in every run, so that the same input gives the same output',
    isGiven: true,
    functions: 'random_get',
  },
  { asks: 'waits', gets: 'waiting is over at once', isGiven: true, functions: 'poll_oneoff sched_yield' },
  {
    asks: 'looks at its environment',
    gets: 'it is empty',
    isGiven: false,
    functions: 'environ_get environ_sizes_get',
  },
  {
    asks: 'looks for files and folders',
    gets: 'there are none',
    isGiven: false,
    functions:
      'fd_prestat_get fd_prestat_dir_name fd_readdir path_create_directory path_filestat_get path_filestat_set_times path_link ' +
      'path_open path_readlink path_remove_directory path_rename path_symlink path_unlink_file',
  },
  {
    asks: 'speaks to a network',
    gets: 'there is none',
    isGiven: false,
    functions: 'sock_recv sock_send sock_shutdown sock_accept',
  },
];

/** Functions of WASI preview 1 that the abilities explain: all that a run answers. */
export const EXPLAINED_FUNCTIONS: ReadonlySet<string> = new Set(
  ABILITIES.flatMap(({ functions }) => functions.split(' ')),
);

/** What a module that may run asks for. */
export interface ModuleFacts {
  readonly bytes: number;
  /** What it begins with, in MiB, rounded up: no run can have less. */
  readonly memoryMiBMin: number;
  /** In plain words, with what it gets. */
  readonly abilities: readonly { readonly asks: string; readonly gets: string; readonly isGiven: boolean }[];
}

export type ModuleCheck =
  { readonly ok: true; readonly facts: ModuleFacts } | { readonly ok: false; readonly sentence: string };

/** Whether providers would run a module, and what it asks for; a refusal is one sentence that says how to put it right. */
export function checkModule(bytes: Uint8Array): ModuleCheck {
  try {
    const runnable = readRunnableModule(bytes);
    const [memory] = runnable.memories;
    const memoryMiBMin = Math.max(1, Math.ceil((memory?.min ?? 0) / PAGES_A_MIB));
    return { ok: true, facts: { bytes: bytes.length, memoryMiBMin, abilities: abilitiesOf(runnable) } };
  } catch (error) {
    if (error instanceof ModuleRefused) return { ok: false, sentence: error.message };
    throw error;
  }
}

function abilitiesOf({ imports }: WasmModule): ModuleFacts['abilities'] {
  const names = new Set(imports.map(({ name }) => name));
  return ABILITIES.filter(({ functions }) => functions.split(' ').some((name) => names.has(name))).map(
    ({ asks, gets, isGiven }) => ({ asks, gets, isGiven }),
  );
}
