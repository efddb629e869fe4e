import { expect, test } from '../fixtures/test.ts';

test('a browser finds the manifest, its icons and the picture for other sites by the page’s own links', async ({
  page,
  request,
  network,
}) => {
  await page.goto('/catalogue');
  const linked = async (selector: string, attribute: string) =>
    (await page.locator(selector).first().getAttribute(attribute)) ?? '';
  const manifestAt = await linked('link[rel=manifest]', 'href');
  const answer = await request.get(manifestAt);
  expect([answer.status(), answer.headers()['content-type']]).toEqual([200, expect.stringContaining('manifest+json')]);
  const { icons } = (await answer.json()) as { icons: { src: string; type: string }[] };
  const social = await linked('meta[property="og:image"]', 'content');
  expect(social).toMatch(new RegExp(`^${network.origin}/`));
  const pictures = [
    ...icons,
    { src: await linked('link[rel=icon]', 'href'), type: 'image/svg+xml' },
    { src: await linked('link[rel=apple-touch-icon]', 'href'), type: 'image/png' },
    { src: social, type: 'image/png' },
  ];
  for (const { src, type } of pictures) {
    const picture = await request.get(src);
    expect([src, picture.status(), picture.headers()['content-type']]).toEqual([src, 200, type]);
  }
});

test('robots and whoever looks for a contact get plain text; this operator has named nobody', async ({ request }) => {
  const robots = await request.get('/robots.txt');
  expect([robots.status(), await robots.text()]).toEqual([200, expect.stringContaining('Disallow: /customer')]);
  const security = await request.get('/.well-known/security.txt');
  expect([security.status(), security.headers()['content-type']]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(await security.text()).toContain('named no contact');
});
