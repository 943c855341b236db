using System.CommandLine;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.Settings;

namespace Shonin.Verbs;

/// <summary><c>shonin serve</c>: the merchant.</summary>
internal static class ServeVerb
{
    public static Command Command(VerbContext context)
    {
        var command = new SettingsCommand(
            "serve",
            "Runs the merchant: REST, pages, the link to the card network, mails. Nothing has to be set up.",
            context
        );
        command.Run(
            async (settings, _, cancellation) =>
            {
                try
                {
                    await Composition.ServeAsync(settings, context.Terminal, cancellation);
                    return ExitCode.Done;
                }
                catch (Exception unusable) when (unusable is LogUnusableException or KeyFileException)
                {
                    return context.Terminal.Refuse(ExitCode.UnreadableInput, unusable.Message);
                }
                catch (System.Net.Sockets.SocketException refused)
                    when (refused.SocketErrorCode
                            is System.Net.Sockets.SocketError.AccessDenied
                                or System.Net.Sockets.SocketError.AddressNotAvailable
                    )
                {
                    var urls = string.Join(", ", settings.Of(KnownSettings.WebUrls).Select(url => url.GetLeftPart(UriPartial.Authority)));
                    return context.Terminal.Refuse(
                        ExitCode.OurFault,
                        refused.SocketErrorCode == System.Net.Sockets.SocketError.AccessDenied
                            ? $"This user may not listen on {urls}. Ports below 1024 are root's alone: choose another with --urls, and let a proxy lead to it."
                            : $"{urls} is no address of this machine. Choose another with --urls."
                    );
                }
                catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
                {
                    return context.Terminal.Refuse(
                        ExitCode.OurFault,
                        $"{taken.Message} Choose another address with --urls, or end what listens there."
                    );
                }
            }
        );
        return command;
    }
}
