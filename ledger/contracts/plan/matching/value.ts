/** A way to serve a customer: `amounts` by the meter's place in the room (a place beyond the room's has nothing free), none negative; cost in micro-units. */
export interface Option {
  readonly resource: bigint;
  readonly amounts: readonly bigint[];
  readonly costMicro: bigint;
}

/** A customer who takes one of the options or none; `id` once in a batch, a resource once in an ask. */
export interface Ask {
  readonly id: bigint;
  readonly options: readonly Option[];
}

/** What of an offer is free, meter by meter; `resource` once in a batch. */
export interface Room {
  readonly resource: bigint;
  readonly free: readonly bigint[];
}

/** Resource by ask; who is not in it gets nothing. */
export type Assignment = ReadonlyMap<bigint, bigint>;

export interface MatchingValue {
  readonly served: number;
  readonly costMicro: bigint;
}

/** What an assignment is worth; undefined when it names an ask, an option or a room that is not there, or takes more than is free. Linear in the batch. */
export function valueOf(
  assignment: Assignment,
  asks: readonly Ask[],
  rooms: readonly Room[],
): MatchingValue | undefined {
  const options = new Map(asks.map((ask) => [ask.id, ask.options]));
  const left = new Map(rooms.map((room) => [room.resource, [...room.free]]));
  let costMicro = 0n;
  for (const [id, resource] of assignment) {
    const option = options.get(id)?.find((each) => each.resource === resource);
    const free = left.get(resource);
    if (option === undefined || free === undefined || !take(free, option.amounts)) return undefined;
    costMicro += option.costMicro;
  }
  return { served: assignment.size, costMicro };
}

/** Whether `left` serves more customers, or as many for less. */
export function isBetter(left: MatchingValue, right: MatchingValue): boolean {
  return left.served > right.served || (left.served === right.served && left.costMicro < right.costMicro);
}

/** Takes amounts from what is free, in place; false, and nothing is taken, when one does not fit. */
export function take(free: bigint[], amounts: readonly bigint[]): boolean {
  if (amounts.some((amount, meter) => amount > 0n && amount > (free[meter] ?? 0n))) return false;
  amounts.forEach((amount, meter) => {
    if (amount > 0n) free[meter] = (free[meter] ?? 0n) - amount;
  });
  return true;
}
