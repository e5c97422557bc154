/// The layout of a history file, little-endian.
///
/// A header of 32 bytes: `ASEEDHST`, version u32, partitions u32, digits of the order ids u32, four
/// zero bytes, seed i64. Then blocks, one for each time the log was written:
///
/// - magic u32, bytes of the whole block u32, orders u32, exceptions u32;
/// - first plain order's number i64, base of the scheduled times i64, stage u32, flags u32;
/// - for each partition 40 bytes: position of its first record i64, acknowledged bytes i64, sent i64,
///   acknowledged i64 (monotonic ns), outcome of what was not acknowledged u8, padding;
/// - the record's length for each order u16 (65,535: see its exception), padded to 4 bytes;
/// - with flag 1, the scheduled time for each order u32, ns after the base;
/// - exceptions of 24 bytes: order's index u32, fate u8, kind u8, padding u16, length u32, padding
///   u32, number i64;
/// - with flag 2 (a log whose positions count records), for each partition the number of runs u32,
///   then 32 bytes each: place in the partition's block u32, records u32, position of the first i64,
///   answered i64 (monotonic ns), outcome u8, padding.
///
/// Plain orders have consecutive numbers; the order of number s lies in partition
/// `(s - 1) % partitions`, records of a partition one after the other.
enum HistoryFormat {
    static let magic = Array("ASEEDHST".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 32
    static let blockMagic: UInt32 = 0x314b_4c42
    static let blockHeaderBytes = 40
    static let partitionBytes = 40
    static let exceptionBytes = 24
    static let longLength = 65_535
    static let noKind: UInt8 = 255
    static let hasSchedule: UInt32 = 1
    static let hasRuns: UInt32 = 2
    static let runBytes = 32
}
