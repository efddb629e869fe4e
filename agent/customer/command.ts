import { spawn } from 'node:child_process';
import type { Access } from './access.ts';

/** Runs the command with the access in its environment, until it ends or its order does; its exit code. */
export function runCommand([program = '', ...args]: readonly string[], access: Access): Promise<number> {
  const timeLeftMs = Math.max(0, access.endsAtMs - Date.now());
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { ...process.env, ...access.environment },
    timeout: timeLeftMs,
  });
  return new Promise((ended, fail) => {
    child.once('error', (error) => fail(new Error(`${program} could not be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (signal !== null) process.stderr.write(`${program} was stopped by ${signal}.\n`);
      ended(code ?? 1);
    });
  });
}
