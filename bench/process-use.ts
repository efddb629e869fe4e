import { readFileSync } from 'node:fs';

/** A tick of the kernel's processor accounting, on every Linux that Node.js runs on. */
const TICK_MS = 10;

/** Fields of /proc/<pid>/stat from the state on; undefined when the process is gone. */
export function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

/** Milliseconds of processor time, of all threads and of the kernel for them. */
export function usedMs(stat: readonly string[]): number {
  return (Number(stat[11]) + Number(stat[12])) * TICK_MS;
}

function memoryKiB(pid: string, kind: 'VmRSS' | 'RssAnon'): number {
  try {
    return Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Memory in use; 0 when the process is gone. */
export function residentKiB(pid: string): number {
  return memoryKiB(pid, 'VmRSS');
}

/** The same without pages of files. */
export function anonymousKiB(pid: string): number {
  return memoryKiB(pid, 'RssAnon');
}
