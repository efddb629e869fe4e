// Asks a real node for records of the state with CometBFT's own light client, which verifies header by header from a trusted one and runs
// the operations of each proof up to the app hash of the next height. Prints what it verified as JSON, the vector state-proof.json.
//
//	cd ledger/vectors/cometbft/proofs && go build -o /tmp/proofs . && /tmp/proofs <rpc url> <chain id> <trusted height> <trusted hash> <height> <record key in hex>…
//
// The suite builds it where Go is present and names it in COMETBFT_PROOFS.
//
// What an operation does stands here a second time, after ledger/engines/cometbft/README.md and not after the TypeScript.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/crypto/merkle"
	"github.com/cometbft/cometbft/light"
	lightrpc "github.com/cometbft/cometbft/light/rpc"
	lightdb "github.com/cometbft/cometbft/light/store/db"
	cmtcrypto "github.com/cometbft/cometbft/proto/tendermint/crypto"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
)

const path = "/store/state/key"

type operator struct {
	op  cmtcrypto.ProofOp
	run func(args [][]byte) ([]byte, error)
}

func (o operator) Run(args [][]byte) ([][]byte, error) {
	out, err := o.run(args)
	return [][]byte{out}, err
}
func (o operator) GetKey() []byte             { return o.op.Key }
func (o operator) ProofOp() cmtcrypto.ProofOp { return o.op }

func hash(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

func bit(key []byte, at byte) byte { return key[at>>3] >> (7 - at&7) & 1 }

// The trie: from the value of a key, or from its absence, to the state root.
func decodeTrie(op cmtcrypto.ProofOp) (merkle.ProofOperator, error) {
	if len(op.Key) != 10 || len(op.Data) == 0 {
		return nil, errors.New("no key of ten bytes, or no data")
	}
	return operator{op, func(args [][]byte) ([]byte, error) {
		kind, rest, leaf := op.Data[0], op.Data[1:], op.Key
		var value []byte
		switch {
		case kind == 0 && len(args) == 1:
			value = args[0]
		case kind == 1 && len(args) == 0 && len(rest) >= 14:
			leaf = rest[:10]
			end := 14 + int(binary.BigEndian.Uint32(rest[10:14]))
			if len(rest) < end || bytes.Equal(leaf, op.Key) {
				return nil, errors.New("the other leaf is not one")
			}
			value, rest = rest[14:end], rest[end:]
		case kind == 2 && len(args) == 0 && len(rest) == 0:
			return hash([]byte{2}), nil
		default:
			return nil, errors.New("the proof shows something else")
		}
		if len(rest)%33 != 0 {
			return nil, errors.New("steps have 33 bytes")
		}
		root, below := hash([]byte{0}, leaf, value), byte(80)
		for ; len(rest) > 0; rest = rest[33:] {
			at, sibling := rest[0], rest[1:33]
			if at >= below || bit(op.Key, at) != bit(leaf, at) {
				return nil, fmt.Errorf("the way does not lead by bit %d", at)
			}
			if bit(op.Key, at) == 0 {
				root = hash([]byte{1, at}, root, sibling)
			} else {
				root = hash([]byte{1, at}, sibling, root)
			}
			below = at
		}
		return root, nil
	}}, nil
}

// The opening of the app hash: from the state root to it.
func decodeAppHash(op cmtcrypto.ProofOp) (merkle.ProofOperator, error) {
	if string(op.Key) != "state" || len(op.Data) != 40 {
		return nil, errors.New("not the opening of an app hash")
	}
	return operator{op, func(args [][]byte) ([]byte, error) {
		return hash([]byte("interpool/app-hash/v1"), args[0], op.Data), nil
	}}, nil
}

type opLine struct {
	Type string `json:"type"`
	Key  string `json:"key"`
	Data string `json:"data"`
}

type line struct {
	Height  int64    `json:"height"`
	Key     string   `json:"key"`
	Value   *string  `json:"value"`
	AppHash string   `json:"appHash"`
	Ops     []opLine `json:"ops"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	if len(os.Args) < 7 {
		fmt.Fprintln(os.Stderr, "usage: proofs <rpc url> <chain id> <trusted height> <trusted hash> <height> <record key>…")
		os.Exit(2)
	}
	url, chain := os.Args[1], os.Args[2]
	trust := light.TrustOptions{
		Period: 24 * time.Hour,
		Height: must(strconv.ParseInt(os.Args[3], 10, 64)),
		Hash:   must(hex.DecodeString(os.Args[4])),
	}
	height := must(strconv.ParseInt(os.Args[5], 10, 64))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	store := lightdb.New(dbm.NewMemDB(), chain)
	verifier := must(light.NewHTTPClient(ctx, chain, trust, url, []string{url}, store))
	node := must(rpchttp.New(url, "/websocket"))
	runtime := merkle.NewProofRuntime()
	client := lightrpc.NewClient(node, verifier, lightrpc.KeyPathFn(lightrpc.DefaultMerkleKeyPathFn()))
	for name, decoder := range map[string]merkle.OpDecoder{"interpool:trie": decodeTrie, "interpool:app-hash": decodeAppHash} {
		runtime.RegisterOpDecoder(name, decoder)
		client.RegisterOpDecoder(name, decoder)
	}
	lines := []line{}
	for _, text := range os.Args[6:] {
		lines = append(lines, ask(ctx, question{node, client, verifier, runtime}, height, must(hex.DecodeString(text))))
	}
	fmt.Println(string(must(json.MarshalIndent(lines, "", "  "))))
}

type question struct {
	node     *rpchttp.HTTP
	client   *lightrpc.Client
	verifier *light.Client
	runtime  *merkle.ProofRuntime
}

func ask(ctx context.Context, q question, height int64, key []byte) line {
	options := rpcclient.ABCIQueryOptions{Height: height, Prove: true}
	plain := must(q.node.ABCIQueryWithOptions(ctx, path, key, options)).Response
	if plain.IsErr() || plain.ProofOps == nil {
		must(0, fmt.Errorf("code %d: %s", plain.Code, plain.Log))
	}
	header := must(q.verifier.VerifyLightBlockAtHeight(ctx, plain.Height+1, time.Now()))
	one := line{Height: plain.Height, Key: hex.EncodeToString(key), AppHash: hex.EncodeToString(header.AppHash)}
	if len(plain.Value) > 0 {
		// The light client's own call: it derives the key path and verifies header and proof, or fails.
		proved := must(q.client.ABCIQueryWithOptions(ctx, path, key, options)).Response
		value := hex.EncodeToString(proved.Value)
		one.Value = &value
	} else {
		// Its call derives no key path for an absence: the same runtime, with the path given.
		keys := merkle.KeyPath{}.AppendKey([]byte("state"), merkle.KeyEncodingURL).AppendKey(key, merkle.KeyEncodingHex)
		must(0, q.runtime.VerifyAbsence(plain.ProofOps, header.AppHash, keys.String()))
	}
	for _, op := range plain.ProofOps.Ops {
		one.Ops = append(one.Ops, opLine{op.Type, hex.EncodeToString(op.Key), hex.EncodeToString(op.Data)})
	}
	return one
}
