// swift-tools-version: 6.2
import PackageDescription

/// Compiler settings of every Swift target, each with the proposal that explains it.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let http: Target.Dependency = .product(name: "FlyingFox", package: "FlyingFox")

let package = Package(
    name: "ohra-worker-sync",
    products: [
        .executable(name: "extractor", targets: ["Extractor"]),
        .executable(name: "transformer", targets: ["Transformer"]),
        .executable(name: "loader", targets: ["Loader"]),
        .executable(name: "ohra", targets: ["Operator"]),
        // For Benchmarks/.
        .library(name: "Shared", targets: ["Shared"]),
        .library(name: "Embedding", targets: ["Embedding"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["JSON", "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        .systemLibrary(name: "CRabbitMQ", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CShims", dependencies: ["CRabbitMQ", "CCurl"]),
        // The kernels are worth their name only when optimised, in debug builds and tests, too.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "COneDNN", cSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("dnnl")]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "Shared",
            dependencies: [
                "CRabbitMQ", "CCurl", "CZlib", "CShims", "CSimdJSON",
                arguments, logging, metrics, lifecycle, signals, system, configuration, crypto, http,
            ],
            swiftSettings: settings),
        .target(
            name: "Embedding", dependencies: ["Shared", "CKernels", "COneDNN", logging, crypto],
            swiftSettings: settings),
        .target(name: "Platforms", dependencies: ["Shared", logging, crypto], swiftSettings: settings),
        .executableTarget(
            name: "Extractor", dependencies: ["Shared", "Platforms", arguments, logging, lifecycle],
            swiftSettings: settings),
        .target(name: "Chunking", dependencies: ["Shared", "Embedding"], swiftSettings: settings),
        .executableTarget(
            name: "Transformer",
            dependencies: ["Shared", "Chunking", "Embedding", arguments, logging, lifecycle, crypto],
            swiftSettings: settings),
        .executableTarget(
            name: "Loader", dependencies: ["Shared", arguments, logging, lifecycle],
            swiftSettings: settings),
        .executableTarget(
            name: "Operator", dependencies: ["Shared", "Embedding", "Platforms", arguments, logging, lifecycle],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Shared", logging, configuration], path: "Tests/TestSupport",
            swiftSettings: settings),
        .executableTarget(
            name: "MarkdownLab", dependencies: ["Platforms", "Shared", "TestSupport", arguments],
            path: "Tests/MarkdownLab", swiftSettings: settings),
        .executableTarget(
            name: "ChunkLab", dependencies: ["Chunking", "Shared", arguments], path: "Tests/ChunkLab",
            swiftSettings: settings),
        .testTarget(
            name: "SharedTests",
            dependencies: ["Shared", "TestSupport", configuration, logging, metrics, lifecycle, http],
            swiftSettings: settings),
        .testTarget(
            name: "EmbeddingTests", dependencies: ["Embedding", "Shared", "TestSupport", configuration],
            exclude: ["Local/minilm.json", "Local/minilm_corpus.json", "Local/models"], swiftSettings: settings),
        .testTarget(
            name: "ExtractorTests", dependencies: ["Extractor", "Platforms", "Shared", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "PlatformsTests", dependencies: ["Platforms", "Shared", "TestSupport", configuration],
            swiftSettings: settings),
        .testTarget(
            name: "OperatorTests", dependencies: ["Operator", "Embedding", "Shared", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ChunkingTests", dependencies: ["Chunking", "Embedding", "Shared", "TestSupport", configuration],
            resources: [.copy("golden.json")], swiftSettings: settings),
        .testTarget(
            name: "TransformerTests",
            dependencies: ["Transformer", "Chunking", "Embedding", "Shared", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(
            name: "LoaderTests", dependencies: ["Loader", "Shared", "TestSupport", logging], swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests", dependencies: ["Shared", "Platforms", "TestSupport", logging],
            swiftSettings: settings),
        .testTarget(name: "EndToEndTests", dependencies: ["Shared", "TestSupport"], swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
