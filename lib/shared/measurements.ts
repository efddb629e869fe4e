/** What the network's monitor heard and asked of a node, raw; times in Unix milliseconds, in order. */
export interface MeasuredNodeDto {
  /** Its number in the register. */
  readonly node: number;
  /** Heartbeats, the last ones before the time among them, with the orders that it served then; null for a validator and a portal, which are judged by what the monitor itself saw. */
  readonly beats: readonly (readonly [atMs: number, orders: number])[] | null;
  /** What the monitor took it for, from each time on; the first from the beginning. */
  readonly statuses: readonly (readonly [fromMs: number, status: string])[];
  readonly probes: readonly (readonly [atMs: number, isOk: boolean])[];
  /** Of a validator; null for others. */
  readonly blocksProposed: number | null;
}

export interface MeasurementsDto {
  /** When the monitor itself was at work, about 10 s apart: what it could not hear counts for nobody. */
  readonly watchedAtMs: readonly number[];
  readonly nodes: readonly MeasuredNodeDto[];
  /** Pass it as `after` for the next nodes; null when there are none. */
  readonly next: number | null;
}
