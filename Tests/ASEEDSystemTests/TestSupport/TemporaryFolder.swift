import Glibc
import Testing

/// A folder of its own for one test; removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/aseed-test-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        path = try #require(made)
    }

    deinit {
        // Only what the tests put there: one level of files and folders.
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            closedir(folder)
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, or appends to it.
    func write(_ text: String, to name: String, append: Bool = false) throws {
        let stream = try #require(fopen(file(name), append ? "a" : "w"))
        defer { fclose(stream) }
        #expect(fwrite(text, 1, text.utf8.count, stream) == text.utf8.count)
    }

    func read(_ name: String) throws -> [UInt8] {
        let stream = try #require(fopen(file(name), "r"))
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = fread(&chunk, 1, chunk.count, stream)
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }
}
