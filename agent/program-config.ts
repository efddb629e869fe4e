import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { withoutMark } from '#ledger/core/json.ts';
import { metricsShape, schemaFault } from './config.ts';
import { isSafeOrigin } from './origin.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';

const CONFIG_BYTES_MAX = 64 * 1024;

export const configPath = z.string().min(1).max(1_024);

/** What the config file of every program that works for an account says. */
export const programFields = {
  portal: z
    .string()
    .max(256)
    .refine(isSafeOrigin, 'must be an origin such as https://portal.example, without a path; http only on loopback'),
  account: z
    .string()
    .regex(/^A-[1-9]\d{0,14}$/, 'must be an account such as A-5')
    .transform((text) => Number(text.slice(2))),
  home: configPath,
  anchor: configPath,
  metrics: metricsShape,
};

/** Reads and checks a config file; relative paths under `paths` start at its folder. One sentence names what is wrong and where. */
export function loadProgramConfig<Config extends object>(
  file: string,
  { schema, paths }: { readonly schema: z.ZodType<Config>; readonly paths: readonly (keyof Config)[] },
): Outcome<Config> {
  let text: string;
  try {
    if (statSync(file).size > CONFIG_BYTES_MAX)
      return failed(`The config file ${file} is longer than ${CONFIG_BYTES_MAX} bytes.`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return failed(`The config file ${file} cannot be read: ${reasonOf(error)}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(withoutMark(text));
  } catch (error) {
    return failed(`The config file ${file} is not valid JSON: ${reasonOf(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return schemaFault(file, parsed.error);
  const base = dirname(resolve(file));
  const absolute = paths.map((name) => [name, resolve(base, String(parsed.data[name]))]);
  return done({ ...parsed.data, ...Object.fromEntries(absolute) });
}
