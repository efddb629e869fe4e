// npm run localnet: the same product on four CometBFT nodes of this machine, each with its application process.
process.env.LEDGER_ENGINE = 'cometbft';
process.env.INTERPOOL_HOME ||= '.interpool-localnet';
await import('./start.mjs');
