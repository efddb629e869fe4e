import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, type SampleAgent } from './agents.ts';

/** Makes an agent's folder with its config, once: what is there stays as it is. */
export function placeAgent(home: string, agent: SampleAgent, portal: string): void {
  const folder = join(home, agent.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'config.json');
  if (!existsSync(config)) writeWhole(config, configOf(agent, portal));
}

/** Private to its owner, and never half written. */
export function writeWhole(path: string, value: unknown): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}
