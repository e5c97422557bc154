import Testing

@testable import ASEEDSystem

@Suite struct SubscriberQueueTests {
    private func push(
        _ queue: inout SubscriberQueue, _ topic: PushMessage.Topic, _ mode: OutputMode?,
        _ text: String
    ) {
        queue.push(PushMessage(topic, mode: mode, json: Array(text.utf8)))
    }

    /// The next item as a word.
    private func pop(_ queue: inout SubscriberQueue) -> String? {
        switch queue.pop() {
        case .snapshot: "snapshot"
        case .openWindows: "open windows"
        case .message(let message): String(decoding: message.json, as: UTF8.self)
        case nil: nil
        }
    }

    private func ready() -> SubscriberQueue {
        var queue = SubscriberQueue(maxFinals: 3, maxFinalBytes: 100)
        #expect(pop(&queue) == "snapshot")
        return queue
    }

    @Test func startsWithASnapshotThatCoversWhatCameBefore() {
        var queue = SubscriberQueue(maxFinals: 3, maxFinalBytes: 100)
        push(&queue, .query(.topProducts), .complete, "a")
        #expect(pop(&queue) == "snapshot")
        #expect(pop(&queue) == nil)
        #expect(queue.isEmpty)
    }

    @Test func keepsTheNewestOfEachTopic() {
        var queue = ready()
        for text in ["a", "b", "c"] { push(&queue, .query(.topProducts), .complete, text) }
        push(&queue, .query(.categories), .complete, "d")
        for text in ["e", "f"] { push(&queue, .services, nil, text) }
        push(&queue, .verification, nil, "g")
        #expect((0..<5).map { _ in pop(&queue) } == ["c", "d", "f", "g", nil])
    }

    @Test func turnsSkippedDeltasIntoAllOpenWindows() {
        var queue = ready()
        push(&queue, .query(.categoryWindows), .update, "a")
        #expect(pop(&queue) == "a")
        push(&queue, .query(.categoryWindows), .update, "b")
        push(&queue, .query(.categoryWindows), .update, "c")
        #expect(pop(&queue) == "open windows")
        #expect(pop(&queue) == nil)
    }

    @Test func keepsEveryFinalInOrder() {
        var queue = ready()
        push(&queue, .query(.categoryWindows), .append, "1")
        push(&queue, .query(.categoryWindows), .update, "u")
        push(&queue, .query(.categoryWindows), .append, "2")
        push(&queue, .query(.categoryWindows), .append, "3")
        #expect((0..<5).map { _ in pop(&queue) } == ["1", "u", "2", "3", nil])
    }

    @Test(arguments: [["1", "2", "3", "4"], [String(repeating: "x", count: 101)]])
    func tooManyFinalsGiveWayToANewSnapshot(finals: [String]) {
        var queue = ready()
        push(&queue, .query(.categories), .complete, "c")
        for text in finals { push(&queue, .query(.categoryWindows), .append, text) }
        push(&queue, .query(.categoryWindows), .append, "later")
        #expect(pop(&queue) == "snapshot")
        #expect(pop(&queue) == nil)
        push(&queue, .query(.categoryWindows), .append, "next")
        #expect(pop(&queue) == "next")
    }
}
