import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import next from 'next';
import { readListenAddress } from '#metrics/listen-address.ts';
import { tellFigures } from '#metrics/listener.ts';
import { portalFigures } from './figures.ts';
import { createPortalServer } from './server.ts';

/** Pages hold streams open as long as they are shown: after this long they are closed, and reconnect elsewhere. */
const STOP_MS = 2_000;

enableCompileCache();
const { values } = parseArgs({
  options: { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '3000' } },
});
const port = Number(values.port);
// Next forwards a call to the page that has its action: to this process, whatever host the caller named.
process.env.__NEXT_PRIVATE_ORIGIN = `http://${values.host === '0.0.0.0' ? '127.0.0.1' : values.host}:${port}`;
const portal = next({ dev: false, dir: process.cwd(), hostname: values.host, port });
await portal.prepare();
const { figures, count } = portalFigures();
const server = createPortalServer(portal.getRequestHandler(), count);
server.on('error', (error) => {
  process.stderr.write(`The portal cannot listen at ${values.host}:${port}: ${error.message}\n`);
  process.exit(1);
});
server.listen(port, values.host, () => process.stdout.write(`The portal listens at ${values.host}:${port}.\n`));

// The instrumentation that Next called has read the environment: what stands here is an address, or nothing.
const metrics = readListenAddress(process.env.INTERPOOL_METRICS_LISTEN ?? '');
if (metrics !== undefined) {
  const listener = await tellFigures(figures, metrics).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  process.stdout.write(`${JSON.stringify({ metrics: listener.url })}\n`);
}

function stop(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), STOP_MS).unref();
}
process.once('SIGTERM', stop).once('SIGINT', stop);
