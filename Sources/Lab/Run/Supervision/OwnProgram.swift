internal import Glibc

/// The program that runs now, to be started again with a subcommand.
enum OwnProgram {
    /// Its path; the kernel's own link to it when the file was replaced since the start, so that a
    /// build during a run never mixes two versions.
    static var path: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return "/proc/self/exe" }
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return access(text, X_OK) == 0 ? text : "/proc/self/exe"
    }
}
