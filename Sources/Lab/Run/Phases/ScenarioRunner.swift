internal import ASEEDSystem
internal import Verifier

/// Makes one run: a folder, the services, the load, the verification, the results.
struct ScenarioRunner {
    /// What the command line says about all runs.
    struct Settings {
        var results: String
        var keepData: Bool
        var view: RunView
        var interrupts: SignalWatch
        /// The dashboard's port; 0 is a free one.
        var dashboardPort = 0
        /// Goes along with the runs; it may add faults and load, which therefore prove nothing about
        /// speed.
        var companion: (any RunCompanion)?
    }

    let scenario: Scenario
    let axes: [ScenarioFile.Axis]
    let repeatCommand: String
    let settings: Settings

    private static let stopGraceMs: Int64 = 3_000
    /// Of a run that has failed already.
    private static let exportLimitNs: Int64 = 300_000_000_000

    /// Runs the scenario; whatever happens, the outcome says it.
    func run() -> RunOutcome {
        let estimate = RunEstimate(scenario)
        var outcome = RunOutcome(
            scenario: scenario, axes: axes, machine: Machine.read(), estimate: estimate,
            repeatCommand: repeatCommand, startedAt: SystemClock.wallNs() / 1_000)
        let folder: RunFolder
        do {
            try FileTree.make(settings.results)
            try estimate.check(folder: settings.results)
            folder = try RunFolder.make(results: settings.results, scenario: scenario.name)
            outcome.folder = folder
            try prepare(folder, outcome)
        } catch {
            conclude(&outcome, failure: error)
            return outcome
        }
        settings.view.note("\(outcome.title)  \(folder.path)")
        settings.view.note("\(outcome.title)  needs \(estimate.text)")
        perform(folder, &outcome)
        settings.view.clear()
        return outcome
    }

    private func prepare(_ folder: RunFolder, _ outcome: RunOutcome) throws {
        try folder.link()
        let resolved = PrettyJSON.text(try JSONParser.parse(scenario.resolvedJSON()))
        try TextFile.replace(folder.file("scenario.json"), with: Array(resolved.utf8))
        try TextFile.replace(folder.plan, with: scenario.loadPlanJSON())
        try ResultFiles.write(outcome, to: folder)
    }

    private func perform(_ folder: RunFolder, _ outcome: inout RunOutcome) {
        let monitor: RunMonitor
        let pauses: PauseMeter
        do {
            pauses = try PauseMeter.start()
            monitor = try RunMonitor(
                scenario: scenario, folder: folder, pauses: pauses, view: settings.view,
                interrupts: settings.interrupts, totalMs: outcome.estimate.durationMs,
                companion: settings.companion)
        } catch {
            conclude(&outcome, failure: error)
            write(outcome, folder)
            return
        }
        defer { pauses.stop() }
        let log = scenario.runLog(folder, monitor.services)
        let sequence = RunSequence(
            scenario: scenario, folder: folder, log: log, monitor: monitor,
            port: settings.dashboardPort)
        var failure: (any Error)?
        do {
            try sequence.run()
        } catch {
            failure = error
            stop(monitor, log, because: error)
        }
        monitor.recorder.endMeasuring()
        outcome.log = log.summary
        endLog(log, monitor, &failure)
        finish(folder, monitor, sequence, failure, &outcome)
    }

    /// Takes what was consumed into the folder while the broker is there, then lets go of it.
    private func endLog(_ log: any RunLog, _ monitor: RunMonitor, _ failure: inout (any Error)?) {
        let deadline = SystemClock.monotonicNs() + Self.exportLimitNs
        do {
            if !monitor.recorder.batches.isEmpty {
                if scenario.log.kind == .kafka { try monitor.recorder.begin("export") }
                // What ends the run now does not end this, so that it can still be verified.
                try log.keepEvidence {
                    guard let ended = failure else {
                        do { try monitor.beat() } catch { failure = error }
                        return
                    }
                    if monitor.isInterruptedTwice || SystemClock.monotonicNs() > deadline {
                        throw ended
                    }
                }
            }
        } catch {
            failure = failure ?? error
        }
        monitor.mayEnd.formUnion(log.serviceNames)
        for problem in log.close(
            keepsData: settings.keepData, hurry: { monitor.isInterruptedTwice })
        {
            settings.view.note("\(scenario.name)  \(problem)")
        }
    }

    /// Ends every service; what they reported until then still counts.
    private func stop(_ monitor: RunMonitor, _ log: any RunLog, because error: any Error) {
        let hurried = monitor.isInterruptedTwice
        let killed = monitor.services.stopAll(
            graceMs: hurried ? 0 : Self.stopGraceMs, last: [ServiceName.dashboard],
            except: log.serviceNames, hurry: { monitor.isInterruptedTwice })
        do {
            try monitor.recorder.event("run.stopped", [("reason", .text("\(error)"))])
            for name in killed {
                try monitor.recorder.event("service.killed", [("service", .text(name))])
            }
            try monitor.recorder.readProgress()
            try monitor.recorder.sample()
        } catch {
            // The first error is the one that is told; this one can only be a full disk.
            settings.view.note("\(scenario.name)  \(error)")
        }
    }

    private func finish(
        _ folder: RunFolder, _ monitor: RunMonitor, _ sequence: RunSequence,
        _ failure: (any Error)?, _ outcome: inout RunOutcome
    ) {
        var failure = failure
        let recorder = monitor.recorder
        let work = RunVerification(
            scenario: scenario, folder: folder, isDrained: sequence.isDrained)
        let rejects = work.isPossible ? rejects(work, &failure) : nil
        if rejects != nil, Self.isWorthVerifying(failure) {
            do {
                try recorder.begin("verify")
                let report = try verify(work, monitor)
                outcome.verification = report
                try ResultFiles.writeVerification(report, to: folder)
            } catch {
                failure = failure ?? error
                outcome.unverified = "\(error)"
                // An interrupted verification has had no chance to remove it.
                FileTree.remove(folder.scratch)
            }
        } else {
            outcome.unverified = "the run did not get to its end"
        }
        recorder.endPhase()
        var measures = FinalMeasures(
            scenario: scenario, monitor: monitor, backlog: sequence.backlog)
        do {
            let history = FileTree.exists(folder.history) ? folder.history : nil
            try measures.addHistory(history, subscription: sequence.subscription)
        } catch {
            failure = failure ?? error
        }
        measures.add(
            rejects: rejects, published: sequence.published, verification: outcome.verification)
        measures.fill(&outcome)
        outcome.loadSummary = monitor.loadSummary
        if settings.companion != nil { outcome.saturated = nil }
        keepAddedFaults(folder, monitor, &failure, &outcome)
        outcome.isDrained = sequence.isDrained
        conclude(&outcome, failure: failure)
        if outcome.conclusion.verdict == .pass, !settings.keepData {
            outcome.dataIsKept = !FileTree.remove(folder.data)
        }
        write(outcome, folder)
    }

    /// Faults that were done by hand become the scenario's, so that it can be run again with them.
    private func keepAddedFaults(
        _ folder: RunFolder, _ monitor: RunMonitor, _ failure: inout (any Error)?,
        _ outcome: inout RunOutcome
    ) {
        guard !monitor.faults.added.isEmpty else { return }
        outcome.scenario.faults += monitor.faults.added
        do {
            let resolved = PrettyJSON.text(try JSONParser.parse(outcome.scenario.resolvedJSON()))
            try TextFile.replace(folder.file("scenario.json"), with: Array(resolved.utf8))
        } catch {
            failure = failure ?? error
        }
    }

    /// A run that stalled is still compared: what it lacks tells why.
    private static func isWorthVerifying(_ failure: (any Error)?) -> Bool {
        switch failure {
        case nil, RunStop.stalled?: true
        default: false
        }
    }

    /// Writes `dead-letters.jsonl` and counts what is in it.
    private func rejects(
        _ work: RunVerification, _ failure: inout (any Error)?
    ) -> RejectCounts? {
        do {
            let letters = try work.evidence().deadLetters ?? []
            try DeadLetterFile.write(letters, to: work.folder.file("dead-letters.jsonl"))
            return RejectCounts(letters)
        } catch {
            failure = failure ?? error
            return nil
        }
    }

    /// Verifies on a thread of its own, so that progress is shown and Ctrl-C works meanwhile.
    private func verify(
        _ work: RunVerification, _ monitor: RunMonitor
    ) throws -> VerificationReport {
        let answer = Mailbox<Result<VerificationReport, VerificationFailure>>()
        try LabThread.start("verifier") {
            do {
                answer.put(.success(try work.verify()))
            } catch {
                answer.put(.failure(VerificationFailure(description: "\(error)")))
            }
        }
        while true {
            try monitor.beat()
            for result in answer.takeAll(deadlineNs: 0) { return try result.get() }
        }
    }

    private func conclude(_ outcome: inout RunOutcome, failure: (any Error)?) {
        outcome.thresholds = ThresholdEvaluator.evaluate(scenario.thresholds, in: outcome.metrics)
        outcome.durationMs = (SystemClock.wallNs() / 1_000 - outcome.startedAt) / 1_000
        outcome.isFinished = true
        outcome.conclusion = Conclusion.of(outcome.findings(failure: failure))
    }

    private func write(_ outcome: RunOutcome, _ folder: RunFolder) {
        do {
            try ResultFiles.write(outcome, to: folder)
            try ResultFiles.writeReports(outcome, to: folder)
            try ResultFiles.appendHistory(outcome, to: settings.results)
        } catch {
            settings.view.note("\(scenario.name)  the results could not be written: \(error)")
        }
    }
}

/// The verifier could not do its work.
struct VerificationFailure: Error, CustomStringConvertible {
    let description: String
}
