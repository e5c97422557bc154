import ASEEDSystem
import Glibc
import Testing

@testable import Lab

@Suite(.serialized, .timeLimit(.minutes(15))) struct BrowserOpenerTests {
    private static let words = ["--port", "0", "--rate", "50", "--duration", "1h", "--open"]

    @Test func withoutADisplayItSaysWhatToDo() throws {
        let lab = try TerminalLab(Self.words)
        try lab.await("--open: there is no display here")
        try lab.await("✓ PROVED")
        lab.press("q")
        #expect(try lab.awaitEnd() == 0)
    }

    @Test func withADisplayTheBrowserGetsTheAddress() throws {
        let folder = try TemporaryFolder()
        let stub = "\(folder.path)/xdg-open"
        try TextFile.replace(
            stub, with: Array("#!/bin/sh\necho \"$1\" > \(folder.path)/url\n".utf8))
        chmod(stub, 0o755)
        let lab = try TerminalLab(
            Self.words, environment: ["DISPLAY": ":77", "PATH": "\(folder.path):/bin:/usr/bin"])
        try lab.await { FileTree.exists("\(folder.path)/url") && lab.screen.text.contains("http") }
        let url = String(decoding: try TextFile.read("\(folder.path)/url"), as: UTF8.self)
        #expect(url.hasPrefix("http://127.0.0.1:") && lab.screen.text.contains(url.dropLast()))
        try lab.await("✓ PROVED")
        lab.press("q")
        #expect(try lab.awaitEnd() == 0)
    }

    @Test func withoutTheProgramItNamesThePackage() throws {
        let folder = try TemporaryFolder()
        let lab = try TerminalLab(
            Self.words, environment: ["DISPLAY": ":77", "PATH": folder.path])
        try lab.await("there is no xdg-open (package xdg-utils)")
        try lab.await("✓ PROVED")
        lab.press("q")
        #expect(try lab.awaitEnd() == 0)
    }
}
