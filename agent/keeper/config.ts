import { z } from 'zod';
import type { Outcome } from '#agent/outcome.ts';
import { VALIDATOR_COMMANDS } from './validator-commands.ts';
import { configPath, loadProgramConfig, programFields } from '#agent/program-config.ts';

const schema = z.strictObject({
  ...programFields,
  label: z.string().min(1).max(64).default('Validators’ keeper'),
  /** Of the ledger process on this machine. */
  socket: configPath,
  /** What maintainers may order. A stop is for drills: the network has to have votes enough without this validator. */
  allow: z.array(z.enum(VALIDATOR_COMMANDS)).default(['restart-validator']),
});

/** Settings with absolute paths. `account`: it answers for the validators. */
export type KeeperConfig = z.infer<typeof schema>;

export function loadKeeperConfig(file: string): Outcome<KeeperConfig> {
  return loadProgramConfig(file, { schema, paths: ['home', 'anchor', 'socket'] });
}
