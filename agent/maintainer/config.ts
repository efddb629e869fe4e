import { z } from 'zod';
import type { Outcome } from '#agent/outcome.ts';
import { loadProgramConfig, programFields } from '#agent/program-config.ts';

const schema = z.strictObject({
  ...programFields,
  label: z.string().min(1).max(64).default('Maintainer’s program'),
  /** Epochs whose lines are kept for auditors. */
  keepEpochs: z.number().int().min(1).max(100_000).default(2_000),
});

/** Settings with absolute paths. `portal`: of a node provider whose monitor is believed; `account`: it holds the role NRNSM. */
export type MaintainerConfig = z.infer<typeof schema>;

export function loadMaintainerConfig(file: string): Outcome<MaintainerConfig> {
  return loadProgramConfig(file, { schema, paths: ['home', 'anchor'] });
}
