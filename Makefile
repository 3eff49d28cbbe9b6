SHELL := /bin/bash
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

setup: ## install what is missing: Debian packages and the Python environment of dev/
	@dev/setup.sh

build: setup ## build the four programs (release)
	@swift build -c release --product extractor
	@swift build -c release --product transformer
	@swift build -c release --product loader
	@swift build -c release --product ohra

model: setup ## fetch all-MiniLM-L6-v2, the embedding model that runs inside the programs
	@dev/model

demo: build model ## run the whole fleet on real servers; KEEP=1 leaves them running
	@dev/demo

test: setup ## every test: unit, integration on real servers, end to end
	@dev/test

sanitize: setup ## look for data races with ThreadSanitizer; a build of its own
	@dev/sanitize

bench: setup ## measure the AMQP client beside a plain C loop
	@dev/bench

scaling: build ## measure 1, 2 and 4 transformers on a slow embedding server
	@dev/scaling

extraction: setup ## measure memory and speed of the extractor: 50,000 new documents, 100,000 known ones
	@dev/extraction

loading: build ## measure the loader beside the official Qdrant client
	@dev/loading

model-test: ## 10,000 random schedules of the replacement protocol (make test runs 200); SEED=n begins elsewhere
	@OHRA_MODEL_RUNS=10000 OHRA_MODEL_SEED=$(or $(SEED),1) swift test --filter ReplacementModelTests

definitions: ## print deploy/rabbitmq/definitions.json anew from the code
	@swift build --product ohra
	@"$$(swift build --show-bin-path)/ohra" topology print --users --set OHRA_AMQP_URL=amqp://127.0.0.1/ohra \
	  --set OHRA_AMQP_PREFIX=ohra > deploy/rabbitmq/definitions.json.new
	@mv deploy/rabbitmq/definitions.json.new deploy/rabbitmq/definitions.json

bench-search: setup model ## how well ohra search finds documents, in Korean and English, and how fast words are taken apart
	@swift build -c release --product extractor
	@swift build -c release --product transformer
	@swift build -c release --product loader
	@swift build -c release --product ohra
	@dev/search_quality
	@swift build -c release --package-path Benchmarks --product SparseSpeed
	@Benchmarks/.build/release/SparseSpeed docs/OPERATIONS.md dev/search/questions.yaml

reference: ## an environment with PyTorch and the reference implementations (about 1 GB), for golden and bench-embedding
	@dev/compare/reference

golden: reference model ## write the golden files of the embedding tests anew from the reference implementations
	@swift build
	@OHRA_BIN_DIR="$$(swift build --show-bin-path)" .venv/bin/python -m dev.compare.corpus_chunks >.work/chunks.json
	@.work/reference/bin/python dev/compare/tiny_models.py Tests/EmbeddingTests/Local/models
	@for file in minilm.json "minilm_corpus.json .work/chunks.json"; do \
	  .work/reference/bin/python dev/compare/golden.py "$$(dev/model --path)" Tests/EmbeddingTests/Local/$$file || exit 1; \
	done

judge-markdown: setup ## judge the Markdown of all shared fixtures with a CommonMark parser
	@swift build --product MarkdownLab
	@OHRA_BIN_DIR="$$(swift build --show-bin-path)" .venv/bin/python -m dev.markdown.judge

fuzz-markdown: setup ## spoiled bodies into the converters; SECONDS=600 for each format
	@swift build -c release --product MarkdownLab
	@OHRA_BIN_DIR="$$(swift build -c release --show-bin-path)" .venv/bin/python -m dev.markdown.fuzz --seconds $(or $(SECONDS),60)

bench-markdown: setup ## throughput of the converters beside BeautifulSoup and markdownify
	@swift build -c release --product MarkdownLab
	@OHRA_BIN_DIR="$$(swift build -c release --show-bin-path)" .venv/bin/python -m dev.compare.markdown_speed

bench-embedding: reference model ## chunks per second of the model inside the programs beside PyTorch and ONNX Runtime
	@swift build -c release --product transformer
	@.work/reference/bin/python dev/compare/encoder_speed.py "$$(dev/model --path)" \
	  "$$(swift build -c release --show-bin-path)/transformer" $(OPTIONS)

bench-chunking: setup ## throughput of the chunker beside LangChain and semantic-text-splitter, with identical chunks
	@swift build -c release --product ChunkLab
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check semantic-text-splitter==0.33.1
	@OHRA_BIN_DIR="$$(swift build -c release --show-bin-path)" .venv/bin/python -m dev.compare.chunk_speed

format: ## format the Swift sources
	@swift format --in-place --recursive Sources Tests Package.swift

lint: ## check format and spelling of the Swift sources
	@swift format lint --strict --recursive Sources Tests Package.swift

clean: ## remove what was built and what the servers wrote
	@rm -rf .build .build-tsan Benchmarks/.build .work

.PHONY: sanitize help setup build model reference golden demo test bench scaling extraction loading model-test definitions
.PHONY: judge-markdown fuzz-markdown bench-markdown bench-embedding bench-chunking bench-search format lint clean
