import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isSafeOrigin } from '#agent/origin.ts';
import { metricsShape, schemaFault } from '#agent/config.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { withoutMark } from '#ledger/core/json.ts';

const CONFIG_BYTES_MAX = 64 * 1024;
const PORTALS_MAX = 16;
const REGIONS_MAX = 32;
const REGION_LENGTH_MAX = 80;
/** Tokens of fewer characters could be guessed. */
const TOKEN_LENGTH_MIN = 32;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

const path = z.string().min(1).max(1_024);
const account = z
  .string()
  .regex(/^A-[1-9]\d{0,14}$/, 'must be an account such as A-5')
  .transform((text) => Number(text.slice(2)));
const origin = z
  .string()
  .max(256)
  .refine(isSafeOrigin, 'must be an origin such as https://portal.example, without a path; http only on loopback');

const configSchema = z.strictObject({
  /** The account that the broker works for; it holds the role NRB. */
  account,
  label: z.string().min(1).max(64).default('Edge broker'),
  home: path,
  anchor: path,
  regions: z.array(z.string().min(1).max(REGION_LENGTH_MAX)).min(1).max(REGIONS_MAX),
  /** Portals of node providers, with the account of each. */
  nodeProviders: z
    .array(z.strictObject({ portal: origin, account }))
    .min(1)
    .max(PORTALS_MAX),
  api: z.strictObject({
    host: z.string().min(1).max(255).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535),
    token: z.string().min(TOKEN_LENGTH_MIN).max(256),
  }),
  metrics: metricsShape,
  measureEveryMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
  propose: z.boolean().default(false),
  /** Of what a proposed plan holds, in thousandths. */
  feePerMille: z.number().int().min(0).max(1_000).default(0),
});

/** The broker's settings with absolute paths. */
export interface BrokerConfig extends z.infer<typeof configSchema> {
  /** The local API can be reached from this machine alone. */
  readonly isLoopback: boolean;
}

/** Reads and checks a config file, which holds a token and has to be its owner's alone. One sentence names what is wrong and where. */
export function loadBrokerConfig(file: string): Outcome<BrokerConfig> {
  try {
    const { size, mode } = statSync(file);
    if (size > CONFIG_BYTES_MAX) return failed(`The config file ${file} is longer than ${CONFIG_BYTES_MAX} bytes.`);
    if ((mode & 0o077) !== 0)
      return failed(`The config file ${file} holds a token and can be read by others: run chmod 600 on it.`);
    return parseBrokerConfig(readFileSync(file, 'utf8'), resolve(file));
  } catch (error) {
    return failed(`The config file ${file} cannot be read: ${reasonOf(error)}`);
  }
}

/** The pure part: `file` is the absolute path the text came from; relative paths start at its folder. */
export function parseBrokerConfig(text: string, file: string): Outcome<BrokerConfig> {
  let json: unknown;
  try {
    json = JSON.parse(withoutMark(text));
  } catch {
    // What the library says of a text quotes it, and a token may stand there.
    return failed(`The config file ${file} is not valid JSON.`);
  }
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) return schemaFault(file, parsed.error);
  const config = parsed.data;
  const origins = config.nodeProviders.map(({ portal }) => portal);
  const twice = origins.find((each, index) => origins.indexOf(each) !== index);
  if (twice !== undefined) return failed(`The config file ${file} has the portal ${twice} twice.`);
  const base = dirname(file);
  return done({
    ...config,
    home: resolve(base, config.home),
    anchor: resolve(base, config.anchor),
    isLoopback: LOOPBACK.has(config.api.host),
  });
}
