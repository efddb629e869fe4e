/** Some fields of what stands under an id; nothing where nothing does. */
export function change<Value extends object>(map: Map<bigint, Value>, id: bigint, fields: Partial<Value>): void {
  const before = map.get(id);
  if (before !== undefined) map.set(id, { ...before, ...fields });
}

/** Lets go of the oldest. */
export function trim(map: Map<bigint, unknown>, max: number): void {
  for (const id of map.keys()) {
    if (map.size <= max) return;
    map.delete(id);
  }
}
