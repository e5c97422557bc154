internal import Glibc

/// A thread of our own, with a name that `top -H` shows. It runs one function and is joined once.
public final class NamedThread: @unchecked Sendable {
    // Sendable because `handle` is set before anyone else sees the object and only read after.
    private var handle = pthread_t()
    private let joined = ConditionLock(false)

    /// Starts the thread.
    ///
    /// - Parameter name: at most 15 bytes; the rest is cut.
    /// - Throws: `SystemError` when the system has no more threads.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = Unmanaged.passRetained(ThreadBody(name, body))
        let code = pthread_create(&handle, nil, runThreadBody, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw SystemError("start thread \(name)", errno: code)
        }
    }

    /// Waits for the thread's end; safe to call again.
    public func join() {
        let first = joined.update { done in
            defer { done = true }
            return !done
        }
        if first { pthread_join(handle, nil) }
    }
}

private final class ThreadBody {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        nameThread()
        body()
    }

    /// The name only helps people; a thread without one is as good.
    private func nameThread() {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        StandardStream(descriptor: descriptor).write(Array(name.utf8.prefix(15)))
        close(descriptor)
    }
}

@c(aseed_run_thread_body)
private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
