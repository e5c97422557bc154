internal import ASEEDSystem
internal import Glibc

/// Who runs, by the records of a home, under a lock while that changes.
struct ServiceRegistry: Sendable {
    let paths: ServicePaths

    /// The right to start and stop services of a home; given back when it goes away.
    final class Lock {
        private let descriptor: Int32

        fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// Takes the lock when nobody has it.
    ///
    /// - Returns: nil when another process has it.
    func tryLock() throws(SystemError) -> Lock? {
        let path = paths.home.lock
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw SystemError("lock \(path)", errno: code)
        }
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = Glibc.write(descriptor, text, text.count)
        return Lock(descriptor)
    }

    /// Takes the lock, and waits for a process that has it.
    ///
    /// - Parameter waiting: called once with who has it.
    func lock(
        withinMs limitMs: Int64, interrupts: SignalWatch, waiting: (String) -> Void
    ) throws -> Lock {
        let deadlineNs = SystemClock.monotonicNs() + limitMs * 1_000_000
        let pause = ConditionLock(())
        var isTold = false
        while true {
            if let lock = try tryLock() { return lock }
            let holder = lockHolder() ?? "another process"
            if !isTold { waiting(holder) }
            isTold = true
            let nowNs = SystemClock.monotonicNs()
            guard interrupts.count == 0 else { throw CommandFailure(.interrupted, "interrupted") }
            guard nowNs < deadlineNs else {
                throw CommandFailure(
                    .unavailable,
                    "\(holder) has been starting or stopping services of \(paths.home.path) for "
                        + "\(limitMs / 1_000) s; end it and try again")
            }
            _ = pause.wait(untilNs: nowNs + 20_000_000) { _ -> Void? in nil }
        }
    }

    private func lockHolder() -> String? {
        SmallFile.text(paths.home.lock).flatMap { Int32($0.prefix { $0.isNumber }) }
            .flatMap { ProcessIdentity(running: $0)?.text }
    }

    /// The record of a service, alive or not.
    func record(_ service: String) throws -> ServiceRecord? {
        do throws(ServiceRecordError) {
            return try ServiceRecord.read(paths.home.record(of: service))
        } catch {
            throw CommandFailure(.inputOutput, "\(error)")
        }
    }

    /// The records of those that live.
    func living(_ services: [String]) throws -> [ServiceRecord] {
        try services.compactMap { try record($0) }.filter(\.process.isAlive)
    }

    func write(_ record: ServiceRecord) throws(SystemError) {
        try record.write(to: paths.home.record(of: record.service))
    }

    /// Forgets a service.
    func remove(_ service: String) throws(SystemError) {
        for path in [paths.home.record(of: service), paths.home.heartbeat(of: service)] {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw SystemError("remove \(path)", errno: errno)
            }
        }
    }
}

extension ServiceRecord {
    /// `2024-01-15 14:30:00 UTC`
    var since: String { TimeText.readable(startedAtUs) }
}

extension TimeText {
    /// `2024-01-15 14:30:00 UTC`
    static func readable(_ micros: Int64) -> String {
        iso(micros).prefix(19).map { $0 == "T" ? " " : "\($0)" }.joined() + " UTC"
    }
}
