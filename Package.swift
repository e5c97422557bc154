// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "aseed-lab",
    products: [
        .library(name: "ASEEDSystem", targets: ["ASEEDSystem"]),
        .library(name: "LoadGen", targets: ["LoadGen"]),
        .library(name: "Verifier", targets: ["Verifier"]),
        .executable(name: "lab", targets: ["Lab"]),
    ],
    targets: [
        // C libraries: a module map or a shim each, nothing else.
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CWebSockets", pkgConfig: "libwebsockets",
            providers: [.apt(["libwebsockets-dev"])]),
        .target(name: "CBytes"),
        .target(name: "CProcess"),
        // librdkafka is loaded at run time; only its headers (librdkafka-dev) are needed to build.
        .target(name: "CKafka"),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),

        // The system under test: simulator, log, engine, publishing, dashboard.
        .target(
            name: "ASEEDSystem",
            dependencies: ["CBytes", "CKafka", "SQLite", "CCurl", "CWebSockets"],
            swiftSettings: strict),
        .target(name: "LoadGen", dependencies: ["ASEEDSystem"], swiftSettings: strict),

        // The judge: depends on nothing of the system it judges.
        .target(
            name: "Verifier", dependencies: ["SQLite"], resources: [.embedInCode("Reference")],
            swiftSettings: strict),

        .executableTarget(
            name: "Lab",
            dependencies: ["ASEEDSystem", "CProcess", "LoadGen", "SQLite", "Verifier"],
            swiftSettings: strict),

        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: strict),
        .testTarget(
            name: "ASEEDSystemTests", dependencies: ["ASEEDSystem", "CKafka", "SQLite", "CProbe"],
            swiftSettings: strict),
        // Counts allocations in the test binary.
        .target(name: "CProbe", path: "Tests/CProbe"),
        .testTarget(
            name: "LoadGenTests", dependencies: ["LoadGen", "ASEEDSystem"], swiftSettings: strict),
        .testTarget(
            name: "VerifierTests", dependencies: ["Verifier", "SQLite"], swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: ["Lab", "ASEEDSystem", "LoadGen", "SQLite", "Verifier"],
            swiftSettings: strict),
    ]
)
