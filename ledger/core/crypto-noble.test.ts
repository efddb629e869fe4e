import { cryptoConformance } from '#ledger/vectors/crypto-conformance.ts';
import { nobleCrypto } from './crypto-noble.ts';

cryptoConformance('noble', nobleCrypto);
