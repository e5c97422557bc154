internal import ASEEDSystem
internal import Glibc

/// A queue that many threads put into and one takes from, with a deadline.
///
/// `@unchecked Sendable`: `items` is touched only between lock and unlock of `mutex`. It is bounded
/// by what its senders bound: a child's pipe and a line's length.
final class Mailbox<Item: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var items: [Item] = []

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(arrived, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        arrived.deallocate()
        mutex.deallocate()
    }

    /// Adds an item and wakes the receiver.
    func put(_ item: Item) {
        pthread_mutex_lock(mutex)
        items.append(item)
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(mutex)
    }

    /// Takes all items; waits for the first until the deadline, then returns none.
    func takeAll(deadlineNs: Int64) -> [Item] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline = timespec(
            tv_sec: Int(deadlineNs / 1_000_000_000), tv_nsec: Int(deadlineNs % 1_000_000_000))
        while items.isEmpty {
            if pthread_cond_timedwait(arrived, mutex, &deadline) == ETIMEDOUT { break }
        }
        let taken = items
        items = []
        return taken
    }
}
