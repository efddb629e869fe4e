import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

/** A single-precision number has at most so many digits that matter (IEEE 754). */
const FLOAT_DIGITS_MAX = 9;
const FLOAT_DIGITS_MIN = 6;

const NESTED: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.LIST,
  DuckDBTypeId.MAP,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.UNION,
]);

/** Whether values of the type hold other values. */
export function isNested(type: DuckDBType): boolean {
  return NESTED.has(type.typeId);
}

/**
 * A nested value as JSON: lists and arrays as lists, structures as objects, maps with text keys as objects and others as lists of
 * {key, value}. Whole numbers beyond 2^53 and what JSON does not know are text, as they are outside of nested values.
 */
export function nestedJson(value: DuckDBValue, type: DuckDBType): string {
  if (value === null) return 'null';
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) return list(value.items, type.valueType);
  if (value instanceof DuckDBArrayValue && type instanceof DuckDBArrayType) return list(value.items, type.valueType);
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) return structure(value, type);
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) return map(value, type);
  if (value instanceof DuckDBUnionValue && type instanceof DuckDBUnionType) {
    return nestedJson(value.value, type.memberTypeForTag(value.tag));
  }
  return scalar(value, type);
}

function list(items: readonly DuckDBValue[], type: DuckDBType): string {
  return `[${items.map((item) => nestedJson(item, type)).join(',')}]`;
}

function structure({ entries }: DuckDBStructValue, { entryNames, entryTypes }: DuckDBStructType): string {
  const members = entryNames.map((name, at) => {
    const type = entryTypes[at];
    return `${JSON.stringify(name)}:${type === undefined ? 'null' : nestedJson(entries[name] ?? null, type)}`;
  });
  return `{${members.join(',')}}`;
}

function map({ entries }: DuckDBMapValue, { keyType, valueType }: DuckDBMapType): string {
  const isObject = keyType.typeId === DuckDBTypeId.VARCHAR;
  const members = entries.map(({ key, value }) =>
    isObject
      ? `${JSON.stringify(String(key))}:${nestedJson(value, valueType)}`
      : `{"key":${nestedJson(key, keyType)},"value":${nestedJson(value, valueType)}}`,
  );
  return isObject ? `{${members.join(',')}}` : `[${members.join(',')}]`;
}

function scalar(value: DuckDBValue, type: DuckDBType): string {
  // Its own text would be in the zone of the host.
  if (value instanceof DuckDBTimestampTZValue) {
    const text = String(new DuckDBTimestampValue(value.micros));
    return JSON.stringify(/\d$/.test(text) ? `${text.replace(' ', 'T')}Z` : text);
  }
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (typeof value !== 'number') return JSON.stringify(String(value));
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  return type.typeId === DuckDBTypeId.FLOAT ? shortestFloat(value) : String(value);
}

/** The fewest digits that are this single-precision number and no other. */
function shortestFloat(value: number): string {
  for (let digits = FLOAT_DIGITS_MIN; digits < FLOAT_DIGITS_MAX; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(FLOAT_DIGITS_MAX)));
}
