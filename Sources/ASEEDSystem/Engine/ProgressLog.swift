internal import Glibc

/// `progress.jsonl`: a line a batch, with the names of Spark's StreamingQueryProgress.
final class ProgressLog {
    private let descriptor: Int32
    private let path: String
    /// Holds the batch under way; a process that is killed in it leaves it there.
    private let planDescriptor: Int32
    private var planBytes = 0
    private var previousStartNs: Int64?
    private var hasFailed = false

    init(path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        planDescriptor = open(path + ".plan", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard planDescriptor >= 0 else {
            let code = errno
            close(descriptor)
            throw SystemError("open \(path).plan", errno: code)
        }
        planBytes = max(0, Int(lseek(planDescriptor, 0, SEEK_END)))
    }

    deinit {
        close(descriptor)
        close(planDescriptor)
    }

    /// Notes, in place of the batch before, what the engine is going to read.
    func begin(batchID: Int64, epoch: Int64, _ tasks: [WorkerPool.Task]) {
        var json = JSONWriter()
        json.object { json in
            json.member("batchId", batchID)
            json.member("epoch", epoch)
            json.member("maxRecords", tasks.reduce(0) { $0 + Int64($1.maxRecords) })
            json.name("startOffset")
            json.object { json in
                for task in tasks { json.member("\(task.scan.partition)", task.start) }
            }
            json.name("endOffset")
            json.object { json in
                for task in tasks { json.member("\(task.scan.partition)", task.end) }
            }
        }
        // One write, and blanks over what was longer before: whoever reads finds whole text.
        var line = json.bytes
        line += repeatElement(0x20, count: max(0, planBytes - line.count))
        planBytes = line.count
        if pwrite(planDescriptor, line, line.count, 0) != line.count { noteFailure(errno) }
    }

    /// Progress is a report, not state: say it once and go on.
    private func noteFailure(_ code: Int32) {
        if !hasFailed {
            StandardStream.error.write(
                "engine: \(SystemError("write \(path)", errno: code)); progress is incomplete\n")
        }
        hasFailed = true
    }

    func write(
        _ changes: BatchChanges, ends: [Int64], times: Engine.BatchTimes, engine: Engine
    ) {
        var json = JSONWriter()
        json.object { json in
            let seconds = Double(times.publishedNs - times.startNs) / 1e9
            let sinceLast = previousStartNs.map { Double(times.startNs - $0) / 1e9 }
            json.member("id", engine.checkpoint.folder)
            json.member("runId", engine.runID)
            json.member("name", "aseed")
            json.member("timestamp", TimeText.iso(engine.clock.wallUs()))
            json.member("batchId", changes.batchID)
            json.member("epoch", engine.epoch)
            json.member("numInputRows", changes.records)
            json.member(
                "inputRowsPerSecond", sinceLast.map { Double(changes.records) / $0 } ?? 0)
            json.member("processedRowsPerSecond", Double(changes.records) / seconds)
            writeDurations(times, engine, to: &json)
            writeEventTime(changes, engine, to: &json)
            writeOperators(changes, engine.state, to: &json)
            writeSource(changes, ends, engine, to: &json)
            json.name("sink")
            json.object { $0.member("description", "dashboard") }
            json.name("x")
            json.object { json in
                json.member("valid", changes.valid)
                json.member("rejected", changes.rejected)
                json.member("late_pairs", changes.latePairs)
                json.member("late_records", changes.lateRecords)
                json.member("monotonic_start_ns", times.startNs)
                json.member("monotonic_commit_ns", times.committedNs)
                json.member("cpu_ns", SystemClock.processCPUNs())
                json.member("checkpoint_bytes", engine.checkpoint.sizeBytes())
                json.member("total_records", engine.state.profile.records)
            }
        }
        previousStartNs = times.startNs
        append(json.bytes + [0x0a])
    }

    private func append(_ line: [UInt8]) {
        var done = 0
        while done < line.count {
            let written = line.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), line.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                noteFailure(errno)
                return
            }
            done += written
        }
    }

    private func writeDurations(
        _ times: Engine.BatchTimes, _ engine: Engine, to json: inout JSONWriter
    ) {
        func ms(_ from: Int64, _ to: Int64) -> Double { Double(to - from) / 1e6 }
        json.name("durationMs")
        json.object { json in
            json.member("triggerExecution", ms(times.startNs, times.publishedNs))
            json.member("latestOffset", Double(engine.latestOffsetNs) / 1e6)
            json.member("getBatch", ms(times.startNs, times.plannedNs))
            json.member("addBatch", ms(times.plannedNs, times.scannedNs))
            json.member("walCommit", ms(times.commitStartNs, times.committedNs))
            json.member("publish", ms(times.committedNs, times.publishedNs))
        }
    }

    private func writeEventTime(
        _ changes: BatchChanges, _ engine: Engine, to json: inout JSONWriter
    ) {
        let latest = changes.parts.flatMap(\.blocks).map(\.latestUs).max() ?? .min
        json.name("eventTime")
        json.object { json in
            json.member("max", latest == .min ? nil : TimeText.iso(latest))
            let watermark = changes.watermarkUs
            json.member("watermark", watermark == .min ? nil : TimeText.iso(watermark))
        }
    }

    private func writeOperators(
        _ changes: BatchChanges, _ state: EngineState, to json: inout JSONWriter
    ) {
        json.name("stateOperators")
        json.array { json in
            json.object { json in
                json.member("operatorName", "top_products")
                json.member("numRowsTotal", state.groups.count)
                json.member("numRowsUpdated", Set(changes.groups).count)
                json.member("numRowsDroppedByWatermark", 0)
            }
            json.object { json in
                json.member("operatorName", "category_windows")
                json.member(
                    "numRowsTotal",
                    state.windows.values.reduce(0) { $0 + $1.categories.count })
                json.member("numRowsUpdated", changes.windowRows)
                json.member("numRowsDroppedByWatermark", changes.latePairs)
            }
        }
    }

    private func writeSource(
        _ changes: BatchChanges, _ ends: [Int64], _ engine: Engine, to json: inout JSONWriter
    ) {
        func offsets(_ name: String, _ values: [Int64], _ json: inout JSONWriter) {
            json.name(name)
            json.object { json in
                for (partition, value) in values.enumerated() {
                    json.member("\(partition)", value)
                }
            }
        }
        json.name("sources")
        json.array { json in
            json.object { json in
                json.member("description", engine.log.identity)
                offsets("startOffset", changes.parts.map(\.start), &json)
                offsets("endOffset", changes.parts.map(\.end), &json)
                offsets("latestOffset", ends, &json)
                json.member("numInputRows", changes.records)
            }
        }
    }
}
