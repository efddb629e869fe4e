import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { STORED_BYTES_MAX } from '#ledger/contracts/kinds/storage.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';

const STORES_MAX = 16;

/** One store of the config file. */
export interface StoreConfig {
  readonly id: string;
  readonly title: string;
  /** Absolute path of the folder that holds its buckets. */
  readonly folder: string;
  /** Room for all customers together. */
  readonly bytes: number;
}

const sectionSchema = z.strictObject({
  stores: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens, at most 48'),
        title: z.string().min(1).max(120),
        folder: z
          .string()
          .min(1)
          .max(1_024)
          .refine((text) => !text.includes('\0'), 'must not hold a NUL'),
        bytes: z.number().int().min(1).max(Number(STORED_BYTES_MAX)),
      }),
    )
    .min(1)
    .max(STORES_MAX),
});

/** Reads the `storage` part of a config file: every store with its folder, which is made when it is not there. */
export function readStorageSection(section: unknown, baseFolder: string): Outcome<readonly StoreConfig[]> {
  const parsed = sectionSchema.safeParse(section);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed(`${['storage', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}.`);
  }
  const stores = parsed.data.stores.map((store) => ({ ...store, folder: resolve(baseFolder, store.folder) }));
  for (const { id, folder } of stores) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      return failed(`the folder ${folder} of the store ${id} cannot be made: ${reasonOf(error)}`);
    }
  }
  const folders = new Set(stores.map(({ folder }) => folder));
  if (folders.size < stores.length) return failed('storage.stores: two stores have the same folder.');
  return done(stores);
}
