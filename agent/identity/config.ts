import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { done, type Outcome } from '#agent/outcome.ts';
import { configPath, loadProgramConfig, programFields } from '#agent/program-config.ts';

const columnName = z.string().min(1).max(63);
const columns = z.strictObject({ name: columnName, document: columnName, subscriber: columnName });

/** Where the operator's records lie: a file beside the program, or a table of its own database. */
const recordsShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('csv'), file: configPath, columns }),
  z.strictObject({
    kind: z.literal('postgres'),
    url: z
      .string()
      .max(1_024)
      .regex(/^postgres(?:ql)?:\/\//, 'must be an address such as postgresql://user@host/database'),
    table: z
      .string()
      .regex(/^[\w$]{1,63}(?:\.[\w$]{1,63})?$/, 'must be a table such as subscribers or crm.subscribers'),
    columns,
  }),
]);
export type RecordsConfig = z.infer<typeof recordsShape>;

const schema = z.strictObject({
  ...programFields,
  label: z.string().min(1).max(64).default('Identity program'),
  records: recordsShape,
  /** `exact`: who agrees in every field is identified at once; `review`: a person of the operator decides. */
  decide: z.enum(['exact', 'review']).default('review'),
  /** How long an identification by `exact` holds. */
  validDays: z.number().int().min(1).max(400).default(180),
});

/** Settings with absolute paths. `account`: it holds the role NO. */
export type IdentityConfig = z.infer<typeof schema>;

export function loadIdentityConfig(file: string): Outcome<IdentityConfig> {
  const loaded = loadProgramConfig(file, { schema, paths: ['home', 'anchor'] });
  if (!loaded.ok) return loaded;
  const { records } = loaded.value;
  if (records.kind !== 'csv') return loaded;
  return done({ ...loaded.value, records: { ...records, file: resolve(dirname(resolve(file)), records.file) } });
}
