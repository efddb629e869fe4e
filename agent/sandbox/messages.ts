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
