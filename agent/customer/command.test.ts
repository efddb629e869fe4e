import { expect, test } from 'vitest';
import { runCommand } from './command.ts';

const DAY_MS = 86_400_000;
const FOREVER = 'setInterval(() => {}, 1000)';

function run(script: string, endsAtMs: number): Promise<number> {
  const environment = { INTERPOOL_ORDER: 'O-7' };
  const access = { agreement: 7, url: 'http://localhost:1/', token: '', endsAtMs, environment };
  return runCommand([process.execPath, '-e', script], access);
}

test('a command finds the access in its environment and says by its exit code what came of it, also in the longest window', async () => {
  const code = await run('process.exit(process.env.INTERPOOL_ORDER === "O-7" ? 7 : 8)', Date.now() + 31 * DAY_MS);
  expect(code).toBe(7);
});

test('a command is stopped when the window is over, also one that begins after it', async () => {
  expect(await run(FOREVER, Date.now() - 1)).toBe(1);
});

test('a signal to the program stops the command, and the program goes on to end its order', async () => {
  const code = run(FOREVER, Date.now() + DAY_MS);
  process.emit('SIGTERM');
  expect(await code).toBe(1);
});

test('a command that is not there is named', async () => {
  const access = { agreement: 7, url: '', token: '', endsAtMs: Date.now() + DAY_MS, environment: {} };
  await expect(runCommand(['no-such-program-here'], access)).rejects.toThrow('no-such-program-here could not be run');
});
