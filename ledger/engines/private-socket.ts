import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/** sun_path of Linux, without its final zero. */
const SOCKET_PATH_BYTES_MAX = 107;

export interface PrivateSocket {
  readonly path: string;
  /** Who listens, for the sentence when that fails. */
  readonly who: string;
  /** The group of the process may open it too (0660): programs with a user of their own. */
  readonly isShared?: boolean;
}

/**
 * Listens on a Unix socket that only the own user can open (0600), also between bind and chmod. The caller holds a lock on the folder,
 * so a socket file that stands there already is a dead one and is replaced. Rejects with a sentence when it cannot listen.
 */
export async function listenPrivately(server: Server, { path, who, isShared }: PrivateSocket): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
    throw new Error(`The socket's path ${path} is longer than the ${SOCKET_PATH_BYTES_MAX} bytes that Linux allows.`);
  }
  rmSync(path, { force: true });
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(`${who} cannot listen at ${path} (${error.code ?? 'unknown reason'}).`));
      });
      server.listen(path, resolve);
    });
    chmodSync(path, isShared === true ? 0o660 : 0o600);
  } finally {
    process.umask(umask);
  }
}
