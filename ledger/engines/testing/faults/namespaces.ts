import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/*
 * Four network namespaces and a fifth that holds the bridge between them. Nothing is made in the machine's own namespace and none of
 * these has a way out of it, so that no packet of a test can leave. Their names carry the process id: what a dead run left is found by it.
 */
const PREFIX = 'interpool-faults';
const NAME = new RegExp(`^${PREFIX}-(\\d+)-(?:\\d|bridge)$`);
const BRIDGE = 'bridge';
const DOOR = 'node0';
const P2P_PORT = 26_656;
const RPC_PORT = 26_657;

function run(program: 'ip' | 'nft', args: readonly string[], input?: string): string {
  return execFileSync(program, args, { input: input ?? '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

function nameOf(what: number | typeof BRIDGE): string {
  return `${PREFIX}-${process.pid}-${what}`;
}

function hostOf(index: number): string {
  return `10.77.0.${index + 1}`;
}

/** Why there can be no namespaces here; undefined when there can. */
export function missingForNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const program of ['ip', 'nft'] as const) {
    try {
      run(program, ['-V']);
    } catch {
      return `${program} is missing: apt-get install iproute2 nftables`;
    }
  }
  return undefined;
}

function remove(name: string): void {
  for (const pid of run('ip', ['netns', 'pids', name]).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  run('ip', ['netns', 'delete', name]);
}

function removeWhere(isMeant: (pid: number) => boolean): void {
  const names = run('ip', ['netns', 'list'])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && isMeant(Number(pid))) remove(name);
  }
}

export interface Namespaces {
  readonly addresses: readonly { readonly p2p: string; readonly rpc: string }[];
  /** What stands before a command that runs in a node's namespace. */
  within(index: number): readonly string[];
  /** Drops every packet between nodes of different groups, at both ends. */
  part(groups: readonly (readonly number[])[]): void;
  heal(): void;
  close(): void;
}

function addNode(index: number): void {
  const name = nameOf(index);
  const bridge = nameOf(BRIDGE);
  const port = `port${index}`;
  run('ip', ['netns', 'add', name]);
  run('ip', ['link', 'add', DOOR, 'netns', name, 'type', 'veth', 'peer', 'name', port, 'netns', bridge]);
  run('ip', ['-n', bridge, 'link', 'set', port, 'master', BRIDGE, 'up']);
  run('ip', ['-n', name, 'address', 'add', `${hostOf(index)}/24`, 'dev', DOOR]);
  for (const device of ['lo', DOOR]) run('ip', ['-n', name, 'link', 'set', device, 'up']);
}

/** Rules of one node: what comes from the others beyond its group, and what goes to them, is dropped. */
function rulesAgainst(others: readonly number[]): string {
  const hosts = others.map(hostOf).join(', ');
  return [
    'table inet partition {',
    `  chain input { type filter hook input priority 0; ip saddr { ${hosts} } drop; }`,
    `  chain output { type filter hook output priority 0; ip daddr { ${hosts} } drop; }`,
    '}',
  ].join('\n');
}

export function openNamespaces(count: number): Namespaces {
  removeWhere((pid) => pid === process.pid || !existsSync(`/proc/${pid}`));
  const indexes = Array.from({ length: count }, (_, index) => index);
  const close = (): void => {
    process.off('exit', close);
    removeWhere((pid) => pid === process.pid);
  };
  const heal = (): void => {
    for (const index of indexes) run('ip', ['netns', 'exec', nameOf(index), 'nft', 'flush', 'ruleset']);
  };
  // Also when the process is interrupted.
  process.once('exit', close);
  try {
    run('ip', ['netns', 'add', nameOf(BRIDGE)]);
    run('ip', ['-n', nameOf(BRIDGE), 'link', 'add', BRIDGE, 'type', 'bridge']);
    run('ip', ['-n', nameOf(BRIDGE), 'link', 'set', BRIDGE, 'up']);
    for (const index of indexes) addNode(index);
  } catch (error) {
    close();
    throw error;
  }
  return {
    addresses: indexes.map((index) => ({ p2p: `${hostOf(index)}:${P2P_PORT}`, rpc: `127.0.0.1:${RPC_PORT}` })),
    within: (index) => ['ip', 'netns', 'exec', nameOf(index)],
    part: (groups) => {
      for (const group of groups) {
        const others = indexes.filter((index) => !group.includes(index));
        if (others.length === 0) continue;
        for (const index of group) run('ip', ['netns', 'exec', nameOf(index), 'nft', '-f', '-'], rulesAgainst(others));
      }
    },
    heal,
    close,
  };
}
