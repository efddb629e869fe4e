import { join } from 'node:path';
import { loadKey } from '#agent/key.ts';
import { loadKeeperConfig } from '#agent/keeper/config.ts';
import { loadIdentityConfig } from '#agent/identity/config.ts';
import { loadMaintainerConfig } from '#agent/maintainer/config.ts';
import type { Outcome } from '#agent/outcome.ts';
import { loadPortalKeeperConfig } from '#agent/portal-keeper/config.ts';
import type { MethodName } from '#ledger/contracts/definitions.ts';
import { IDENTITY_METHODS, KEEPER_METHODS, MAINTAINER_METHODS, PORTAL_METHODS } from '#lib/shared/agent-methods.ts';
import { must, type ProgramKey } from './allowed-key.ts';
import { csvOf, FIRST_ROWS } from '#prisma/seed/proximity/subscribers.ts';
import type { SamplePerson } from './sample-people.ts';

/** A program of the sample that is no agent. Its process has the name of its folder in the data folder. */
export interface SampleProgram {
  readonly folder: 'maintainer' | 'keeper' | 'portal-keeper' | 'identity';
  readonly owner: SamplePerson['id'];
  readonly methods: readonly MethodName[];
  /** Beside what every program's config file says. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files that stand beside it, by their names. */
  readonly files?: Readonly<Record<string, string>>;
  load(file: string): Outcome<{ readonly home: string; readonly label: string }>;
}

export const PROGRAMS: readonly SampleProgram[] = [
  {
    folder: 'maintainer',
    owner: 'maintainer',
    methods: MAINTAINER_METHODS,
    config: { label: 'Stellgate records' },
    load: loadMaintainerConfig,
  },
  {
    folder: 'keeper',
    owner: 'node-provider-1',
    methods: KEEPER_METHODS,
    config: {
      label: 'Quillon keeper',
      socket: '../ledger.sock',
      allow: ['restart-validator', 'rebuild-validator', 'stop-validator'],
    },
    load: loadKeeperConfig,
  },
  {
    folder: 'identity',
    owner: 'operator',
    methods: IDENTITY_METHODS,
    config: {
      label: 'Northmere identities',
      records: {
        kind: 'csv',
        file: 'subscribers.csv',
        columns: { name: 'name', document: 'document', subscriber: 'number' },
      },
    },
    files: { 'subscribers.csv': csvOf(FIRST_ROWS) },
    load: loadIdentityConfig,
  },
  {
    folder: 'portal-keeper',
    owner: 'node-provider-1',
    methods: PORTAL_METHODS,
    // Where the portal is, and where it tells its figures, each start says anew.
    config: { label: 'Quillon portal', endpoint: 'http://127.0.0.1:3000', figures: '127.0.0.1:9467' },
    load: loadPortalKeeperConfig,
  },
];

export function programConfigOf({ config }: SampleProgram, account: number, portal: string): unknown {
  return { portal, account: `A-${account}`, home: '.', anchor: '../anchor.json', ...config };
}

/** Its key, made by it or here, whichever is first. */
export function programKey({ folder, load }: SampleProgram, home: string): ProgramKey {
  const config = must(load(join(home, folder, 'config.json')));
  return { key: must(loadKey(join(config.home, 'key.json'))), label: config.label };
}
