import { z } from 'zod';
import type { Outcome } from '#agent/outcome.ts';
import { loadProgramConfig, programFields } from '#agent/program-config.ts';
import { readListenAddress } from '#metrics/listen-address.ts';

const schema = z.strictObject({
  ...programFields,
  /** What the node is called in the register. */
  label: z.string().min(1).max(64).default('Portal'),
  /** Where the kept portal is reached, as the monitor's INTERPOOL_PORTALS names it. */
  endpoint: programFields.portal,
  /** Where the kept portal tells its figures: INTERPOOL_METRICS_LISTEN of its environment. */
  figures: z
    .string()
    .refine((text) => {
      const address = readListenAddress(text);
      return address !== undefined && address.port !== 0;
    }, 'must be where the portal tells its figures, such as "127.0.0.1:9467"')
    .transform((text) => `http://${text}/metrics`),
});

/** Settings with absolute paths. `account`: it operates the portal. `figures`: the address to read. */
export type PortalKeeperConfig = z.infer<typeof schema>;

export function loadPortalKeeperConfig(file: string): Outcome<PortalKeeperConfig> {
  return loadProgramConfig(file, { schema, paths: ['home', 'anchor'] });
}
