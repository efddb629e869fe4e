import { VoucherSigner } from '#agent/voucher-signer/signer.ts';
import { sampleSigner } from './sample-signer.ts';

/** A program that asks its gateway for a voucher and signs it, once; tests kill it meanwhile. */
const [file = '', url = ''] = process.argv.slice(2);
const signer = VoucherSigner.open(sampleSigner({ file, url }));
if (!signer.ok) throw new Error(signer.sentence);
process.stdout.write(JSON.stringify(await signer.value.step()));
