/** What the agent tells the process in the sandbox; a module or an input follows as bytes. */
export type ToHost =
  | { readonly kind: 'module' }
  | {
      readonly kind: 'run';
      readonly args: readonly string[];
      /** Four words for `random_get`. */
      readonly seed: readonly number[];
      readonly stdoutBytesMax: number;
      readonly stderrBytesMax: number;
    };

/** What it answers. Of `ran`, the output follows as bytes: `stdoutBytes` of the one stream, then the other. Nothing of it is to be trusted. */
export type FromHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'ran';
      readonly outcome: 'exited' | 'trapped' | 'flooded';
      /** Null unless it exited. */
      readonly exitCode: number | null;
      readonly reason: string;
      readonly cpuMs: number;
      readonly stdoutBytes: number;
    };

const OUTCOMES: readonly unknown[] = ['exited', 'trapped', 'flooded'];
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** An answer as it may be gone by; undefined for everything else, which breaks the rules of the messages. */
export function readAnswer(head: unknown): FromHost | undefined {
  if (typeof head !== 'object' || head === null) return undefined;
  const { kind, reason, outcome, exitCode, cpuMs, stdoutBytes } = head as Readonly<Record<string, unknown>>;
  if (kind === 'ready') return { kind };
  if (typeof reason !== 'string') return undefined;
  if (kind === 'refused') return { kind, reason };
  const isRun = kind === 'ran' && OUTCOMES.includes(outcome) && isCount(cpuMs) && isCount(stdoutBytes);
  return isRun && (exitCode === null || Number.isSafeInteger(exitCode)) ? (head as FromHost) : undefined;
}
