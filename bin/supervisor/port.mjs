import { createServer } from 'node:net';
import { Fault } from './fault.mjs';

const LOOPBACK = '127.0.0.1';
const PORT_DEFAULT = 3000;
const PORTS_TRIED_MAX = 100;

function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });
}

/** True when nobody listens on this loopback port. */
export async function isFree(port) {
  try {
    await tryPort(port, LOOPBACK);
    return true;
  } catch (error) {
    if (error.code === 'EADDRINUSE') return false;
    if (error.code === 'EACCES') throw new Fault(`This user may not open port ${port}: set PORT to one above 1023.`);
    throw error;
  }
}

/** A port that nobody uses on loopback, chosen by the system. */
export function anyFreePort() {
  return tryPort(0, LOOPBACK);
}

/** PORT when it is set and free, else 3000 or the next free one. */
export async function portalPort() {
  const wanted = process.env.PORT;
  if (wanted) {
    const port = Number(wanted);
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new Fault(`PORT is “${wanted}”: set it to a number from 1 to 65535.`);
    if (!(await isFree(port)))
      throw new Fault(`Port ${port} is used by another program: stop that program, or set PORT to another number.`);
    return port;
  }
  for (let port = PORT_DEFAULT; port < PORT_DEFAULT + PORTS_TRIED_MAX; port += 1) if (await isFree(port)) return port;
  throw new Fault(
    `Ports ${PORT_DEFAULT} to ${PORT_DEFAULT + PORTS_TRIED_MAX - 1} are all used: set PORT to a free one.`,
  );
}
