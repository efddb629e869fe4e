import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Fault } from './fault.mjs';

const LOOPBACK = '127.0.0.1';
const PORT_DEFAULT = 3000;
const PORT_MAX = 65_535;
const PORTS_TRIED_MAX = 100;
const RANDOM_PORT_MIN = 15_000;
const RANDOM_PORT_END = 32_000;
const RANDOM_TRIES_MAX = 1_000;

function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
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

/** A port that nobody uses on loopback, below those that the system gives to outgoing connections: one of them could take it before its process listens. */
export async function anyFreePort() {
  for (let tries = 0; tries < RANDOM_TRIES_MAX; tries += 1) {
    const port = randomInt(RANDOM_PORT_MIN, RANDOM_PORT_END);
    if (await isFree(port)) return port;
  }
  throw new Fault(`No port from ${RANDOM_PORT_MIN} to ${RANDOM_PORT_END} was found free: stop what uses them.`);
}

/** The port that this variable names; undefined when it is not set. */
function portOf(variable) {
  const wanted = process.env[variable];
  if (!wanted) return undefined;
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX)
    throw new Fault(`${variable} is “${wanted}”: set it to a number from 1 to ${PORT_MAX}.`);
  return port;
}

/** AGENT_PORTS, the port of the sample's first agent; the others have those after it. Undefined when it is not set. */
export function agentPorts() {
  return portOf('AGENT_PORTS');
}

/** PORT when it is set and free, else 3000 or the next free one. */
export async function portalPort() {
  const port = portOf('PORT');
  if (port !== undefined) {
    if (!(await isFree(port)))
      throw new Fault(`Port ${port} is used by another program: stop that program, or set PORT to another number.`);
    return port;
  }
  for (let port = PORT_DEFAULT; port < PORT_DEFAULT + PORTS_TRIED_MAX; port += 1) if (await isFree(port)) return port;
  throw new Fault(
    `Ports ${PORT_DEFAULT} to ${PORT_DEFAULT + PORTS_TRIED_MAX - 1} are all used: set PORT to a free one.`,
  );
}
