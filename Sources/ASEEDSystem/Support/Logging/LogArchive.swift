internal import Glibc

/// The older parts of a log: `engine-20240115T143000123456Z.log.gz` beside `engine.log`.
///
/// Compresses on a thread of its own. What a crash left behind is finished at the next start.
final class LogArchive: Sendable {
    private struct Work {
        var isRunning = false
        var isAsked = false
        var thread: NamedThread?
        var failure: SystemError?
    }

    private let folder: String
    private let stem: String
    private let keep: Int
    private let work = ConditionLock(Work())

    /// The archive of a log file.
    ///
    /// - Parameter keep: how many older parts are kept.
    init(logPath: String, keep: Int) {
        let slash = logPath.lastIndex(of: "/")
        folder = slash.map { $0 == logPath.startIndex ? "/" : String(logPath[..<$0]) } ?? "."
        let name = slash.map { logPath[logPath.index(after: $0)...] } ?? Substring(logPath)
        stem = String(name.hasSuffix(".log") ? name.dropLast(4) : name)
        self.keep = keep
    }

    /// Gives the part that was written until now a name of its own.
    func take(_ path: String, lastLineUs: Int64) throws(SystemError) {
        var micros = lastLineUs
        var target = name(micros)
        while access(target, F_OK) == 0 || access(target + ".gz", F_OK) == 0 {
            micros += 1
            target = name(micros)
        }
        guard rename(path, target) == 0 else {
            throw SystemError("rename \(path) to \(target)", errno: errno)
        }
    }

    private func name(_ micros: Int64) -> String {
        let stamp = TimeText.iso(micros).filter { $0 != "-" && $0 != ":" && $0 != "." }
        return "\(folder)/\(stem)-\(stamp).log"
    }

    /// Compresses what is not yet, and removes the oldest parts, in the background.
    func tidy() {
        let isFree = work.update { work in
            work.isAsked = true
            defer { work.isRunning = true }
            return !work.isRunning
        }
        guard isFree else { return }
        do throws(SystemError) {
            let thread = try NamedThread("log-gzip") { [self] in run() }
            // The one before has ended; nobody else waits for it.
            let before = work.update { work in
                defer { work.thread = thread }
                return work.thread
            }
            before?.join()
        } catch {
            work.update {
                $0.isRunning = false
                $0.failure = error
            }
        }
    }

    private func run() {
        while true {
            work.update { $0.isAsked = false }
            var failure: SystemError?
            do throws(SystemError) { try compress() } catch { failure = error }
            let failed = failure
            let isDone = work.update { work in
                work.failure = failed
                work.isRunning = work.isAsked
                return !work.isRunning
            }
            if isDone { return }
        }
    }

    /// What went wrong last; told once.
    func takeFailure() -> SystemError? {
        work.update { work in
            defer { work.failure = nil }
            return work.failure
        }
    }

    /// Waits until nothing is left to do.
    func wait(untilNs deadlineNs: Int64) -> Bool {
        work.wait(untilNs: deadlineNs) { $0.isRunning ? nil : true } ?? false
    }

    private func compress() throws(SystemError) {
        var failure: SystemError?
        for name in Self.names(in: folder) where isPart(name) {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".gz.part") {
                unlink(path)
            } else if name.hasSuffix(".log") {
                // Of both forms, the compressed one was complete when it got its name.
                if access(path + ".gz", F_OK) == 0 {
                    unlink(path)
                    continue
                }
                do throws(SystemError) { try GzipFile.replace(path) } catch {
                    failure = failure ?? error
                }
            }
        }
        let parts = Self.names(in: folder).filter { isPart($0) && !$0.hasSuffix(".part") }.sorted()
        for name in parts.dropLast(keep) { unlink("\(folder)/\(name)") }
        if let failure { throw failure }
    }

    /// `STEM-20240115T143000123456Z.log`, `.log.gz` or `.log.gz.part`.
    private func isPart(_ name: String) -> Bool {
        guard name.hasPrefix(stem + "-") else { return false }
        let rest = name.dropFirst(stem.count + 1)
        guard let dot = rest.firstIndex(of: "."),
            [".log", ".log.gz", ".log.gz.part"].contains(rest[dot...])
        else { return false }
        let stamp = Array(rest[..<dot].utf8)
        return stamp.count == 22 && stamp[8] == UInt8(ascii: "T") && stamp[21] == UInt8(ascii: "Z")
            && stamp.indices.allSatisfy {
                $0 == 8 || $0 == 21 || (0x30...0x39).contains(stamp[$0])
            }
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}
