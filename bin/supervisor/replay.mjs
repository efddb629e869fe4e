/** What a projector's line says, when it is one of those that programs read. */
function parse(line) {
  try {
    return line.trimStart().startsWith('{') ? JSON.parse(line) : {};
  } catch {
    return {};
  }
}

/**
 * Hears a projector's lines while it makes a new read model, and tells how far it is by `say`. `done` resolves when the read model is of
 * use, and at once when another projector has the work: how far that one is shows on its own screen.
 */
export function watchReplay(say) {
  const { promise: done, resolve } = Promise.withResolvers();
  let hasSpoken = false;
  const hear = (line) => {
    const { ready, standby, hasCaughtUp, replay } = parse(line);
    if (ready === true && (standby === true || hasCaughtUp === true)) resolve();
    if (!replay) return;
    const { percent, height, untilHeight } = replay;
    // A short one is done before anybody wonders: nothing is said of it.
    hasSpoken ||= percent > 0 && percent < 100;
    if (hasSpoken)
      say(`The read model is being made from the ledger: ${percent} % (block ${height} of ${untilHeight}).`);
    if (percent === 100) resolve();
  };
  return { hear, done };
}
