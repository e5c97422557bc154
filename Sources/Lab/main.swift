internal import Glibc

exit(LabCommand.main(Array(CommandLine.arguments.dropFirst())).rawValue)
