import { portalCodes, wordsOf } from '#lib/errors.ts';

/** The page comes again by itself after this long. */
const RETRY_SECONDS = 5;

const page = (nonce: string, sentence: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${RETRY_SECONDS}">
<title>The database cannot be reached · Interpool</title>
<style nonce="${nonce}">body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.25rem}</style>
</head>
<body>
<main id="main">
<h1>The portal’s database cannot be reached</h1>
<p role="alert">${sentence}</p>
<p>This page tries again every ${RETRY_SECONDS} seconds.</p>
</main>
</body>
</html>
`;

/** The answer to a page or an action while the database is away: it needs nothing that could be away as well. */
export function unavailable(options: { nonce: string; isAction: boolean }): Response {
  const { sentence } = wordsOf(portalCodes.DATABASE_UNAVAILABLE);
  // The router shows an action's plain text as its error, and a page of another type by loading it whole.
  const type = options.isAction ? 'text/plain' : 'text/html; charset=utf-8';
  return new Response(options.isAction ? sentence : page(options.nonce, sentence), {
    status: 503,
    headers: { 'content-type': type, 'cache-control': 'no-store', 'retry-after': String(RETRY_SECONDS) },
  });
}
