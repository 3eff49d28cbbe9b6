// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds it who does not measure. `make bench` runs it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "ohra-worker-sync", path: ".."),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .executableTarget(name: "PlainC", linkerSettings: [.linkedLibrary("rabbitmq")]),
        .executableTarget(
            name: "SparseSpeed",
            dependencies: [
                .product(name: "Embedding", package: "ohra-worker-sync"),
                .product(name: "Shared", package: "ohra-worker-sync"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "Client",
            dependencies: [
                .product(name: "Shared", package: "ohra-worker-sync"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
