import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault, sentenceFor } from './fault.mjs';
import { openLog } from './log.mjs';
import { forgetProcess, recordProcess } from './processes.mjs';
import { say } from './progress.mjs';
import { root } from './runtime.mjs';
import { missingLibrary, plainEnvironment } from './tool.mjs';

const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 120_000;
const BACK_OFF_MS = 250;
const BACK_OFF_MS_MAX = 8_000;
/** What was ready for this long before it died is started again at once, however often: it can work. */
const WORKED_MS = 5_000;
/** What died so often in a row is left alone for this long, and for twice as long each time that it dies again at once. */
const CIRCUIT_MS = 30_000;
const CIRCUIT_MS_MAX = 300_000;
const LAST_WORDS_CHARS = 2_000;
const PROBE_EVERY_MS = 100;
const SETPRIV = '/usr/bin/setpriv';

/** Lets the kernel tell a child of this process's death, so that kill -9 of the supervisor leaves nothing behind. */
function leashed({ command, args, stopSignal }) {
  if (!existsSync(SETPRIV)) return { command, args };
  return { command: SETPRIV, args: ['--pdeathsig', stopSignal.replace('SIG', ''), command, ...args] };
}

/**
 * A long-running child: started, watched until it is ready, restarted with growing pauses when it dies, stopped in order.
 * `isReadyLine` sees each line it prints; `probe` is asked until it answers true. One of the two says that it is ready. `onLine` hears
 * each line, also those after that.
 */
export class Service {
  #options;
  #child;
  #exited = Promise.resolve();
  #isStopping = false;
  #deaths = [];
  #readyAtMs = Infinity;
  /** How often in a row it was left alone; 0 while it works. */
  #opened = 0;
  #stopping = new AbortController();
  #lastWords = '';

  constructor(options) {
    this.#options = {
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      backOffMs: BACK_OFF_MS,
      circuitMs: CIRCUIT_MS,
      env: {},
      ...options,
    };
  }

  get label() {
    return this.#options.label;
  }

  /** Resolves when the service is ready; throws a sentence when it is not in time, or ends before. */
  async start() {
    const { readyTimeoutMs, label, name } = this.#options;
    this.#readyAtMs = Infinity;
    const ready = this.#spawn();
    const lateness = new AbortController();
    const late = delay(readyTimeoutMs, 'late', { signal: lateness.signal }).catch(() => 'ready');
    const outcome = await Promise.race([ready, this.#exited.then(() => 'ended'), late]);
    lateness.abort();
    if (outcome === 'ready') this.#readyAtMs = Date.now();
    if (outcome === 'ready' || this.#isStopping) return;
    if (outcome === 'late') await this.#end('SIGKILL');
    const how = outcome === 'late' ? `was not ready after ${readyTimeoutMs / 1000} s` : 'ended while starting';
    throw (
      missingLibrary(this.#lastWords) ??
      new Fault(`${label} ${how}. Its last words (more in logs/${name}.log):\n${this.#lastWords.trim()}`)
    );
  }

  #spawn() {
    // Before every start, also after a death: throws a sentence when it must not run.
    this.#options.check?.();
    const { home, name, env, as, stopSignal } = this.#options;
    const { command, args } = leashed({ ...this.#options, stopSignal });
    const log = openLog(home, name);
    this.#lastWords = '';
    const child = spawn(command, args, {
      cwd: as ? '/' : root,
      env: { ...plainEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: the terminal's interrupt reaches the supervisor alone, which stops things in order.
      detached: true,
      ...as,
    });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#lastWords = `${error.message}\n`;
        resolve();
      });
      child.once('exit', resolve);
    });
    this.#record(child);
    void this.#exited.then(() => log.close());
    return this.#watch(child, log);
  }

  /** What could not be written down, on a full disk for instance, would outlive a killed supervisor: it does not run. */
  #record(child) {
    if (!child.pid) return;
    const { home, name } = this.#options;
    try {
      recordProcess(home, name, child.pid);
    } catch (error) {
      this.#signal('SIGKILL', true);
      throw new Fault(sentenceFor(error));
    }
  }

  #watch(child, log) {
    const { isReadyLine, probe, onLine } = this.#options;
    return new Promise((resolve) => {
      let rest = '';
      const read = (chunk) => {
        log.write(chunk);
        this.#lastWords = (this.#lastWords + chunk).slice(-LAST_WORDS_CHARS);
        const lines = (rest + chunk).split('\n');
        rest = (lines.pop() ?? '').slice(-LAST_WORDS_CHARS);
        if (onLine) lines.forEach(onLine);
        if (isReadyLine && lines.some(isReadyLine)) resolve('ready');
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      if (probe) void this.#probeUntilReady(child, probe).then((isReady) => isReady && resolve('ready'));
    });
  }

  async #probeUntilReady(child, probe) {
    while (child.exitCode === null && child.signalCode === null && this.#child === child) {
      if (await probe().catch(() => false)) return true;
      await delay(PROBE_EVERY_MS);
    }
    return false;
  }

  /**
   * Keeps it alive from now on, also when its first start has failed. What dies again and again is left alone for a while and then tried
   * again, as long as it takes: `lost` gets a sentence each time, `back` is told when it runs after that.
   * @param {{lost: (sentence: string) => void, back?: () => void}} told
   */
  keepAlive(told) {
    void this.#exited.then(() => {
      if (!this.#isStopping) return this.#revive(told);
    });
  }

  async #revive(told) {
    const { label } = this.#options;
    const pauseMs = this.#pauseAfterDeath(told);
    await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.#isStopping) return;
    try {
      await this.start();
      if (this.#isStopping) return;
      say(`${label} runs again.`);
      told.back?.();
    } catch (error) {
      if (this.#isStopping) return;
      say(error.message);
      return this.#revive(told);
    }
    this.keepAlive(told);
  }

  /** Milliseconds until the next try, and the words that go with them. */
  #pauseAfterDeath({ lost }) {
    const { label, name, backOffMs, circuitMs } = this.#options;
    const nowMs = Date.now();
    // It has worked for a while: what was before counts no longer.
    if (nowMs - this.#readyAtMs > RESTART_WINDOW_MS) this.#opened = 0;
    this.#deaths = [...this.#deaths.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS), nowMs];
    const isTriedOnce = this.#opened > 0;
    if (!isTriedOnce && this.#deaths.length <= RESTARTS_MAX) {
      const hasWorked = nowMs - this.#readyAtMs > WORKED_MS;
      const growth = hasWorked ? 1 : 2 ** (this.#deaths.length - 1);
      const pauseMs = Math.min(backOffMs * growth, BACK_OFF_MS_MAX);
      say(`${label} stopped by itself; starting it again in ${pauseMs / 1000} s.`);
      return pauseMs;
    }
    const pauseMs = Math.min(circuitMs * 2 ** this.#opened, CIRCUIT_MS_MAX);
    const what = isTriedOnce ? 'stopped again' : `stopped ${this.#deaths.length} times in a row`;
    this.#opened += 1;
    lost(
      `${label} ${what}: it is tried again in ${pauseMs / 1000} s. See logs/${name}.log. Its last words:\n${this.#lastWords.trim()}`,
    );
    return pauseMs;
  }

  /** Asks it to stop, waits, and ends it by force after its deadline. */
  async stop() {
    this.#isStopping = true;
    this.#stopping.abort();
    const { stopSignal, stopTimeoutMs, home, name } = this.#options;
    await this.#end(stopSignal, stopTimeoutMs);
    forgetProcess(home, name);
  }

  /** Ends it and everything it started, at once. */
  kill() {
    this.#isStopping = true;
    this.#stopping.abort();
    this.#signal('SIGKILL', true);
  }

  async #end(signalName, waitMs = 5_000) {
    this.#signal(signalName, signalName === 'SIGKILL');
    const deadline = new AbortController();
    const late = delay(waitMs, 'late', { signal: deadline.signal }).catch(() => 'ended');
    const outcome = await Promise.race([this.#exited.then(() => 'ended'), late]);
    deadline.abort();
    if (outcome === 'late') {
      this.#signal('SIGKILL', true);
      await this.#exited;
    }
  }

  #signal(signalName, isForGroup) {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(isForGroup ? -child.pid : child.pid, signalName);
    } catch {
      // It ended between the question and the signal.
    }
  }
}
