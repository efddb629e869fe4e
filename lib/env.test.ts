import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configurationLine, environmentVariables, migrationEnvironment, webEnvironment } from './env.ts';

const complete = {
  DATABASE_URL_WEB: 'postgresql://interpool_web:hidden-word@db.example.org:5433/interpool?sslmode=require',
  NEXTAUTH_SECRET: 'a hidden word of thirty-two characters',
  NEXTAUTH_URL: 'https://portal.example.org/',
};

describe('the environment', () => {
  test('is shown at the start as one line with defaults, and without any password or secret', () => {
    const line = configurationLine('portal', complete);
    expect(line).not.toMatch(/hidden|\n/);
    expect(JSON.parse(line)).toEqual({
      process: 'portal',
      configuration: {
        INTERPOOL_HOME: './.interpool',
        DATABASE_URL_WEB: 'postgresql://interpool_web:***@db.example.org:5433/interpool?sslmode=require',
        DATABASE_POOL_MAX: 12,
        DATABASE_CONNECT_MS_MAX: 5_000,
        DATABASE_STATEMENT_MS_MAX: 10_000,
        NEXTAUTH_SECRET: '***',
        NEXTAUTH_URL: 'https://portal.example.org/',
        TRUSTED_PROXIES: 0,
        SAMPLE_MODE: '0',
      },
    });
  });

  test('that is wrong or not there is refused by name, in one sentence that repeats no value', () => {
    const faults: [string, string][] = [
      ['DATABASE_POOL_MAX', '1'],
      ['DATABASE_POOL_MAX', 'many'],
      ['DATABASE_CONNECT_MS_MAX', '99999999'],
      ['DATABASE_STATEMENT_MS_MAX', '-1'],
      ['TRUSTED_PROXIES', '6'],
      ['INTERPOOL_SECURITY_CONTACT', ''],
      ['INTERPOOL_SECURITY_CONTACT', 'hidden@example.org'],
      ['INTERPOOL_SECURITY_CONTACT', 'http://hidden.example.org'],
      ['INTERPOOL_SECURITY_CONTACT', 'mailto:a@b.example,hidden'],
      ['INTERPOOL_SECURITY_CONTACT', 'mailto:hidden@b.example\nExpires: 2999-01-01T00:00:00Z'],
      ['NEXTAUTH_SECRET', 'hidden'],
      ['NEXTAUTH_URL', 'ftp://hidden'],
      ['DATABASE_URL_WEB', 'mysql://hidden'],
      ['DATABASE_URL_WEB', 'postgresql://a:hidden@b/c?sslmode=prefer'],
      ['DATABASE_URL_WEB', 'postgresql://a:hidden%@b/c'],
    ];
    for (const [name, value] of faults) {
      const read = (): unknown => webEnvironment({ ...complete, [name]: value });
      expect(read).toThrow(new RegExp(`^The environment is not complete\\. ${name}: [^\n]+\\.$`));
      expect(read).not.toThrow(/hidden/);
    }
    expect(() => migrationEnvironment({})).toThrow(
      /DATABASE_URL: is not set; DATABASE_URL_WEB: is not set; DATABASE_URL_PROJECTOR: is not set; DATABASE_URL_MONITOR: is not set\.$/,
    );
  });

  test('takes each bound of the pool as it is set', () => {
    const set = { DATABASE_POOL_MAX: '4', DATABASE_CONNECT_MS_MAX: '200', DATABASE_STATEMENT_MS_MAX: '300' };
    expect(webEnvironment({ ...complete, ...set }).pool).toEqual({
      connectionsMax: 4,
      connectMsMax: 200,
      statementMsMax: 300,
    });
  });

  test('stands in docs/operate/configuration.md, every variable and nothing else but the ledger’s', () => {
    const text = readFileSync(new URL('../docs/operate/configuration.md', import.meta.url), 'utf8');
    const table = environmentVariables().map(({ name, processes, byDefault, isNeeded, meaning }) => {
      const value = isNeeded ? 'needed' : byDefault === undefined ? '' : `\`${byDefault}\``;
      return `| \`${name}\` | ${processes.join(', ')} | ${value} | ${meaning} |`;
    });
    const all = text.split('\n').filter((line) => line.startsWith('| `'));
    const rows = all.filter((line) => !/^\| `\w+` \| (ledger process|cometbft-home) \|/.test(line));
    const normal = (line: string): string => line.replace(/\s+/g, ' ').trim();
    expect(rows.map(normal)).toEqual(table.map(normal));
  });
});
