internal import ASEEDSystem
internal import CProcess
internal import Glibc

/// A thread of the lab's own: for calls that block, which must not hold a task's thread.
enum LabThread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }

        static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            guard let raw = $0 else { return nil }
            let body = Unmanaged<Body>.fromOpaque(raw).takeRetainedValue()
            cprocess_name_thread(body.name)
            body.run()
            return nil
        }
    }

    /// Starts a detached thread; `name` shows in `top -H` (15 bytes).
    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        let code = pthread_create(&thread, &attributes, Body.enter, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw SystemError("start thread \(name)", errno: code)
        }
    }
}
