"""Writes golden.json: the ledger's own bytes and hashes, computed a second time in another language with other libraries.

    python3 -m venv venv && venv/bin/pip install cbor2==6.3.0 eth-account==0.14.0
    venv/bin/python ledger/vectors/golden.py > ledger/vectors/golden.json

Nothing here is shared with the TypeScript program: SHA-256 is hashlib's, CBOR is cbor2's canonical form, typed data is eth-account's,
the trie is built from its definition (split all keys at the first bit at which they differ), not by insertion.
"""

import hashlib
import json
import random
import sys

import cbor2
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def cbor(value):
    return cbor2.dumps(value, canonical=True)


def record_key(contract, table, record):
    return bytes([contract, table]) + record.to_bytes(8, "big")


def bit(key, index):
    return (key[index // 8] >> (7 - index % 8)) & 1


def trie_root(records):
    if not records:
        return sha(b"\x02")
    return subtree(sorted(records.items()))


def subtree(items):
    if len(items) == 1:
        key, value = items[0]
        return sha(b"\x00", key, value)
    split = next(i for i in range(80) if len({bit(key, i) for key, _ in items}) == 2)
    left = [item for item in items if bit(item[0], split) == 0]
    right = [item for item in items if bit(item[0], split) == 1]
    return sha(b"\x01", bytes([split]), subtree(left), subtree(right))


def merkle_root(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\x00", leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\x01", merkle_root(leaves[:split]), merkle_root(leaves[split:]))


def tries():
    chance = random.Random(20261123)
    cases = []
    for count in (0, 1, 2, 3, 10, 200):
        records = {}
        for number in range(count):
            dense = record_key(chance.choice([1, 2, 5, 8]), chance.randrange(3), number // 3)
            hashed = record_key(1, 255, int.from_bytes(sha(bytes([number % 256]))[:8], "big"))
            records[chance.choice([dense, dense, hashed])] = chance.randbytes(chance.randrange(12))
        cases.append(
            {
                "records": [[key.hex(), value.hex()] for key, value in records.items()],
                "root": trie_root(records).hex(),
            }
        )
    return cases


def cbor_cases():
    values = [
        0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53 + 1, 2**64 - 1, -1, -24, -25, -(2**63), -(2**64),
        "", "a", "Łódź 🌦", "x" * 24, b"", b"\x00\xff", b"y" * 256, True, False, None, [], {}, [1, [2, [3]]],
        {"b": 1, "a": 2, "aa": 3, "": 4, "B": 5, "é": 6},
        {"type": "Granted", "ids": [1, 2], "nested": {"z": None, "y": b"\x01"}},
    ]
    return [{"value": tagged(value), "bytes": cbor(value).hex()} for value in values]


def tagged(value):
    """JSON that keeps integers, bytes and texts apart."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    return {"map": [[name, tagged(item)] for name, item in value.items()]}


HEADER = [
    {"name": "account", "type": "uint64"},
    {"name": "key", "type": "uint32"},
    {"name": "nonce", "type": "uint64"},
    {"name": "validUntilMs", "type": "uint64"},
]


def transactions():
    network = sha(b"golden network")
    secret = bytes([7]) * 32
    header = {"account": 42, "key": 1, "nonce": 2**40, "validUntilMs": 1_795_435_200_000}
    cases = []
    for method, types, args in METHODS:
        types = {**types, method: HEADER + types[method]}
        domain = {"name": "Interpool", "version": "1", "salt": network}
        signable = encode_typed_data(domain, types, {**header, **args})
        digest = keccak(b"\x19\x01" + signable.header + signable.body)
        signed = Account.from_key(secret).sign_message(signable)
        signature = signed.r.to_bytes(32, "big") + signed.s.to_bytes(32, "big") + bytes([signed.v - 27])
        wire = cbor([network, method, *header.values(), positional(types, method, args), signature])
        cases.append(
            {
                "method": method,
                "network": network.hex(),
                "args": tagged(args),
                "id": digest.hex(),
                "signer": Account.from_key(secret).address,
                "bytes": wire.hex(),
            }
        )
    return cases


def positional(types, name, value):
    if name.endswith("[]"):
        return [positional(types, name[:-2], item) for item in value]
    if name not in types:
        return value
    fields = [field for field in types[name] if field not in HEADER]
    return [positional(types, field["type"], value[field["name"]]) for field in fields]


TERM = [{"name": "name", "type": "string"}, {"name": "value", "type": "string"}]
QUANTITY = [{"name": "meter", "type": "string"}, {"name": "amount", "type": "uint64"}]

METHODS = [
    (
        "Transfer",
        {"Transfer": [{"name": "to", "type": "uint64"}, {"name": "amountMicro", "type": "uint64"}]},
        {"to": 7, "amountMicro": 2**63 - 1},
    ),
    (
        "AuthorizeKey",
        {
            "AuthorizeKey": [
                {"name": "keyAddress", "type": "address"},
                {"name": "label", "type": "string"},
                {"name": "methods", "type": "string[]"},
                {"name": "resources", "type": "uint64[]"},
                {"name": "spendingCapMicro", "type": "uint64"},
                {"name": "expiresAtMs", "type": "uint64"},
                {"name": "proof", "type": "bytes"},
            ]
        },
        {
            "keyAddress": bytes(range(20)),
            "label": "Agent in Łódź",
            "methods": ["Prepared", "ClaimUsage"],
            "resources": [],
            "spendingCapMicro": 0,
            "expiresAtMs": 1_800_000_000_000,
            "proof": bytes(range(100, 165)),
        },
    ),
    (
        "ReviseStrategy",
        {
            "ReviseStrategy": [
                {"name": "resource", "type": "uint64"},
                {"name": "capacity", "type": "Quantity[]"},
                {"name": "strategy", "type": "Strategy"},
            ],
            "Quantity": QUANTITY,
            "Strategy": [
                {"name": "accessClass", "type": "string"},
                {"name": "conditions", "type": "Condition[]"},
                {"name": "ways", "type": "Term[]"},
                {"name": "opensAtMs", "type": "uint64"},
                {"name": "closesAtMs", "type": "uint64"},
                {"name": "useMsMax", "type": "uint64"},
                {"name": "limits", "type": "Quantity[]"},
                {"name": "prices", "type": "Price[]"},
                {"name": "promise", "type": "Quantity[]"},
                {"name": "degradedPerMille", "type": "uint32"},
            ],
            "Condition": [{"name": "rule", "type": "string"}, {"name": "sentence", "type": "string"}],
            "Term": TERM,
            "Price": [
                {"name": "meter", "type": "string"},
                {"name": "per", "type": "uint64"},
                {"name": "perMs", "type": "uint64"},
                {"name": "amountMicro", "type": "uint64"},
            ],
        },
        {
            "resource": 1042,
            "capacity": [{"meter": "places", "amount": 3}],
            "strategy": {
                "accessClass": "conditional",
                "conditions": [
                    {"rule": "use.durationMs <= 7200000", "sentence": "use must be at most 2 hours"},
                    {"rule": "'NRC' in applicant.roles", "sentence": "customers only"},
                ],
                "ways": [
                    {"name": "columns", "value": '["date","precipitation"]'},
                    {"name": "formats", "value": '["csv","parquet"]'},
                ],
                "opensAtMs": 0,
                "closesAtMs": 0,
                "useMsMax": 7_200_000,
                "limits": [{"meter": "bytes", "amount": 10_000_000}, {"meter": "calls", "amount": 100}],
                "prices": [
                    {"meter": "bytes", "per": 1_000_000, "perMs": 0, "amountMicro": 2_000},
                    {"meter": "places", "per": 1, "perMs": 3_600_000, "amountMicro": 1_500_000},
                ],
                "promise": [{"meter": "firstByteMs", "amount": 500}],
                "degradedPerMille": 250,
            },
        },
    ),
    (
        "PlaceOrder",
        {
            "PlaceOrder": [
                {"name": "purpose", "type": "string"},
                {"name": "fieldOfBusiness", "type": "string"},
                {"name": "parts", "type": "Part[]"},
                {"name": "holdMicro", "type": "uint64"},
                {"name": "encryptionKey", "type": "bytes32"},
                {"name": "voucherKey", "type": "address"},
            ],
            "Part": [
                {"name": "resource", "type": "uint64"},
                {"name": "provider", "type": "uint64"},
                {"name": "strategyVersion", "type": "uint32"},
                {"name": "durationMs", "type": "uint64"},
                {"name": "choices", "type": "Term[]"},
                {"name": "amounts", "type": "Quantity[]"},
                {"name": "holdMicro", "type": "uint64"},
                {"name": "backup", "type": "Backup[]"},
            ],
            "Backup": [
                {"name": "resource", "type": "uint64"},
                {"name": "provider", "type": "uint64"},
                {"name": "strategyVersion", "type": "uint32"},
                {"name": "choices", "type": "Term[]"},
                {"name": "amounts", "type": "Quantity[]"},
                {"name": "holdMicro", "type": "uint64"},
            ],
            "Term": TERM,
            "Quantity": QUANTITY,
        },
        {
            "purpose": "research",
            "fieldOfBusiness": "weather",
            "parts": [
                {
                    "resource": 7,
                    "provider": 3,
                    "strategyVersion": 2,
                    "durationMs": 3_600_000,
                    "choices": [{"name": "format", "value": "csv"}],
                    "amounts": [{"meter": "bytes", "amount": 2**53 - 1}, {"meter": "places", "amount": 1}],
                    "holdMicro": 9_000_000,
                    "backup": [
                        {
                            "resource": 8,
                            "provider": 4,
                            "strategyVersion": 1,
                            "choices": [],
                            "amounts": [{"meter": "places", "amount": 1}],
                            "holdMicro": 9_000_000,
                        }
                    ],
                },
                {
                    "resource": 9,
                    "provider": 3,
                    "strategyVersion": 1,
                    "durationMs": 1_000,
                    "choices": [],
                    "amounts": [],
                    "holdMicro": 0,
                    "backup": [],
                },
            ],
            "holdMicro": 9_000_000,
            "encryptionKey": bytes(range(32)),
            "voucherKey": bytes(range(20)),
        },
    ),
]


def receipts():
    events = [{"contract": "token", "version": 1, "type": "TokensTransferred", "from": 1, "to": 2, "amountMicro": 5}]
    root = merkle_root([cbor(event) for event in events])
    by_transaction = cbor([sha(b"a transaction"), 0, {"to": 2}, root])
    by_due_item = cbor([[1_795_435_200_000, 9, 5, "prepare-by", 88], 504, None, merkle_root([])])
    leaves = [by_transaction, by_due_item, by_transaction]
    state = sha(b"a state root")
    log = merkle_root(leaves)
    return {
        "event": tagged(events[0]),
        "leaves": [leaf.hex() for leaf in leaves],
        "stateRoot": state.hex(),
        "logRoot": log.hex(),
        "appHash": sha(b"interpool/app-hash/v1", state, log, (3).to_bytes(8, "big")).hex(),
    }


def genesis():
    value = {
        "name": "Golden consortium",
        "timeMs": 1_795_435_200_000,
        "treasuryMicro": 10**12,
        "parameters": {"epochMs": 60_000, "votingThreshold": 600},
        "accounts": [
            {
                "address": bytes([1]) * 20,
                "roles": ["NRC", "NRP"],
                "profileCommitment": sha(b"profile"),
                "encryptionKey": sha(b"key"),
                "balanceMicro": 5_000_000,
            }
        ],
        "validators": [
            {"name": f"validator-{i}", "publicKey": bytes([2]) + sha(bytes([i]))} for i in range(4)
        ],
    }
    identity = sha(b"interpool/genesis/v1", cbor(value))
    return {"value": tagged(value), "genesisHash": identity.hex(), "chainId": "interpool-" + identity.hex()[:16]}


def descriptor():
    network, key = sha(b"golden network"), sha(b"key")
    info = b"interpool/descriptor/v1" + network + (88).to_bytes(8, "big") + key[:8] + (2).to_bytes(4, "big")
    return {
        "network": network.hex(),
        "agreement": "88",
        "encryptionKey": key.hex(),
        "issue": "2",
        "info": info.hex(),
        "plaintext": cbor({"path": "/v1/agreements/88/rows", "token": "abc-DEF_123"}).hex(),
    }


def contracts():
    """What contracts hash and pack besides transactions: two digests that keys sign, and the runs of a claim."""
    network = sha(b"golden network")
    address = bytes(range(20))
    attributes = [["bytes", "48219"], ["format", "csv"]]
    test = cbor([network, 42, "weather", "data", attributes, 1_795_435_200_000])
    possession = sha(b"interpool/key-possession/v1", network, (42).to_bytes(8, "big"), address)
    domain = {"name": "Interpool", "version": "1", "salt": network}
    types = {
        "Voucher": [
            {"name": "agreement", "type": "uint64"},
            {"name": "amountMicro", "type": "uint64"},
            {"name": "interval", "type": "uint32"},
            {"name": "used", "type": "Quantity[]"},
            {"name": "runsHash", "type": "bytes32"},
        ],
        "Quantity": [{"name": "meter", "type": "string"}, {"name": "amount", "type": "uint64"}],
    }
    runs = [(65_535, 2, [499, 4_294_967_295]), (1, 1, [501, 0]), (256, 0, [0, 0])]
    packed = b"".join(
        count.to_bytes(2, "big") + bytes([state]) + b"".join(value.to_bytes(4, "big") for value in measured)
        for count, state, measured in runs
    )
    voucher = {
        "agreement": 7,
        "amountMicro": 1_200_000,
        "interval": 65_792,
        "used": [{"meter": "bytes", "amount": 48_219}, {"meter": "calls", "amount": 12}],
        "runsHash": sha(b"interpool/voucher-runs/v1", packed),
    }
    signable = encode_typed_data(domain, types, voucher)
    return {
        "network": network.hex(),
        "account": "42",
        "voucher": keccak(b"\x19\x01" + signable.header + signable.body).hex(),
        "address": address.hex(),
        "keyPossession": possession.hex(),
        "attributes": attributes,
        "resourceTest": sha(b"interpool/resource-test/v1", test).hex(),
        "runs": [{"count": count, "state": state, "measured": measured} for count, state, measured in runs],
        "runsBytes": packed.hex(),
    }


json.dump(
    {
        "cbor": cbor_cases(),
        "trie": tries(),
        "transactions": transactions(),
        "receipts": receipts(),
        "genesis": genesis(),
        "descriptor": descriptor(),
        "contracts": contracts(),
    },
    sys.stdout,
    indent=1,
    ensure_ascii=False,
)
sys.stdout.write("\n")
