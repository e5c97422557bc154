public import ASEEDSystem
internal import Glibc

/// Reads a history file. Blocks that were cut by a crash at the file's end are left out.
public final class HistoryReader {
    /// Why a history can't be read.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// A system call failed.
        case system(SystemError)
        /// The file is none, or damaged at that byte.
        case malformed(path: String, offset: Int, reason: String)

        /// What failed, where.
        public var description: String {
            switch self {
            case .system(let error): "history: \(error)"
            case .malformed(let path, let offset, let reason):
                "history: \(path) at byte \(offset): \(reason); was it written by `lab loadgen`?"
            }
        }
    }

    /// Partitions of the log.
    public let partitions: Int
    /// Digits of the order ids.
    public let orderIDDigits: Int
    /// The plan's seed.
    public let seed: Int64
    /// Whether the last block was cut by a crash; known after `forEach`.
    public private(set) var isTorn = false

    private let path: String
    private let bytes: UnsafeMutableRawBufferPointer

    /// Opens a history and reads it into memory, 2 to 8 bytes an order.
    public init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(SystemError("open \(path)", errno: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(SystemError("size of \(path)", errno: errno))
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(Int(status.st_size), 1), alignment: 16)
        var done = 0
        while done < Int(status.st_size) {
            let got = read(
                descriptor, bytes.baseAddress?.advanced(by: done), Int(status.st_size) - done)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                let error = SystemError("read \(path)", errno: errno)
                bytes.deallocate()
                throw .system(error)
            }
            if got == 0 { break }
            done += got
        }
        guard done >= HistoryFormat.headerBytes, bytes.starts(with: HistoryFormat.magic),
            Self.number(bytes, 8, UInt32.self) == HistoryFormat.version
        else {
            bytes.deallocate()
            throw .malformed(path: path, offset: 0, reason: "no history of version 1 starts here")
        }
        self.path = path
        partitions = Int(Self.number(bytes, 12, UInt32.self))
        orderIDDigits = Int(Self.number(bytes, 16, UInt32.self))
        seed = Self.number(bytes, 24, Int64.self)
        self.bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<done])
    }

    deinit { bytes.deallocate() }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeMutableRawBufferPointer, _ offset: Int, _ type: Number.Type
    ) -> Number { Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type)) }

    /// Calls `body` with every order, in the order in which they were sent.
    public func forEach(_ body: (borrowing HistoryEntry) throws -> Void) throws {
        var at = HistoryFormat.headerBytes
        while at < bytes.count {
            guard let block = try Block(bytes, at: at, path: path, partitions: partitions) else {
                isTorn = true
                return
            }
            try block.forEach(body)
            at += block.size
        }
    }

    /// One block, its parts inside the file's bytes.
    private struct Block {
        let bytes: UnsafeMutableRawBufferPointer
        let partitions: Int
        let size: Int
        let orders: Int
        let exceptions: Int
        let firstSequence: Int64
        let scheduledNs: Int64
        let stage: Int
        let hasSchedule: Bool
        let lengthsAt: Int
        let scheduleAt: Int
        let exceptionsAt: Int
        /// Nil in a log whose positions are bytes.
        let runsAt: Int?

        /// Nil when the file ends inside the block.
        init?(
            _ all: UnsafeMutableRawBufferPointer, at offset: Int, path: String, partitions: Int
        ) throws(Failure) {
            guard all.count - offset >= HistoryFormat.blockHeaderBytes else { return nil }
            func field<Number: FixedWidthInteger>(_ place: Int, _ type: Number.Type) -> Number {
                HistoryReader.number(all, offset + place, type)
            }
            let size = Int(field(4, UInt32.self))
            orders = Int(field(8, UInt32.self))
            exceptions = Int(field(12, UInt32.self))
            firstSequence = field(16, Int64.self)
            scheduledNs = field(24, Int64.self)
            stage = Int(field(32, UInt32.self))
            let flags = field(36, UInt32.self)
            hasSchedule = flags & HistoryFormat.hasSchedule != 0
            lengthsAt = HistoryFormat.blockHeaderBytes + partitions * HistoryFormat.partitionBytes
            scheduleAt = lengthsAt + (orders * 2 + 3) / 4 * 4
            exceptionsAt = scheduleAt + (hasSchedule ? orders * 4 : 0)
            let exceptionsEnd = exceptionsAt + exceptions * HistoryFormat.exceptionBytes
            runsAt = flags & HistoryFormat.hasRuns != 0 ? exceptionsEnd : nil
            let hasRightSize =
                runsAt == nil
                ? size == exceptionsEnd : size >= exceptionsEnd + partitions * 4
            guard field(0, UInt32.self) == HistoryFormat.blockMagic, hasRightSize else {
                throw .malformed(path: path, offset: offset, reason: "no whole block starts here")
            }
            guard all.count - offset >= size else { return nil }
            self.size = size
            self.partitions = partitions
            bytes = UnsafeMutableRawBufferPointer(rebasing: all[offset..<(offset + size)])
            guard areRunsWhole else {
                throw .malformed(
                    path: path, offset: offset, reason: "a block's receipts have a wrong size")
            }
        }

        /// Whether the runs of all partitions fill the block to its end.
        private var areRunsWhole: Bool {
            guard var at = runsAt else { return true }
            for _ in 0..<partitions {
                guard at + 4 <= size else { return false }
                at += 4 + Int(number(at, UInt32.self)) * HistoryFormat.runBytes
            }
            return at == size
        }

        private func runs() -> [[ReceiptRun]] {
            guard var at = runsAt else { return [] }
            return (0..<partitions).map { _ in
                let count = Int(number(at, UInt32.self))
                let first = at + 4
                at = first + count * HistoryFormat.runBytes
                return (0..<count).map { run(first + $0 * HistoryFormat.runBytes) }
            }
        }

        private func run(_ at: Int) -> ReceiptRun {
            ReceiptRun(
                first: Int(number(at, UInt32.self)), count: Int(number(at + 4, UInt32.self)),
                position: number(at + 8, Int64.self), answeredNs: number(at + 16, Int64.self),
                outcome: OrderOutcome(rawValue: bytes[at + 24]) ?? .unknown)
        }

        private func number<Number: FixedWidthInteger>(
            _ offset: Int, _ type: Number.Type
        ) -> Number { HistoryReader.number(bytes, offset, type) }

        func forEach(_ body: (borrowing HistoryEntry) throws -> Void) throws {
            var receipts = (0..<partitions).map(receipt)
            for (partition, runs) in runs().enumerated() { receipts[partition].runs = runs }
            var cursors = receipts.map { ReceiptCursor($0) }
            var sequence = firstSequence
            var partition = Int((firstSequence - 1) % Int64(partitions))
            var exception = 0
            var nextException = exceptionIndex(0)
            var entry = HistoryEntry(
                sequence: 0, fate: .normal, invalidKind: nil, stage: stage, partition: 0,
                position: 0, length: 0, scheduledNs: scheduledNs, sentNs: 0, acknowledgedNs: 0,
                outcome: .acknowledged)
            for index in 0..<orders {
                entry.length = Int(number(lengthsAt + index * 2, UInt16.self))
                entry.fate = .normal
                entry.invalidKind = nil
                entry.sequence = sequence
                entry.partition = partition
                if index == nextException {
                    read(exception: exception, into: &entry)
                    exception += 1
                    nextException = exceptionIndex(exception)
                }
                if entry.fate != .duplicate {
                    sequence += 1
                    partition += 1
                    if partition == partitions { partition = 0 }
                }
                if hasSchedule {
                    entry.scheduledNs =
                        scheduledNs + Int64(number(scheduleAt + index * 4, UInt32.self))
                }
                entry.sentNs = receipts[entry.partition].sentNs
                let answer = cursors[entry.partition].next(length: entry.length)
                entry.outcome = answer.outcome
                entry.position = answer.position
                entry.acknowledgedNs = answer.answeredNs
                try body(entry)
            }
        }

        private func exceptionIndex(_ exception: Int) -> Int {
            guard exception < exceptions else { return -1 }
            return Int(
                number(exceptionsAt + exception * HistoryFormat.exceptionBytes, UInt32.self))
        }

        private func read(exception: Int, into entry: inout HistoryEntry) {
            let at = exceptionsAt + exception * HistoryFormat.exceptionBytes
            entry.fate = OrderFate(rawValue: bytes[at + 4]) ?? .normal
            entry.invalidKind = InvalidKind(rawValue: bytes[at + 5])
            entry.length = Int(number(at + 8, UInt32.self))
            entry.sequence = number(at + 16, Int64.self)
            entry.partition = Int((entry.sequence - 1) % Int64(partitions))
        }

        private func receipt(_ partition: Int) -> BlockReceipt {
            let at = HistoryFormat.blockHeaderBytes + partition * HistoryFormat.partitionBytes
            return BlockReceipt(
                start: number(at, Int64.self), acknowledgedBytes: number(at + 8, Int64.self),
                sentNs: number(at + 16, Int64.self), acknowledgedNs: number(at + 24, Int64.self),
                restOutcome: OrderOutcome(rawValue: bytes[at + 32]) ?? .unknown)
        }
    }
}
