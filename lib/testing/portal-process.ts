import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PortalCalls } from './portal-worker.ts';

const worker = fileURLToPath(new URL('./portal-worker.ts', import.meta.url));

/** Next's package names its files by their names without `.js`, which its bundler understands and Node does not. */
const RESOLVE_NEXT = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => next(/^next\\/[a-z]+$/.test(name) ? name + '.js' : name, context) });`;

/** One of several portals: its server side in a process of its own, on the environment of this one. */
export interface PortalProcess {
  call<Name extends keyof PortalCalls>(
    name: Name,
    ...args: Parameters<PortalCalls[Name]>
  ): Promise<Awaited<ReturnType<PortalCalls[Name]>>>;
  stop(): Promise<void>;
}

export function startPortal(): PortalProcess {
  // Values cross whole: bigint and Date too.
  const execArgv = [
    '--conditions=react-server',
    '--import',
    `data:text/javascript,${encodeURIComponent(RESOLVE_NEXT)}`,
  ];
  const child = fork(worker, { execArgv, serialization: 'advanced' });
  const ended = once(child, 'exit');
  let isOver = false;
  const waiting = new Map<number, (answer: { value?: unknown; fault?: string }) => void>();
  let last = 0;
  child.on('message', (answer: { id: number; value?: unknown; fault?: string }) => waiting.get(answer.id)?.(answer));
  child.on('exit', () => {
    isOver = true;
    for (const settle of waiting.values()) settle({ fault: 'the portal process ended' });
  });
  return {
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, ({ value, fault }) => {
          waiting.delete(id);
          if (fault !== undefined) reject(new Error(fault));
          else resolve(value as never);
        });
        if (isOver) waiting.get(id)?.({ fault: 'the portal process ended' });
        else child.send({ id, name, args });
      }),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
