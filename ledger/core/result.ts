/** An expected outcome. `code` is a number of the contract's append-only list; 0 is success and is never carried by a failure. */
export type Result<Value, Code extends number = number> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly code: Code };

export function ok<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function fail<const Code extends number>(code: Code): { readonly ok: false; readonly code: Code } {
  return { ok: false, code };
}
