import { join } from 'node:path';
import { say } from './progress.mjs';
import { nodePath } from './runtime.mjs';
import { Service } from './service.mjs';

const READY_TIMEOUT_MS = 180_000;
/** A ledger that was away replays its blocks before it is ready. */
const LEDGER_READY_TIMEOUT_MS = 15 * 60_000;
const PROBE_TIMEOUT_MS = 5_000;

/** Settings of a portal that an operator may make; docs/operate/configuration.md says what each does. */
const PORTAL_SETTINGS = [
  'DATABASE_POOL_MAX',
  'DATABASE_CONNECT_MS_MAX',
  'DATABASE_STATEMENT_MS_MAX',
  'NEXTAUTH_SECRET',
  'NEXTAUTH_URL',
  'TRUSTED_PROXIES',
  'INTERPOOL_SECURITY_CONTACT',
];

const LEDGER_SETTINGS = ['LEDGER_SNAPSHOT_HEIGHTS', 'LEDGER_RETAIN_HEIGHTS'];

/** Any free port on loopback: each process says in its log which. */
const METRICS = { INTERPOOL_METRICS_LISTEN: '127.0.0.1:0' };

function settings(names) {
  return Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
}

function saysReady(line) {
  return /^\s*\{.*"ready"\s*:\s*true/.test(line);
}

/** What a ledger says of its start, such as “Validator 0: It reads its journal: 40 % is done.” */
function isProgress(line) {
  return /: \d{1,3} % is done\.$/.test(line);
}

function service(options) {
  return new Service({
    command: nodePath(),
    readyTimeoutMs: READY_TIMEOUT_MS,
    isReadyLine: options.probe ? undefined : saysReady,
    ...options,
  });
}

/** A ledger process of this machine: all validators of the embedded engine, or the application of one CometBFT node. */
export function ledgerService({ home, nodeHome = home, name = 'ledger', label = 'The ledger', env = {} }) {
  return service({
    home,
    name,
    label,
    args: ['ledger/bin/node.ts', '--home', nodeHome],
    onLine: (line) => isProgress(line) && say(line.trim()),
    env: { LEDGER_METRICS_LISTEN: '127.0.0.1:0', ...settings(LEDGER_SETTINGS), ...env },
    readyTimeoutMs: LEDGER_READY_TIMEOUT_MS,
    stopTimeoutMs: 20_000,
  });
}

export function projectorService({ home, ledgerHome, urls, onLine }) {
  const env = {
    INTERPOOL_HOME: home,
    LEDGER_SOCKET: join(ledgerHome, 'ledger.sock'),
    DATABASE_URL_PROJECTOR: urls.DATABASE_URL_PROJECTOR,
    ...METRICS,
  };
  return service({
    home,
    name: 'projector',
    label: 'The projector',
    args: ['--conditions=react-server', 'lib/projector/main.ts'],
    env,
    onLine,
    readyTimeoutMs: LEDGER_READY_TIMEOUT_MS,
  });
}

/** `portals`: the ports of this machine's portals. What it watches here is on loopback. */
export function monitorService({ home, ledgerHome, urls, portals }) {
  const env = {
    INTERPOOL_HOME: home,
    LEDGER_SOCKET: join(ledgerHome, 'ledger.sock'),
    DATABASE_URL_MONITOR: urls.DATABASE_URL_MONITOR,
    ...METRICS,
    INTERPOOL_PORTALS: portals.map((port) => `http://127.0.0.1:${port}`).join(','),
    INTERPOOL_PRIVATE_TARGETS: '1',
  };
  const args = ['--conditions=react-server', 'lib/monitor/main.ts'];
  return service({ home, name: 'monitor', label: 'The monitor', args, env });
}

/** `metrics`: the port of its figures; 0 for any. */
export function portalService({ home, index, ledgerHome, urls, secrets, port, metrics, origin }) {
  const env = {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    INTERPOOL_HOME: home,
    LEDGER_SOCKET: join(ledgerHome, 'ledger.sock'),
    DATABASE_URL_WEB: urls.DATABASE_URL_WEB,
    INTERPOOL_METRICS_LISTEN: `127.0.0.1:${metrics}`,
    NEXTAUTH_SECRET: secrets.nextAuthSecret,
    NEXTAUTH_URL: origin,
    SAMPLE_MODE: '1',
    PORT: String(port),
    ...settings(PORTAL_SETTINGS),
  };
  const probe = async () =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/health`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
  return service({
    home,
    name: index === 0 ? 'portal' : `portal-${index}`,
    label: index === 0 ? 'The portal' : `Portal ${index}`,
    args: ['lib/http-server/main.ts', '--port', String(port)],
    env,
    probe,
  });
}

/** A program that works for an account and serves nobody. */
export function programService({ home, name, label, config }) {
  return service({ home, name, label, args: [`agent/${name}/main.ts`, '--config', config] });
}

export function agentService({ home, name, label, config }) {
  return service({ home, name, label, args: ['agent/main.ts', '--config', config] });
}
