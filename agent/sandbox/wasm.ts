/**
 * Reads and rewrites the parts of a WebAssembly binary that decide what it may touch (core specification 2.0, section 5.5). Browsers read a
 * module by this file too, so nothing of Node stands here.
 */

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;
const SECTION = { custom: 0, import: 2, table: 4, memory: 5, export: 7, code: 10 } as const;
/** Ids up to data count (12) and tags (13). */
const SECTION_ID_MAX = 13;
const KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const;
type ExternKind = (typeof KINDS)[number];

/** Limits of a memory in pages of 64 KiB, or of a table in elements. */
export interface Limits {
  readonly min: number;
  /** Null: as much as the engine allows. */
  readonly max: number | null;
}

interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
}

interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

export interface Table extends Limits {
  /** The binary's byte for what its elements refer to. */
  readonly type: number;
}

export interface WasmModule {
  readonly sections: readonly Section[];
  readonly imports: readonly Import[];
  readonly exports: readonly { readonly name: string; readonly kind: ExternKind }[];
  readonly memories: readonly Limits[];
  readonly tables: readonly Table[];
}

/** Thrown for bytes that are no module that can run here; the sentence is for the person who sent them. */
export class ModuleRefused extends Error {
  override readonly name = 'ModuleRefused';
}

class Cursor {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new ModuleRefused('The module is cut off.');
    this.at += 1;
    return byte;
  }

  /** LEB128, at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new ModuleRefused('The module holds a number that is too large.');
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new ModuleRefused('The module is cut off.');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  name(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.take(this.u32()));
    } catch (error) {
      if (error instanceof ModuleRefused) throw error;
      throw new ModuleRefused('The module holds a name that is not UTF-8.');
    }
  }

  kind(): ExternKind {
    const kind = KINDS[this.byte()];
    if (kind === undefined) throw new ModuleRefused('The module imports or exports something of an unknown kind.');
    return kind;
  }

  /** Flags: 1 has a maximum, 2 shared, 4 64-bit addresses. */
  limits(what: string): Limits {
    const flags = this.byte();
    if ((flags & 2) !== 0)
      throw new ModuleRefused(`The module’s ${what} is shared between threads; there is one thread here.`);
    if ((flags & 4) !== 0) throw new ModuleRefused(`The module’s ${what} has 64-bit addresses; build it for wasm32.`);
    if (flags > 1) throw new ModuleRefused(`The limits of the module’s ${what} were not understood.`);
    const min = this.u32();
    return { min, max: flags === 1 ? this.u32() : null };
  }

  list<Item>(read: () => Item): Item[] {
    const count = this.u32();
    const items: Item[] = [];
    // Every item takes a byte at least, so a count that lies ends at the end of the bytes.
    for (let index = 0; index < count; index += 1) items.push(read());
    return items;
  }
}

/** Throws `ModuleRefused` with a sentence. What a body holds beside these parts is left to the engine, inside the sandbox. */
export function readModule(bytes: Uint8Array): WasmModule {
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw new ModuleRefused('This is no WebAssembly module of version 1.');
  const sections = readSections(bytes);
  if (!sections.some(({ id }) => id === SECTION.code))
    throw new ModuleRefused('The module holds no code: is it cut off?');
  const bodyOf = (id: number): Cursor | undefined => {
    const found = sections.find((section) => section.id === id);
    return found && new Cursor(found.body);
  };
  return {
    sections,
    imports: readImports(bodyOf(SECTION.import)),
    exports: readExports(bodyOf(SECTION.export)),
    memories: readLimits(bodyOf(SECTION.memory), 'memory'),
    tables: readTables(bodyOf(SECTION.table)),
  };
}

function readSections(bytes: Uint8Array): Section[] {
  const cursor = new Cursor(bytes);
  cursor.take(MAGIC.length);
  const sections: Section[] = [];
  const seen = new Set<number>();
  while (!cursor.isAtEnd) {
    const id = cursor.byte();
    if (id > SECTION_ID_MAX) throw new ModuleRefused(`The module has a section ${id}, which does not exist.`);
    if (id !== SECTION.custom && seen.has(id)) throw new ModuleRefused(`The module has section ${id} twice.`);
    seen.add(id);
    sections.push({ id, body: cursor.take(cursor.u32()) });
  }
  return sections;
}

function readImports(cursor: Cursor | undefined): Import[] {
  return (
    cursor?.list(() => {
      const [module, name, kind] = [cursor.name(), cursor.name(), cursor.kind()];
      skipImportType(cursor, kind);
      return { module, name, kind };
    }) ?? []
  );
}

function skipImportType(cursor: Cursor, kind: ExternKind): void {
  if (kind === 'function') cursor.u32();
  else if (kind === 'memory') cursor.limits('memory');
  else throw new ModuleRefused(`The module imports a ${kind}; only functions of WASI can be imported.`);
}

function readExports(cursor: Cursor | undefined): WasmModule['exports'] {
  return (
    cursor?.list(() => {
      const [name, kind] = [cursor.name(), cursor.kind()];
      cursor.u32();
      return { name, kind };
    }) ?? []
  );
}

function readLimits(cursor: Cursor | undefined, what: string): Limits[] {
  return cursor?.list(() => cursor.limits(what)) ?? [];
}

const PLAIN_REFERENCES = [0x70, 0x6f] as const;

function readTables(cursor: Cursor | undefined): Table[] {
  return (
    cursor?.list(() => {
      const type = cursor.byte();
      if (!PLAIN_REFERENCES.some((known) => known === type))
        throw new ModuleRefused('The module has a table of a newer kind than can be checked here.');
      return { type, ...cursor.limits('table') };
    }) ?? []
  );
}

/** The same module with other limits of its memories and tables. */
export function withLimits(
  module: WasmModule,
  limits: { readonly memories: readonly Limits[]; readonly tables: readonly Table[] },
): Uint8Array {
  const bodies = module.sections.map(({ id, body }) => {
    if (id === SECTION.memory) return { id, body: listOf(limits.memories.map(encodeLimits)) };
    if (id === SECTION.table)
      return { id, body: listOf(limits.tables.map((table) => [table.type, ...encodeLimits(table)])) };
    return { id, body };
  });
  const parts = bodies.flatMap(({ id, body }) => [Uint8Array.of(id, ...encodeU32(body.length)), body]);
  return concatenated([Uint8Array.from(MAGIC), ...parts]);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function listOf(items: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from([...encodeU32(items.length), ...items.flat()]);
}

function encodeLimits({ min, max }: Limits): number[] {
  return max === null ? [0, ...encodeU32(min)] : [1, ...encodeU32(min), ...encodeU32(max)];
}

function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}
