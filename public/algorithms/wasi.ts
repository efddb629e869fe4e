// What a program needs of WASI preview 1, and nothing else: its arguments, its input, its output, and a way to say that it failed.

@external("wasi_snapshot_preview1", "fd_read")
declare function fdRead(stream: i32, vectors: usize, count: i32, read: usize): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fdWrite(stream: i32, vectors: usize, count: i32, written: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function argsSizes(count: usize, bytes: usize): i32;
@external("wasi_snapshot_preview1", "args_get")
declare function argsGet(pointers: usize, texts: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function procExit(code: i32): void;

const CHUNK: i32 = 65536;
const vector = memory.data(8);
const moved = memory.data(8);

/** All of the standard input. */
export function readInput(): Uint8Array {
  let all = new Uint8Array(CHUNK);
  let length = 0;
  while (true) {
    if (length == all.length) {
      const larger = new Uint8Array(all.length * 2);
      larger.set(all);
      all = larger;
    }
    store<u32>(vector, <u32>(all.dataStart + length));
    store<u32>(vector, <u32>(all.length - length), 4);
    if (fdRead(0, vector, 1, moved) != 0) fail("the input cannot be read");
    const got = load<u32>(moved);
    if (got == 0) return all.subarray(0, length);
    length += got;
  }
  return all;
}

function writeTo(stream: i32, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    store<u32>(vector, <u32>(bytes.dataStart + at));
    store<u32>(vector, <u32>(bytes.length - at), 4);
    if (fdWrite(stream, vector, 1, moved) != 0) procExit(74);
    at += load<u32>(moved);
  }
}

export function writeOutput(bytes: Uint8Array): void {
  writeTo(1, bytes);
}

export function writeText(text: string): void {
  writeOutput(Uint8Array.wrap(String.UTF8.encode(text)));
}

/** Says why on the error stream and exits with 1. */
export function fail(why: string): void {
  writeTo(2, Uint8Array.wrap(String.UTF8.encode(why + "\n")));
  procExit(1);
}

/** The arguments, without the program's name. */
export function readArguments(): string[] {
  argsSizes(vector, moved);
  const count = load<u32>(vector);
  const texts = new Uint8Array(load<u32>(moved));
  const pointers = new Uint32Array(count);
  argsGet(pointers.dataStart, texts.dataStart);
  const found: string[] = [];
  for (let index: u32 = 1; index < count; index++) {
    const from = <usize>pointers[index];
    let to = from;
    while (load<u8>(to) != 0) to++;
    found.push(String.UTF8.decodeUnsafe(from, to - from));
  }
  return found;
}

/** What the compiler calls where a program breaks its own rules, such as an index that is out of bounds. */
export function abort(message: string | null, _file: string | null, line: u32, column: u32): void {
  fail((message ? message : "fault") + " at " + line.toString() + ":" + column.toString());
}
