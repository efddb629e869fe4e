import { cryptoConformance } from '#ledger/vectors/crypto-conformance.ts';
import { nativeCrypto } from './native-crypto.ts';

cryptoConformance('native', nativeCrypto);
