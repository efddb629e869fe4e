import { fileURLToPath } from 'node:url';

/**
 * Turbopack resolves the package's own `#…` imports with `.ts` specifiers by itself. Everything a page shows comes from this
 * origin: the image optimiser is off, because it would fetch for whoever asks.
 * @type {import('next').NextConfig}
 */
const nextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // A page's title stands in its first bytes for everybody: a screen reader says it before anything else (WCAG 2.4.2).
  htmlLimitedBots: /.*/,
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
  // Native or generated code that must be required from node_modules, not bundled.
  serverExternalPackages: ['secp256k1', 'pg', '@prisma/client', '@prisma/adapter-pg'],
  // The whole tree is type-checked by `npm run check`; a first start must not spend half a minute on doing it again.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // A signed transaction is at most 16 KiB, twice that in hex.
    serverActions: { bodySizeLimit: '64kb' },
    // The portal's server bounds bodies before Next sees them; Next keeps no more of one than the largest, should it be started without.
    proxyClientMaxBodySize: 8 * 1_024 * 1_024 + 64,
    // Pages are rendered for one person at one height: a visited page is never shown again from the browser's memory.
    staleTimes: { dynamic: 0, static: 30 },
  },
  async headers() {
    return [
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'Referrer-Policy', value: 'no-referrer' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(self), browsing-topics=()' },
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        ],
      },
    ];
  },
};

export default nextConfig;
