import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMETBFT_VARIABLES } from '#ledger/bin/cometbft-configuration.ts';
import { LEDGER_VARIABLES } from '#ledger/bin/environment.ts';
import { environmentVariables } from '#lib/env.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const UNITS = readdirSync(join(ROOT, 'deploy/systemd')).filter((name) => name.endsWith('.service'));
const PAGES = [...readdirSync(join(ROOT, 'docs/operate')).map((name) => `docs/operate/${name}`), 'deploy/README.md'];
/** Variables of other programs that stand in our files: Node, Next, the PostgreSQL image. */
const FOREIGN = [
  'NODE_ENV',
  'NEXT_TELEMETRY_DISABLED',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD_FILE',
  'POSTGRES_INITDB_ARGS',
];
/** Variables of the supervisor, which runs on one machine and stands in prose. */
const SUPERVISOR = ['PORT', 'COMETBFT'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-deploy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Why a test is not run here, in its title. */
function unless(program: string): { isSkipped: boolean; reason: string } {
  const isSkipped = !has(program);
  return { isSkipped, reason: isSkipped ? ` (${program} is not here: skipped)` : '' };
}

const known = [
  ...environmentVariables().map(({ name }) => name),
  ...Object.keys(LEDGER_VARIABLES),
  ...Object.keys(COMETBFT_VARIABLES),
];

/** Names that a file sets, by the kind of file. */
function namesSetBy(path: string): string[] {
  const text = read(path);
  if (path.endsWith('.service')) {
    const lines = text.split('\n').filter((line) => line.startsWith('Environment='));
    return lines.flatMap((line) => [...line.matchAll(/\b([A-Z][A-Z_]+)=/g)].map(([, name = '']) => name));
  }
  return [...text.matchAll(/^\s*([A-Z][A-Z_]+)[=:]/gm)].map(([, name = '']) => name);
}

describe('a variable', () => {
  test('that a unit, a container, an environment file or a page of the documents sets is read by the code', () => {
    const files = [
      ...UNITS.map((name) => `deploy/systemd/${name}`),
      ...readdirSync(join(ROOT, 'deploy/environment')).map((name) => `deploy/environment/${name}`),
      'deploy/compose/compose.yaml',
    ];
    for (const file of files) {
      for (const name of namesSetBy(file)) expect([...known, ...FOREIGN], `${name} in ${file}`).toContain(name);
    }
    for (const page of PAGES) {
      for (const [name] of read(page).matchAll(/\b(COMETBFT|LEDGER|DATABASE|NEXTAUTH|INTERPOOL|PROXY)_[A-Z_]+[A-Z]\b/g))
        expect(known, `${name} in ${page}`).toContain(name);
    }
  });

  test('that the code reads stands in docs/operate/configuration.md, the ledger’s with default and meaning', () => {
    const rows = read('docs/operate/configuration.md').split('\n');
    const row = (who: string, table: typeof LEDGER_VARIABLES | typeof COMETBFT_VARIABLES): string[] =>
      Object.entries<{ byDefault?: string; meaning: string }>(table).map(([name, { byDefault, meaning }]) => {
        const value = byDefault === undefined ? '' : `\`${byDefault}\``;
        return `| \`${name}\` | ${who} | ${value} | ${meaning} |`;
      });
    const expected = [...row('ledger process', LEDGER_VARIABLES), ...row('cometbft-home', COMETBFT_VARIABLES)];
    expect(rows.filter((line) => /^\| `\w+` \| (ledger process|cometbft-home) \|/.test(line))).toEqual(expected);
    for (const name of [...known, ...SUPERVISOR])
      expect(rows.join('\n'), name).toMatch(new RegExp(`^(\\| |- |.*)\`${name}\``, 'm'));
  });

  test('is read by nothing but the places that are known to read any', () => {
    const places = readdirSync(join(ROOT, 'ledger'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|testing\/|vectors\//.test(name))
      .filter((name) => read(join('ledger', name)).includes('process.env'));
    expect(places.sort()).toEqual(['bin/cometbft-home.ts', 'bin/environment.ts', 'bin/trust-files.ts']);
  });
});

describe('the documents for operators', () => {
  test('name files, pages and commands that exist', () => {
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
    for (const page of PAGES) {
      const text = read(page);
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
        expect(existsSync(join(ROOT, dirname(page), target)), `${target} in ${page}`).toBe(true);
      for (const [path] of text.matchAll(
        /(?<![/\w])(ledger|lib|prisma|deploy|bin|agent)\/[\w./-]+\.(ts|mjs|json|conf|yaml)\b/g,
      ))
        expect(existsSync(join(ROOT, path)), `${path} in ${page}`).toBe(true);
      for (const [, script = ''] of text.matchAll(/\bnpm run (?:--silent )?(\w[\w-]*)/g))
        expect(Object.keys(scripts), page).toContain(script);
    }
    const index = read('docs/operate/README.md');
    for (const page of readdirSync(join(ROOT, 'docs/operate')).filter((name) => name !== 'README.md'))
      expect(index, page).toContain(`(${page})`);
  });
});

const HARDENED = [
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'CapabilityBoundingSet=',
  'UMask=0077',
  'StartLimitBurst=5',
];

describe('the units', () => {
  test.each(UNITS)(
    '%s runs as a user of its own, hardened, restarted within limits, and starts a file that exists',
    (name) => {
      const lines = read(`deploy/systemd/${name}`).split('\n');
      for (const line of HARDENED) expect(lines, line).toContain(line);
      expect(lines.find((line) => line.startsWith('User='))).toMatch(
        /^User=interpool-(node|portal|agent|broker|keeper|portal-keeper|maintainer|identity)$/,
      );
      expect(lines.find((line) => line.startsWith('Restart='))).toMatch(/^Restart=(on-failure|always)$/);
      const started = lines.filter((line) => line.startsWith('ExecStart')).join('\n');
      for (const [path] of started.matchAll(/(?<=\s)(ledger|lib|agent|node_modules)\/[\w./-]+/g))
        expect(existsSync(join(ROOT, path)), path).toBe(true);
    },
  );

  test('tie CometBFT to its application: after it, gone with it, and back with it', () => {
    const application = read('deploy/systemd/interpool-application.service');
    const cometbft = read('deploy/systemd/interpool-cometbft.service');
    expect(application).toMatch(/^Wants=.*interpool-cometbft\.service/m);
    expect(cometbft).toMatch(/^BindsTo=interpool-application\.service$/m);
    expect(cometbft).toMatch(/^After=.*interpool-application\.service/m);
    expect(application).toMatch(/^InaccessiblePaths=.*priv_validator_key\.json$/m);
  });

  const { isSkipped, reason } = unless('systemd-analyze');
  test.skipIf(isSkipped)(`are taken by systemd-analyze verify, which refuses a broken one${reason}`, () => {
    const verify = (units: string): string => {
      const names = readdirSync(units).map((name) => join(units, name));
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...names], { encoding: 'utf8' });
      // What the machine's own units say of themselves is not ours.
      const ours = (stdout + stderr).split('\n').filter((line) => /interpool-/.test(line));
      return ours.join('\n');
    };
    const copy = (name: string, change: (text: string) => string): string => {
      const to = join(folder, name);
      mkdirSync(to);
      // Programs that this machine has in the places of those that an operator's has.
      const placed = (text: string): string =>
        text.replaceAll(/(=)\/(opt|usr\/local)\/\S+\/(node|cometbft)\b/g, '$1/bin/true');
      for (const unit of UNITS) writeFileSync(join(to, unit), change(placed(read(`deploy/systemd/${unit}`))));
      return to;
    };
    expect(verify(copy('units', (text) => text))).toBe('');
    expect(verify(copy('broken', (text) => text.replace('ProtectSystem=strict', 'ProtectSystem=perhaps')))).toMatch(
      /parse protect system value/,
    );
  });
});

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly command?: string[];
  readonly ports?: string[];
  readonly env_file?: string[];
  readonly network_mode?: string;
  readonly cap_drop?: string[];
  readonly read_only?: boolean;
  readonly depends_on?: Record<string, unknown>;
}

function services(): Record<string, Service> {
  return (parse(read('deploy/compose/compose.yaml'), { merge: true }) as { services: Record<string, Service> })
    .services;
}

describe('the containers', () => {
  test('are one a process, with users that are not root, and publish the nodes’ port to all and nothing else', () => {
    const all = services();
    expect(Object.keys(all)).toEqual([
      'application',
      'cometbft',
      'postgres',
      'migrations',
      'projector',
      'monitor',
      'portal',
      'agent',
    ]);
    for (const [name, service] of Object.entries(all)) {
      for (const port of service.ports ?? []) {
        if (port !== '26656:26656') expect(port, name).toMatch(/^127\.0\.0\.1:/);
        expect(port, name).not.toMatch(/26657|26659|5432/);
      }
      for (const dependency of Object.keys(service.depends_on ?? {})) expect(all, name).toHaveProperty(dependency);
      for (const path of (service.command ?? []).filter((word) =>
        /^(ledger|lib|agent|prisma|node_modules)\//.test(word),
      ))
        expect(existsSync(join(ROOT, path)), path).toBe(true);
      for (const file of service.env_file ?? [])
        expect(existsSync(join(ROOT, 'deploy/environment', file.replace('/etc/interpool/', ''))), file).toBe(true);
      if (name === 'postgres') continue;
      expect(service.user, name).toMatch(/^100\d\d:/);
      expect(service, name).toMatchObject({ cap_drop: ['ALL'], read_only: true });
    }
    expect(all.cometbft?.network_mode).toBe('service:application');
  });

  const compose = unless('docker-compose');
  test.skipIf(compose.isSkipped)(
    `are taken by docker-compose config, which refuses a broken file${compose.reason}`,
    () => {
      const etc = join(folder, 'etc');
      cpSync(join(ROOT, 'deploy/environment'), etc, { recursive: true });
      writeFileSync(join(etc, 'postgres-password'), 'not used');
      const config = (name: string, change: (text: string) => string): { status: number | null; stderr: string } => {
        const path = join(folder, name);
        writeFileSync(path, change(read('deploy/compose/compose.yaml').replaceAll('/etc/interpool', etc)));
        return spawnSync('docker-compose', ['-f', path, 'config', '-q'], { encoding: 'utf8' });
      };
      expect(config('compose.yaml', (text) => text)).toMatchObject({ status: 0, stderr: '' });
      const broken = config('broken.yaml', (text) => text.replace('service:application', 'service:nobody'));
      expect(broken.status).not.toBe(0);
    },
  );

  test('come from a Dockerfile without a fault that a linter knows', () => {
    const dockerfile = read('deploy/compose/Dockerfile');
    expect(validate(dockerfile).map(({ message }) => message)).toEqual([]);
    expect(validate(dockerfile.replace('WORKDIR', 'WORKDRI'))).not.toEqual([]);
    expect(dockerfile).toMatch(/^USER (?!0|root)\S+$/m);
  });
});

describe('the firewall', () => {
  test('drops what it does not name, and names neither RPC, signer, database nor portal', () => {
    const rules = read('deploy/nftables.conf')
      .split('\n')
      .filter((line) => !line.trim().startsWith('#'));
    expect(rules.join('\n')).toContain('hook input priority filter; policy drop;');
    const open = rules.filter((line) => line.includes('accept')).join('\n');
    expect(open).toMatch(/dport 26656 ip saddr @nodes/);
    for (const port of ['26657', '26659', '5432', '3000']) expect(open).not.toContain(port);
  });

  const nft = unless('nft');
  test.skipIf(nft.isSkipped)(`is taken by nft -c, which refuses a broken one${nft.reason}`, () => {
    const check = (text: string): number | null => spawnSync('nft', ['-c', '-f', '-'], { input: text }).status;
    const rules = read('deploy/nftables.conf');
    expect(check(rules)).toBe(0);
    expect(check(rules.replace('policy drop', 'policy perhaps'))).not.toBe(0);
  });
});
