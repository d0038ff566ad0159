// swift-tools-version: 6.2
import PackageDescription

// Every target of ours: Swift 6 mode, strict about existentials and member imports, and no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "apus",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "Apus",
            targets: [
                "Apus", "ApusCore", "ApusFrame", "ApusDatasets", "ApusLearn", "ApusEvaluation", "ApusTrust",
                "ApusPlots",
            ]),
        .library(name: "ApusSQLite", targets: ["ApusSQLite"]),
        .library(name: "ApusONNX", targets: ["ApusONNX"]),
        .library(name: "ApusServer", targets: ["ApusServer"]),
        .executable(name: "apus", targets: ["ApusCLI"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "Tables and studies in SQLite files; brings in GRDB."),
        .trait(name: "ONNX", description: "Models as ONNX files; brings in SwiftProtobuf."),
        .trait(
            name: "Server",
            description: "The HTTP server and the command `apus`; brings in Hummingbird, GRDB and SwiftProtobuf.",
            enabledTraits: ["SQLite", "ONNX"]),
        .default(enabledTraits: ["Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CApusKernels"),
        .target(
            name: "ApusCore",
            dependencies: [
                "CApusKernels", "CZlib", .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: strict),
        .target(name: "ApusFrame", dependencies: ["ApusCore"], swiftSettings: strict),
        .target(name: "CApusData", exclude: ["tables"]),
        .target(
            name: "ApusDatasets",
            dependencies: [
                "ApusCore", "ApusFrame", "CApusData",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"])),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: strict),
        .target(name: "ApusLearn", dependencies: ["ApusCore"], swiftSettings: strict),
        .target(name: "ApusEvaluation", dependencies: ["ApusCore"], swiftSettings: strict),
        .target(name: "ApusPlots", dependencies: ["ApusCore"], swiftSettings: strict),
        .target(
            name: "ApusTrust", dependencies: ["ApusCore", "ApusFrame", "ApusLearn", "ApusEvaluation"],
            swiftSettings: strict),
        .target(
            name: "Apus",
            dependencies: [
                "ApusCore", "ApusFrame", "ApusDatasets", "ApusLearn", "ApusEvaluation", "ApusTrust", "ApusPlots",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "ApusSQLite",
            dependencies: [
                "Apus", .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        .target(
            name: "ApusONNX",
            dependencies: [
                "Apus",
                .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["ONNX"])),
            ],
            exclude: ["Format/onnx.proto"],
            swiftSettings: strict),
        .target(
            name: "ApusServer",
            dependencies: [
                "Apus", "ApusSQLite",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Server"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Server"])),
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Server"])),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "HummingbirdTLS", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Server"])),
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Server"])),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Server"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Server"])),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Server"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Server"])),
                .product(
                    name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: strict),
        .target(name: "CApusReferences"),
        .target(
            name: "ApusGuide",
            dependencies: [
                "Apus", "ApusServer", "CApusReferences",
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"])),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Server"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "ApusCLI",
            dependencies: [
                "Apus", "ApusSQLite", "ApusONNX", "ApusServer", "ApusGuide",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["Server"])),
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: strict),

        .target(
            name: "ApusTestSupport", dependencies: ["ApusCore"], path: "Tests/ApusTestSupport", swiftSettings: strict),
        .testTarget(name: "ApusCoreTests", dependencies: ["ApusCore", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(name: "ApusFrameTests", dependencies: ["ApusFrame", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ApusDatasetsTests",
            dependencies: [
                "ApusDatasets", "ApusFrame", "ApusTestSupport", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ApusLearnTests", dependencies: ["ApusLearn", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ApusEvaluationTests", dependencies: ["ApusEvaluation", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(name: "ApusPlotsTests", dependencies: ["ApusPlots", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ApusGuideTests", dependencies: ["ApusGuide", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ApusTrustTests", dependencies: ["ApusTrust", "ApusLearn", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ApusSQLiteTests",
            dependencies: [
                "ApusSQLite", "Apus", "ApusTestSupport",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ApusONNXTests",
            dependencies: [
                "ApusONNX", "Apus", "ApusTestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["ONNX"])),
            ],
            swiftSettings: strict),
        .testTarget(name: "ApusTests", dependencies: ["Apus", "ApusTestSupport"], swiftSettings: strict),
        .testTarget(name: "ApusCLITests", dependencies: ["ApusCLI"], swiftSettings: strict),
        .testTarget(
            name: "ApusServerTests",
            dependencies: [
                "ApusServer", "Apus", "ApusTestSupport",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Server"])),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Server"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: strict),
    ],
    cLanguageStandard: .gnu2x
)
