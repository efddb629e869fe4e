// Reads blocks of the embedded engine from standard input, one JSON object a line, and checks each with CometBFT's own code: the block
// decodes and validates, its header hashes to the block's hash, and more than two thirds of the validators signed it.
//
//	cd ledger/vectors/cometbft/verify && go mod init verify && go get github.com/cometbft/cometbft@v0.40.0 && go build -o /tmp/verify .
//
// The suite builds it where Go is present and names it in COMETBFT_VERIFIER.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/cometbft/cometbft/crypto/secp256k1"
	tmproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

type line struct {
	ChainID    string   `json:"chainId"`
	Header     string   `json:"header"`
	Block      string   `json:"block"`
	Commit     string   `json:"commit"`
	BlockHash  string   `json:"blockHash"`
	Validators []string `json:"validators"`
}

func decode(text string) []byte {
	value, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return value
}

func check(one line) error {
	blockProto := new(tmproto.Block)
	if err := blockProto.Unmarshal(decode(one.Block)); err != nil {
		return err
	}
	block, err := types.BlockFromProto(blockProto)
	if err != nil {
		return err
	}
	if err := block.ValidateBasic(); err != nil {
		return err
	}
	headerProto := new(tmproto.Header)
	if err := headerProto.Unmarshal(decode(one.Header)); err != nil {
		return err
	}
	header, err := types.HeaderFromProto(headerProto)
	if err != nil {
		return err
	}
	if !bytes.Equal(header.Hash(), decode(one.BlockHash)) || !bytes.Equal(block.Hash(), decode(one.BlockHash)) {
		return fmt.Errorf("the header hashes to %X", header.Hash())
	}
	members := []*types.Validator{}
	for _, key := range one.Validators {
		members = append(members, types.NewValidator(secp256k1.PubKey(decode(key)), 1))
	}
	set := types.NewValidatorSet(members)
	if !bytes.Equal(set.Hash(), header.ValidatorsHash) {
		return fmt.Errorf("the validators hash to %X", set.Hash())
	}
	commitProto := new(tmproto.Commit)
	if err := commitProto.Unmarshal(decode(one.Commit)); err != nil {
		return err
	}
	commit, err := types.CommitFromProto(commitProto)
	if err != nil {
		return err
	}
	parts, err := block.MakePartSet(types.BlockPartSizeBytes)
	if err != nil {
		return err
	}
	id := types.BlockID{Hash: block.Hash(), PartSetHeader: parts.Header()}
	return set.VerifyCommit(one.ChainID, id, header.Height, commit)
}

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Buffer(make([]byte, 1<<20), 1<<25)
	count := 0
	for scanner.Scan() {
		one := line{}
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := check(one); err != nil {
			fmt.Fprintf(os.Stderr, "block %d does not hold: %v\n", count+1, err)
			os.Exit(1)
		}
		count++
	}
	if err := scanner.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d blocks hold\n", count)
}
