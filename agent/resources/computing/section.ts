import { z } from 'zod';
import { MEMORY_MIB_MAX, RUN_MEMORY_MIB_MIN, SLOTS_MAX } from '#ledger/contracts/kinds/computing.ts';
import { readPlace } from '#ledger/contracts/shared/place.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';

const COMPUTERS_MAX = 16;
const placeName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 .,_-]{0,63}$/, 'must be letters, digits, spaces and . , _ -, at most 64');
const place = z
  .string()
  .refine(
    (text) => readPlace(text) !== undefined,
    'must be latitude and longitude in degrees with one decimal each, such as "52.5,13.4"',
  );

/** One computer of the config file: a part of this machine that runs customers' programs. */
export interface ComputerConfig {
  readonly id: string;
  readonly title: string;
  /** Runs at the same time, of all customers together. */
  readonly slots: number;
  readonly memoryMiB: number;
  readonly region: string;
  readonly zone: string;
  /** Latitude and longitude in tenths of a degree, `52.5,13.4`; published as it stands here. */
  readonly place: string;
}

const sectionSchema = z.strictObject({
  computers: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens, at most 48'),
        title: z.string().min(1).max(120),
        slots: z.number().int().min(1).max(Number(SLOTS_MAX)),
        memoryMiB: z.number().int().min(Number(RUN_MEMORY_MIB_MIN)).max(Number(MEMORY_MIB_MAX)),
        region: placeName,
        zone: placeName,
        place,
      }),
    )
    .min(1)
    .max(COMPUTERS_MAX),
});

/** Reads the `computing` part of a config file. */
export function readComputingSection(section: unknown): Outcome<readonly ComputerConfig[]> {
  const parsed = sectionSchema.safeParse(section);
  if (parsed.success) return done(parsed.data.computers);
  const issue = parsed.error.issues[0];
  return failed(`${['computing', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}.`);
}
