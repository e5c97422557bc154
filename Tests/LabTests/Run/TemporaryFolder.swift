import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// A folder of one test, removed at its end.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/aseed-lab-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemError("make a temporary folder", errno: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { FileTree.remove(path) }
}

/// The `lab` binary that the build put beside the tests.
enum LabBinary {
    static var path: String? {
        let own = OwnProgram.path
        guard let slash = own.lastIndex(of: "/") else { return nil }
        var folder = String(own[..<slash])
        // xctest bundles: …/debug/aseed-labPackageTests.xctest
        for _ in 0..<3 {
            if access("\(folder)/lab", X_OK) == 0 { return "\(folder)/lab" }
            guard let parent = folder.lastIndex(of: "/") else { return nil }
            folder = String(folder[..<parent])
        }
        return nil
    }
}

/// A file that a test writes piece by piece.
final class RawFile {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
    }

    deinit { close(descriptor) }

    func append(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }
}
