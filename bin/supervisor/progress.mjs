const PULSE_MS = 10_000;
const startedMs = Date.now();

function stamp() {
  return `${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s`;
}

/** One line for the person who waits, with the seconds since the start. */
export function say(sentence) {
  process.stdout.write(`${stamp()}  ${sentence}\n`);
}

/** Runs a step; a long one shows every ten seconds that it is still going on. */
export async function during(what, work) {
  const stepMs = Date.now();
  const pulse = setInterval(() => say(`… still ${what} (${Math.round((Date.now() - stepMs) / 1000)} s)`), PULSE_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}
