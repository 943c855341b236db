using System.Net.Sockets;
using Shonin.CardNetwork.Vault;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;

namespace Shonin.Verbs;

/// <summary>What a person reads when a verb could not go on.</summary>
internal static class Faults
{
    public static ExitCode Tell(Exception fault, Terminal terminal) =>
        fault switch
        {
            VaultUnavailableException or IOException { InnerException: SocketException } => terminal.Refuse(
                ExitCode.OurFault,
                fault.Message
            ),
            FileNotFoundException
            or DirectoryNotFoundException
            or UnauthorizedAccessException
            or IOException
            or FormatException
            or InvalidDataException
            or KeyFileException => terminal.Refuse(ExitCode.UnreadableInput, DiskFault.Describe(fault)),
            LogUnusableException => terminal.Refuse(ExitCode.UnreadableInput, fault.Message),
            ArgumentException => terminal.Refuse(ExitCode.BadUsage, fault.Message),
            _ => OurFault(fault, terminal),
        };

    /// <summary>A programmer's error. Its trace goes into a file, for whoever mends it.</summary>
    private static ExitCode OurFault(Exception fault, Terminal terminal)
    {
        // In a folder of everybody's: a name that nobody can foresee, so that nobody lays a link there.
        var file = Path.Combine(Path.GetTempPath(), $"shonin-fault-{Path.GetRandomFileName()}.txt");
        try
        {
            using (var trace = new StreamWriter(OwnerOnly.Create(file)))
                trace.Write(fault);
            return terminal.Refuse(
                ExitCode.OurFault,
                $"This is our fault: {fault.Message} The details are in {file}; please send them to whoever maintains Shonin."
            );
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return terminal.Refuse(
                ExitCode.OurFault,
                $"This is our fault: {fault.Message} ({fault.GetType().Name}; {file} could not be written: {unwritable.Message})"
            );
        }
    }
}
