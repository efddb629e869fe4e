import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { placeAgent, writeWhole } from '#prisma/seed/place-agent.ts';
import { makeNewcomers, newcomersFile } from './newcomers.ts';
import { SERVICE_NODES } from './relays.ts';

const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, portal: { type: 'string' } },
  strict: true,
});
if (flags.home === undefined || flags.portal === undefined) {
  process.stderr.write(
    'Usage: node_modules/.bin/node prisma/seed/proximity/place.ts --home <data folder> --portal <origin>\n',
  );
  process.exit(1);
}
const home = resolve(flags.home);
for (const agent of SERVICE_NODES) placeAgent(home, agent, flags.portal);
answerAlone(join(home, 'identity', 'config.json'));
// Last: whoever finds it finds everything before it.
if (!existsSync(newcomersFile(home))) writeWhole(newcomersFile(home), { people: makeNewcomers() });

/** Who agrees with the operator's records in every field is identified by its program, unless the operator has said otherwise. */
function answerAlone(file: string): void {
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  if (config['decide'] === undefined) writeWhole(file, { ...config, decide: 'exact' });
}
