import 'server-only';
import { parameterDefinition, type Parameter } from '#ledger/contracts/definitions.ts';
import { database } from '#lib/db.ts';

/** Values of governance as of the read model, by name; the initial one while a name has no row yet. */
export async function readParameters(): Promise<(name: Parameter) => bigint> {
  const rows = await database().parameter.findMany();
  const values = new Map(rows.map(({ name, value }) => [name, BigInt(value)]));
  return (name) => values.get(name) ?? parameterDefinition(name).initial;
}
