using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Shonin.Demo;

/// <summary>
/// The demo's port on loopback: the one that was asked for, or one that is free. Looked at before anything is started or written.
/// </summary>
internal static class DemoPort
{
    private const int Standard = 8580;

    /// <summary>
    /// Ports below are root's alone where the system has not been told otherwise (Linux: net.ipv4.ip_unprivileged_port_start).
    /// </summary>
    private const int UnprivilegedMin = 1024;

    public static Option<int?> Option() =>
        new("--port")
        {
            Description = $"Where REST and pages listen on loopback; 0 takes any free port; without it {Standard} if free.",
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
                    return port;
                result.AddError(
                    $"--port {text} is no port. Give a number from {UnprivilegedMin} to {IPEndPoint.MaxPort}, or 0 for any that is free."
                );
                return null;
            },
        };

    /// <param name="asked">0 for any that is free; null for the usual one where it is free, else any.</param>
    /// <returns>The port, or why there is none and what to do.</returns>
    public static Reading<int, string> Choose(int? asked)
    {
        if (asked is { } wanted and not 0)
            return Try(wanted) is { } why ? new Reading<int, string>.Refused(WhyNot(wanted, why)) : new Reading<int, string>.Read(wanted);
        if (asked is null && Try(Standard) is null)
            return new Reading<int, string>.Read(Standard);
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Reading<int, string>.Read(((IPEndPoint)probe.LocalEndpoint).Port);
    }

    /// <summary>Null where it can be listened on.</summary>
    private static SocketException? Try(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return null;
        }
        catch (SocketException refused)
        {
            return refused;
        }
    }

    private static string WhyNot(int port, SocketException why) =>
        why.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} on 127.0.0.1 is in use. End what listens there, or choose another: --port 0 takes any that is free."
            ),
            SocketError.AccessDenied => string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} is not open to this user. Choose one from {UnprivilegedMin} on, or --port 0 for any that is free."
            ),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} on 127.0.0.1 cannot be listened on: {why.Message} Choose another: --port 0 takes any that is free."
            ),
        };
}
