/** Something that stands under a key. */
interface Keyed {
  readonly key: string;
}

export interface ListQuery {
  /** Keys that begin with it; '' for all. */
  readonly prefix: string;
  /** Keys that have it after the prefix are told as one, up to and with it; '' for none. */
  readonly delimiter: string;
  /** Only names after this one, in the order of their bytes; '' for all. */
  readonly after: string;
  /** Names on the page, items and common prefixes together. */
  readonly countMax: number;
}

export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly prefixes: readonly string[];
  /** The page's last name when there are more after it; null at the end. */
  readonly next: string | null;
}

/** One page of names in the order of their bytes. The work is bounded by the page: what a common prefix stands for is jumped over. */
export function listNames<Item extends Keyed>(
  itemsFrom: (key: Uint8Array) => Iterable<Item>,
  query: ListQuery,
  /** Whether an item comes after the marker although its key is the marker's own: several items can stand under one key. */
  isAfter: (item: Item) => boolean = () => false,
): ListPage<Item> {
  const items: Item[] = [];
  const prefixes: string[] = [];
  let last = '';
  if (query.countMax === 0) return { items, prefixes, next: null };
  let from: Uint8Array = Buffer.from(compareKeys(query.prefix, query.after) >= 0 ? query.prefix : query.after);
  for (let isJump = true; isJump;) {
    isJump = false;
    for (const item of itemsFrom(from)) {
      if (!item.key.startsWith(query.prefix)) break;
      const common = commonPrefix(item.key, query);
      const name = common ?? item.key;
      const order = compareKeys(name, query.after);
      const isNew = order > 0 || (order === 0 && common === null && isAfter(item));
      if (isNew && items.length + prefixes.length === query.countMax) return { items, prefixes, next: last };
      if (isNew) last = name;
      if (common === null) {
        if (isNew) items.push(item);
        continue;
      }
      if (isNew) prefixes.push(common);
      from = afterAll(common);
      isJump = true;
      break;
    }
  }
  return { items, prefixes, next: null };
}

/** The order of S3: that of the bytes in UTF-8, which differs from that of JavaScript's strings. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function commonPrefix(key: string, { prefix, delimiter }: ListQuery): string | null {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? null : key.slice(0, at + delimiter.length);
}

/** The first bytes after everything that begins with a prefix; its last byte is never 255 in UTF-8. */
function afterAll(prefix: string): Buffer {
  const bytes = Buffer.from(prefix);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) + 1, bytes.length - 1);
  return bytes;
}
