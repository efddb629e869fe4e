import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import type { TabPerson } from '#components/ui/active-person.ts';
import { accountLabel, shorten } from '#components/ui/format.ts';
import { ReadyMark } from '#components/ui/ready-mark.tsx';
import { TabOwner } from '#components/ui/tab-owner.tsx';
import { ThemeScript } from '#components/ui/theme-script.tsx';
import { portalFacts } from '#lib/auth/portal.ts';
import { getSession } from '#lib/queries/session.ts';
import { LiveUpdates } from '#components/ledger/live-updates.tsx';
import type { SessionDto } from '#lib/shared/dto.ts';
import { switchPerson } from './actions.ts';
import { SiteFooter } from './_components/site-footer.tsx';
import { SiteHeader } from './_components/site-header.tsx';

const SOCIAL_PICTURE = {
  url: '/social.png',
  width: 1200,
  height: 630,
  alt: 'Interpool: network resources, shared by rules that everyone can check',
};

/** Made at each request: other sites need absolute addresses, and only the running portal knows its own. */
export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(portalFacts().origin),
    title: { default: 'Interpool', template: '%s · Interpool' },
    description:
      'A pool between networks: resources published, bought, served and cut off by rules that everyone can check.',
    manifest: '/manifest.webmanifest',
    icons: { icon: { url: '/icons/icon.svg', type: 'image/svg+xml' }, apple: '/icons/apple-touch-icon.png' },
    openGraph: { type: 'website', siteName: 'Interpool', images: [SOCIAL_PICTURE] },
    twitter: { card: 'summary_large_image' },
  };
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f9fafb' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1216' },
  ],
};

/** Whom this page is rendered for, as the header calls them. */
function ownerOf(session: SessionDto | null): TabPerson | null {
  if (session === null) return null;
  const { account, address } = session;
  return { address, name: account?.name ?? (account ? accountLabel(account.id) : shorten(address)) };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const session = await getSession();
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <meta name="csp-nonce" nonce={nonce} suppressHydrationWarning />
        <ThemeScript nonce={nonce} />
      </head>
      <body className="flex min-h-dvh flex-col">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-1.5"
        >
          Skip to the content
        </a>
        <TabOwner rendered={ownerOf(session)} switchTo={switchPerson}>
          <LiveUpdates person={session?.address ?? null} version={portalFacts().version}>
            <SiteHeader session={session} />
            <div className="contents">{children}</div>
            <SiteFooter />
            <ReadyMark />
          </LiveUpdates>
        </TabOwner>
      </body>
    </html>
  );
}
