// Names of Interpool's own environment variables, for every program that has to tell a typing mistake from somebody else's variable.

/** Several processes share one environment: what one of them reads is known to all. docs/operate/configuration.md says what each does. */
export const VARIABLES = [
  'COMETBFT_COMMIT_MS',
  'COMETBFT_FINDS_PEERS',
  'COMETBFT_GOSSIP_MS',
  'COMETBFT_METRICS_LISTEN',
  'COMETBFT_MONIKER',
  'COMETBFT_P2P_EXTERNAL',
  'COMETBFT_P2P_LISTEN',
  'COMETBFT_PEERS',
  'COMETBFT_PRIVATE_PEER_IDS',
  'COMETBFT_RPC',
  'COMETBFT_RPC_LISTEN',
  'COMETBFT_SHARES_ADDRESS',
  'COMETBFT_SIGNER_LISTEN',
  'COMETBFT_STATESYNC_RPC',
  'COMETBFT_TRUST_HASH',
  'COMETBFT_TRUST_HEIGHT',
  'DATABASE_CONNECT_MS_MAX',
  'DATABASE_POOL_MAX',
  'DATABASE_STATEMENT_MS_MAX',
  'DATABASE_URL',
  'DATABASE_URL_MONITOR',
  'DATABASE_URL_PROJECTOR',
  'DATABASE_URL_WEB',
  'INTERPOOL_HOME',
  'INTERPOOL_METRICS_LISTEN',
  'INTERPOOL_PORTALS',
  'INTERPOOL_PRIVATE_TARGETS',
  'INTERPOOL_SECURITY_CONTACT',
  'LEDGER_ENGINE',
  'LEDGER_METRICS_LISTEN',
  'LEDGER_RETAIN_HEIGHTS',
  'LEDGER_SNAPSHOT_HEIGHTS',
  'LEDGER_SOCKET',
  'LEDGER_SOCKET_SHARED',
];

/** Set by the suite for its tests (bin/suite/cometbft.mjs). */
const SUITE_VARIABLES = ['COMETBFT_PROOFS', 'COMETBFT_VERIFIER'];

/** A name that begins so is meant for us. */
const OWN = /^(COMETBFT|LEDGER|DATABASE|INTERPOOL)_/;
/** Containers are given variables by the dozen for a service that is called `database`: a few lines show what is meant. */
const SENTENCES_MAX = 10;
const NAME_LENGTH_MAX = 100;

/**
 * One sentence for each variable that is set and that no program of ours reads, with the name that may have been meant. They are
 * warnings: others may use the same words.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {string[]}
 */
export function unknownVariables(environment = process.env) {
  const names = Object.keys(environment).filter((name) => OWN.test(name) && environment[name] !== undefined);
  const unknown = names.filter((name) => !VARIABLES.includes(name) && !SUITE_VARIABLES.includes(name)).sort();
  return unknown.slice(0, SENTENCES_MAX).map((name) => sentenceOf(name.slice(0, NAME_LENGTH_MAX)));
}

function sentenceOf(name) {
  const shown = name.replaceAll(/\W/g, '?');
  const nearest = nearestOf(name);
  if (nearest === undefined) return `${shown} is not known: docs/operate/configuration.md has every variable.`;
  return `${shown} is not known; did you mean ${nearest}?`;
}

/** The known name with the fewest letters to change, unless that would be more than a third of them. */
function nearestOf(name) {
  const distances = VARIABLES.map((known) => ({ known, distance: distanceOf(name, known) }));
  const best = distances.reduce((least, each) => (each.distance < least.distance ? each : least));
  return best.distance * 3 <= name.length ? best.known : undefined;
}

/** Letters to insert, drop or replace (Levenshtein), a row of the table at a time. */
function distanceOf(left, right) {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...right].entries()) {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length];
}
