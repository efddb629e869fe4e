/** Loads a page of this portal as a whole new document: for a new session, and for pages whose policy differs. */
export function openDocument(path: string): void {
  window.location.assign(new URL(path, window.location.origin));
}
