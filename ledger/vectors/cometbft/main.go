// Writes golden.json: what CometBFT itself makes of proposals, nil votes, evidence and a block that carries them.
//
//	cd ledger/vectors/cometbft && go mod init vectors && go get github.com/cometbft/cometbft@v0.40.0 && go run . > golden.json
//
// The recorded chain (vectors by other people) has no proposal, no nil vote and no evidence; this fills the gap.
package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"time"

	"github.com/cometbft/cometbft/crypto/secp256k1"
	"github.com/cometbft/cometbft/crypto/tmhash"
	tmproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/proto/tendermint/version"
	"github.com/cometbft/cometbft/types"
)

const chainID = "interpool-0123456789abcdef"

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func key(n byte) secp256k1.PrivKey {
	return secp256k1.GenPrivKeySecp256k1([]byte{n})
}

func main() {
	stamp := time.Unix(1_795_435_200, 123_000_000).UTC()
	blockID := types.BlockID{
		Hash:          tmhash.Sum([]byte("a block")),
		PartSetHeader: types.PartSetHeader{Total: 3, Hash: tmhash.Sum([]byte("its parts"))},
	}

	proposals := []map[string]any{}
	for _, polRound := range []int32{-1, 0, 4} {
		proposal := types.NewProposal(77, 5, polRound, blockID)
		proposal.Timestamp = stamp
		proposal.Signature = make([]byte, 64)
		bytes, err := proposal.ToProto().Marshal()
		must(err)
		proposals = append(proposals, map[string]any{
			"polRound":  polRound,
			"signBytes": hex.EncodeToString(types.ProposalSignBytes(chainID, proposal.ToProto())),
			"bytes":     hex.EncodeToString(bytes),
		})
	}

	signer := key(1)
	vote := func(kind tmproto.SignedMsgType, round int32, id types.BlockID) *types.Vote {
		one := &types.Vote{
			Type: kind, Height: 77, Round: round, BlockID: id, Timestamp: stamp,
			ValidatorAddress: signer.PubKey().Address(), ValidatorIndex: 2,
		}
		signature, err := signer.Sign(types.VoteSignBytes(chainID, one.ToProto()))
		must(err)
		one.Signature = signature
		return one
	}
	votes := []map[string]any{}
	for _, kind := range []tmproto.SignedMsgType{tmproto.PrevoteType, tmproto.PrecommitType} {
		for _, round := range []int32{0, 6} {
			for _, id := range []types.BlockID{{}, blockID} {
				one := vote(kind, round, id)
				bytes, err := one.ToProto().Marshal()
				must(err)
				votes = append(votes, map[string]any{
					"type": kind, "round": round, "isNil": id.IsZero(),
					"signBytes": hex.EncodeToString(types.VoteSignBytes(chainID, one.ToProto())),
					"bytes":     hex.EncodeToString(bytes),
				})
			}
		}
	}

	validators := types.NewValidatorSet([]*types.Validator{
		types.NewValidator(signer.PubKey(), 1), types.NewValidator(key(2).PubKey(), 1),
		types.NewValidator(key(3).PubKey(), 1), types.NewValidator(key(4).PubKey(), 1),
	})
	keys := []string{}
	for _, validator := range validators.Validators {
		keys = append(keys, hex.EncodeToString(validator.PubKey.Bytes()))
	}
	precommit, forNil := vote(tmproto.PrecommitType, 6, blockID), vote(tmproto.PrecommitType, 6, types.BlockID{})
	evidence, err := types.NewDuplicateVoteEvidence(precommit, forNil, stamp, validators)
	must(err)
	list := types.EvidenceList{evidence}

	lastCommit := &types.Commit{Height: 77, Round: 6, BlockID: blockID, Signatures: []types.CommitSig{
		precommit.CommitSig(), forNil.CommitSig(), types.NewCommitSigAbsent(),
	}}
	txs := types.Txs{types.Tx("first"), types.Tx{}, types.Tx(make([]byte, 200_000))}
	block := types.MakeBlock(78, txs, lastCommit, list)
	block.Header.Populate(
		version.Consensus{Block: 11, App: 1}, chainID, stamp, blockID, validators.Hash(), validators.Hash(),
		types.DefaultConsensusParams().Hash(), tmhash.Sum([]byte("app")), nil, signer.PubKey().Address(),
	)
	parts, err := block.MakePartSet(types.BlockPartSizeBytes)
	must(err)
	blockProto, err := block.ToProto()
	must(err)
	blockBytes, err := blockProto.Marshal()
	must(err)
	header, err := block.Header.ToProto().Marshal()
	must(err)

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	must(encoder.Encode(map[string]any{
		"chainId":        chainID,
		"blockId":        map[string]any{"hash": hex.EncodeToString(blockID.Hash), "total": 3, "partsHash": hex.EncodeToString(blockID.PartSetHeader.Hash)},
		"proposals":      proposals,
		"votes":          votes,
		"signer":         hex.EncodeToString(signer.PubKey().Bytes()),
		"validators":     keys,
		"validatorHash":  hex.EncodeToString(validators.Hash()),
		"evidence":       hex.EncodeToString(evidence.Bytes()),
		"evidenceHash":   hex.EncodeToString(list.Hash()),
		"lastCommitHash": hex.EncodeToString(lastCommit.Hash()),
		"header":         hex.EncodeToString(header),
		"blockHash":      hex.EncodeToString(block.Hash()),
		"blockSha256":    hex.EncodeToString(tmhash.Sum(blockBytes)),
		"parts":          map[string]any{"total": parts.Total(), "hash": hex.EncodeToString(parts.Hash())},
	}))
}
