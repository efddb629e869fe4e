import { Fault } from './fault.mjs';

const USAGE = `npm start [-- options]
  --fresh      deletes the data folder first; asks before it does
  --yes        answers that question with yes
  --no-seed    starts without the sample's history
  --with NAME  adds a sample that takes longer: proximity (two service nodes, an operator with a PostgreSQL of its own, one session).
               A data folder that has it keeps it: later starts need not say so again
  --help       shows this
Environment: PORT (3000), INTERPOOL_HOME (.interpool), LEDGER_ENGINE (embedded, or cometbft: four CometBFT nodes), PORTALS (1: portals on
one database, to be reached at NEXTAUTH_URL through whatever shares requests out), DATABASE_URL (a PostgreSQL of your own instead of the embedded one).`;

const FLAGS = { '--fresh': 'isFresh', '--yes': 'isConfirmed', '--no-seed': 'isUnseeded', '--help': 'isHelp' };

const ENGINES = ['embedded', 'cometbft'];

/** What can be added to a sample. */
const ADDITIONS = ['proximity'];

/** Reads the command line and the environment; an unknown word is a sentence, not a guess. */
export function parseOptions(args) {
  const options = { isFresh: false, isConfirmed: false, isUnseeded: false, isHelp: false };
  const additions = new Set();
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift();
    if (arg === '--with') additions.add(additionOf(rest.shift()));
    else if (Object.hasOwn(FLAGS, arg)) options[FLAGS[arg]] = true;
    else throw new Fault(`“${arg}” is not an option.\n${USAGE}`);
  }
  return {
    ...options,
    additions: [...additions],
    engine: engineOf(process.env.LEDGER_ENGINE || 'embedded'),
    portals: portalsOf(process.env.PORTALS || '1'),
    origin: originOf(process.env.NEXTAUTH_URL || undefined),
  };
}

function additionOf(name) {
  if (ADDITIONS.includes(name)) return name;
  const known = `--with takes one of these: ${ADDITIONS.join(', ')}.`;
  throw new Fault(name === undefined ? known : `“${name}” is no sample that can be added. ${known}`);
}

function portalsOf(text) {
  if (/^[1-8]$/.test(text)) return Number(text);
  throw new Fault(`PORTALS is “${text}”: set it to a number from 1 to 8.`);
}

/** Where people and agents reach the portal: whatever stands in front of it; undefined where nothing does. */
function originOf(address) {
  if (address === undefined) return undefined;
  if (/^https?:/.test(address) && URL.canParse(address)) return new URL(address).origin;
  throw new Fault(`NEXTAUTH_URL is “${address}”: set it to an address such as https://portal.example.org.`);
}

function engineOf(name) {
  if (ENGINES.includes(name)) return name;
  throw new Fault(`LEDGER_ENGINE is “${name}”: it is one of ${ENGINES.join(', ')}.`);
}

export { USAGE };
