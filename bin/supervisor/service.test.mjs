import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endLeftovers, isAlive, parseProcess } from './processes.mjs';
import { Service } from './service.mjs';

const READY = 'console.log(\'{"ready":true}\');';
const STAY = 'setInterval(() => {}, 1000);';
let home;
let services;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ip-'));
  services = [];
});

afterEach(async () => {
  for (const service of services) await service.stop();
  rmSync(home, { recursive: true, force: true });
});

function serviceOf(script, options = {}) {
  const isReadyLine = (line) => line.includes('"ready":true');
  const service = new Service({
    name: 'part',
    label: 'The part',
    home,
    command: process.execPath,
    args: ['-e', script],
    isReadyLine,
    readyTimeoutMs: 10_000,
    backOffMs: 5,
    ...options,
  });
  services.push(service);
  return service;
}

const recorded = (name = 'part') => parseProcess(readFileSync(join(home, 'pids', `${name}.pid`), 'utf8'));

async function until(holds) {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('waited in vain');
}

test('a service is ready when it says so, keeps its words in its log, and ends when it is stopped', async () => {
  const service = serviceOf(`${READY} ${STAY}`);
  await service.start();
  const found = recorded();
  expect(isAlive(found)).toBe(true);
  await service.stop();
  expect(isAlive(found)).toBe(false);
  expect(readFileSync(join(home, 'logs/part.log'), 'utf8')).toContain('"ready":true');
});

test('a service that ends before it is ready fails the start with its last words', async () => {
  await expect(serviceOf("console.error('no luck today'); process.exit(3);").start()).rejects.toThrow(
    /ended while starting[\s\S]*no luck today/,
  );
});

test('a service that never gets ready fails the start at its deadline and is ended', async () => {
  await expect(serviceOf(STAY, { readyTimeoutMs: 300 }).start()).rejects.toThrow(/was not ready after 0.3 s/);
  expect(isAlive(recorded())).toBe(false);
});

test('a missing system library is named, with the package that has it', async () => {
  const words = 'error while loading shared libraries: libatomic.so.1: cannot open shared object file';
  await expect(serviceOf(`console.error('${words}'); process.exit(127);`).start()).rejects.toThrow(
    /libatomic\.so\.1 is missing.*apt-get install libatomic1/,
  );
});

test('a service that is killed is started again under another process id', async () => {
  const service = serviceOf(`${READY} ${STAY}`);
  await service.start();
  service.keepAlive({ lost: () => undefined });
  const first = recorded();
  process.kill(first.pid, 'SIGKILL');
  await until(() => recorded().pid !== first.pid && isAlive(recorded()));
});

test('a service that keeps dying is left alone with one sentence, and comes back by itself once it can [7.2.2-d]', async () => {
  const flag = join(home, 'may-run');
  const dying = `if (!require('node:fs').existsSync(${JSON.stringify(flag)})) process.exit(1);`;
  const service = serviceOf(`${READY} setTimeout(() => { ${dying} ${STAY} }, 20);`, { circuitMs: 300 });
  await service.start();
  const told = [];
  let isBack = false;
  service.keepAlive({ lost: (sentence) => told.push(sentence), back: () => (isBack ||= existsSync(flag)) });
  await until(() => told.length === 2);
  expect(told[0]).toMatch(/^The part stopped 6 times in a row: it is tried again in 0\.3 s\. See logs\/part\.log/);
  expect(told[1]).toMatch(/^The part stopped again: it is tried again in 0\.6 s/);
  writeFileSync(flag, '');
  await until(() => isBack);
  expect(isAlive(recorded())).toBe(true);
});

test('a service that never starts is tried again beside the others, and stopping does not wait for it', async () => {
  const service = serviceOf('process.exit(3);', { circuitMs: 60_000 });
  await expect(service.start()).rejects.toThrow(/ended while starting/);
  const sentence = await new Promise((resolve) => service.keepAlive({ lost: resolve }));
  expect(sentence).toMatch(/tried again in 60 s/);
  await service.stop();
});

test('a service that ignores its signal is ended by force at its deadline', async () => {
  const service = serviceOf(`process.on('SIGTERM', () => {}); ${READY} ${STAY}`, { stopTimeoutMs: 200 });
  await service.start();
  const found = recorded();
  await service.stop();
  expect(isAlive(found)).toBe(false);
});

test('what a killed supervisor left running is ended by the next start, and nothing else', async () => {
  const leftover = spawn(process.execPath, ['-e', STAY], { stdio: 'ignore' });
  const stranger = spawn(process.execPath, ['-e', STAY], { stdio: 'ignore' });
  const service = serviceOf(`${READY} ${STAY}`);
  await service.start();
  const { ticks } = parseProcess(
    `1 ${readFileSync(`/proc/${leftover.pid}/stat`, 'utf8').split(') ')[1].split(' ')[19]}`,
  );
  writeFileSync(join(home, 'pids/left.pid'), `${leftover.pid} ${ticks}\n`);
  // The stranger got the process id of something that ended long ago.
  writeFileSync(join(home, 'pids/stranger.pid'), `${stranger.pid} 1\n`);
  expect((await endLeftovers(home)).sort()).toEqual(['left', 'part']);
  expect(stranger.exitCode).toBeNull();
  stranger.kill('SIGKILL');
  if (leftover.signalCode === null) await once(leftover, 'exit');
  expect(leftover.signalCode).toBe('SIGTERM');
});

test('what its check refuses is not started, nor started again after a death', async () => {
  let mayRun = true;
  let given;
  const lost = new Promise((resolve) => (given = resolve));
  const check = () => {
    if (!mayRun) throw new Error('Its key is missing.');
  };
  const service = serviceOf(`${READY} ${STAY}`, { check });
  await service.start();
  service.keepAlive({ lost: given });
  mayRun = false;
  const pid = Number(readFileSync(join(home, 'pids', 'part.pid'), 'utf8').split(' ')[0]);
  process.kill(pid, 'SIGKILL');
  expect(await lost).toMatch(/The part stopped \d+ times/);
  expect(Number(readFileSync(join(home, 'pids', 'part.pid'), 'utf8').split(' ')[0])).toBe(pid);
  await expect(serviceOf(READY, { check }).start()).rejects.toThrow('Its key is missing.');
});
