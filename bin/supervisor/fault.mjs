/** Something a person can put right. Its message is one sentence: what is wrong, and what to do. */
export class Fault extends Error {
  name = 'Fault';
}

const sentences = {
  ENOSPC: (error) =>
    `The disk is full${at(error)}: free some space and start again; nothing that was confirmed is lost.`,
  EDQUOT: (error) => `The disk quota is used up${at(error)}: free some space and start again.`,
  EACCES: (error) =>
    `This user may not write${at(error)}: change its owner, or choose another folder with INTERPOOL_HOME.`,
  EPERM: (error) =>
    `This user may not write${at(error)}: change its owner, or choose another folder with INTERPOOL_HOME.`,
  EROFS: (error) => `The disk is read-only${at(error)}: choose another folder with INTERPOOL_HOME.`,
  EMFILE: () => 'Too many files are open: raise the limit (ulimit -n 4096) and start again.',
};

function at(error) {
  return error.path ? ` at ${error.path}` : '';
}

/** The sentence for an error, or its own words where nobody foresaw it. */
export function sentenceFor(error) {
  if (error instanceof Fault) return error.message;
  const known = sentences[error?.code];
  return known ? known(error) : `Something unforeseen stopped Interpool: ${error?.stack ?? error}`;
}

/** Writes the sentence for people and gives the exit code. */
export function tell(error) {
  process.stderr.write(`\n${sentenceFor(error)}\n`);
  return 1;
}
