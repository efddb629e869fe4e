import { spawn } from 'node:child_process';
import type { Access } from './access.ts';

/** How often the clock is looked at: one timer cannot wait for the longest window, of 31 days (Node's hold 24.8 days). */
const LOOK_MS = 250;
/** What a command has for putting things away once it was asked to stop, before it is killed. */
const STOPPING_MS_MAX = 10_000;

/**
 * Runs the command with the access in its environment, until it ends or its order's window does; its exit code, 1 when it was stopped.
 * A signal to this program stops the command, so that whoever called can still end the order.
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  access: Pick<Access, 'endsAtMs' | 'environment'>,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...access.environment } });
  let stoppedAtMs: number | undefined;
  const stop = (): void => {
    stoppedAtMs ??= Date.now();
    child.kill('SIGTERM');
  };
  const watch = setInterval(() => {
    if (stoppedAtMs === undefined && Date.now() >= access.endsAtMs) stop();
    if (stoppedAtMs !== undefined && Date.now() >= stoppedAtMs + STOPPING_MS_MAX) child.kill('SIGKILL');
  }, LOOK_MS);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const ended = new Promise<number>((resolve, fail) => {
    child.once('error', (error) => fail(new Error(`${program} could not be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (signal !== null) process.stderr.write(`${program} was stopped by ${signal}.\n`);
      resolve(code ?? 1);
    });
  });
  return ended.finally(() => {
    clearInterval(watch);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  });
}
