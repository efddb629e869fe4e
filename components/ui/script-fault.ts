const MISSING =
  /ChunkLoadError|loading (css )?chunk|failed to load chunk|dynamically imported module|importing a module script/i;

/** What to do when an error says that a script of the page did not come; undefined for every other error. */
export function scriptFault(error: unknown): string | undefined {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  return MISSING.test(`${name} ${message}`)
    ? 'A script of this page could not be loaded: the connection was interrupted, or there is a new version of the portal. Load the page again.'
    : undefined;
}
