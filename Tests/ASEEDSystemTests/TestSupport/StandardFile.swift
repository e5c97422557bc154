import Foundation

/// Plain file calls for tests.
enum StandardFile {
    /// Writes a whole file.
    static func write(_ path: String, _ bytes: [UInt8]) -> Bool {
        FileManager.default.createFile(atPath: path, contents: Data(bytes))
    }

    /// The permission bits, or nil when there is no file.
    static func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int
    }

    /// Sets the permission bits.
    static func setMode(_ path: String, _ mode: Int) {
        try? FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
