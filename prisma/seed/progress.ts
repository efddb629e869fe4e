import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const stepSchema = z.strictObject({
  tx: z.string(),
  hex: z.string(),
  /** The outcome's data once it was decided with code 0. */
  data: z.record(z.string(), z.unknown()).nullable(),
});
const progressSchema = z.record(z.string(), stepSchema);
type Step = z.infer<typeof stepSchema>;

/** Which steps of the history were signed and decided, so that a run that was broken off goes on and does nothing twice. */
export class Progress {
  readonly #path: string;
  readonly #steps: Record<string, Step>;

  constructor(path: string) {
    this.#path = path;
    this.#steps = readSteps(path);
  }

  step(name: string): Step | undefined {
    return this.#steps[name];
  }

  /** On disk when it returns. */
  record(name: string, step: Step): void {
    this.#steps[name] = step;
    this.#save();
  }

  /** What a run found out and a later one needs, as on disk as a step; undefined: no run has. */
  note(name: string): unknown {
    return this.#steps[name]?.data ?? undefined;
  }

  keepNote(name: string, found: Readonly<Record<string, unknown>>): void {
    this.record(name, { tx: '', hex: '', data: found });
  }

  /** A step that was signed, and can never take effect any more. */
  forget(name: string): void {
    delete this.#steps[name];
    this.#save();
  }

  #save(): void {
    const unfinished = `${this.#path}.unfinished`;
    writeFileSync(unfinished, `${JSON.stringify(this.#steps, null, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(unfinished, this.#path);
  }
}

function readSteps(path: string): Record<string, Step> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  return progressSchema.parse(JSON.parse(text));
}
