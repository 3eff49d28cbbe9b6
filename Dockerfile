# One image with the four programs: extractor, transformer, loader and ohra. The program is the command:
#   docker run ohra-worker-sync loader --drain
# There is no ENTRYPOINT, so `docker run -it ohra-worker-sync bash` is a shell.

# Tag of https://hub.docker.com/_/swift. Pin it by digest in your own registry.
FROM swift:6.3-bookworm AS build

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libcurl4-openssl-dev \
        libdnnl-dev \
        librabbitmq-dev \
        libsimdjson-dev \
        python3-pip \
        zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /source
# all-MiniLM-L6-v2, which the programs run themselves unless they are told otherwise.
COPY dev/model dev/model.sha256 dev/
RUN dev/model /models
# The manifest pins exact versions, so this layer is reused until it changes.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
# Not built, but the manifest names its folders.
COPY Tests Tests

RUN swift build -c release --static-swift-stdlib \
    && mkdir /programs \
    && for program in extractor transformer loader ohra; do \
        install -m 0755 ".build/release/$program" /programs/ && strip --strip-debug "/programs/$program" || exit 1; \
    done

FROM debian:bookworm-slim

# What the programs are linked with besides the C library; OpenBLAS they open when oneDNN refuses. The Swift runtime is inside them.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates \
        libcurl4 \
        libdnnl2 \
        libopenblas0-pthread \
        librabbitmq4 \
        libsimdjson14 \
        libstdc++6 \
        zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 ohra \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ohra

COPY --from=build /programs/ /usr/local/bin/
# Where the programs look for models, see docs/CONFIGURATION.md.
COPY --from=build /models/ /usr/local/share/ohra/models/
COPY --chmod=0755 deploy/bin/ohra-ready /usr/local/bin/ohra-ready
COPY LICENSE /usr/share/doc/ohra-worker-sync/LICENSE

LABEL org.opencontainers.image.title="ohra-worker-sync" \
    org.opencontainers.image.description="Keeps a Qdrant collection in step with Confluence and Jira" \
    org.opencontainers.image.licenses="Apache-2.0"

USER 10001:10001
WORKDIR /
CMD ["ohra", "--help"]
