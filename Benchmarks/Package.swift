// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "apus", path: "..", traits: ["SQLite"])],
    targets: [
        .executableTarget(
            name: "apus-bench",
            dependencies: [.product(name: "Apus", package: "apus"), .product(name: "ApusSQLite", package: "apus")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
