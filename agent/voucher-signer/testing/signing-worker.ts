import { sampleSigner } from './sample-signer.ts';

/** A program that asks its gateway for a voucher and signs it, once; tests kill it meanwhile. */
const [file = '', url = ''] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await sampleSigner({ file, url }).signer.step()));
