import wabt from 'wabt';

const tools = await wabt();

/** A module from its text form. */
export function assemble(text: string): Uint8Array {
  const module = tools.parseWat('test.wat', text, { bulk_memory: true, threads: true, memory64: true });
  try {
    return module.toBinary({ log: false }).buffer;
  } finally {
    module.destroy();
  }
}

/** A command whose `_start` does this, with two pages of memory that may grow to 65,536; `more` stands beside it. */
export function command(body: string, more = ''): Uint8Array {
  return assemble(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 2)
    ${more}
    (func (export "_start") ${body}))`);
}

/** Writes `length` bytes from `at` to a stream. */
export function write(stream: number, at: number, length: number): string {
  return `(i32.store (i32.const 8) (i32.const ${at})) (i32.store (i32.const 12) (i32.const ${length}))
    (drop (call $fd_write (i32.const ${stream}) (i32.const 8) (i32.const 1) (i32.const 16)))`;
}
