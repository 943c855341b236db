using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Shonin.CardCompany.Acquirers;
using Shonin.CardCompany.Host;

namespace Shonin.CardCompany;

/// <summary>
/// What may be listened on, and with what: beyond this machine nothing without encryption, and the card network only for certificates that
/// are known.
/// </summary>
internal static class Entrances
{
    private static readonly (string Option, Func<CardCompanyOptions, string?> Of)[] networkFiles =
    [
        ("--tls-certificate", options => options.TlsCertificateFile),
        ("--tls-key", options => options.TlsKeyFile),
        ("--client-ca", options => options.ClientAuthorityFile),
        ("--acquirers", options => options.AcquirersFile),
    ];

    /// <summary>Null for plain TCP, which is for this machine alone.</summary>
    /// <exception cref="CardCompanyRefusedException">Something is missing; the message says what.</exception>
    public static CardNetworkTls? CardNetwork(CardCompanyOptions options, IPEndPoint address)
    {
        var missing = networkFiles.Where(file => file.Of(options) is null).Select(file => file.Option + " FILE").ToArray();
        if (missing.Length == 0)
        {
            var own = TlsFiles.Own("--tls-certificate", options.TlsCertificateFile!, "--tls-key", options.TlsKeyFile!);
            return new CardNetworkTls(
                SslStreamCertificateContext.Create(own[0], [.. own.Skip(1)], offline: true),
                TlsFiles.Authorities("--client-ca", options.ClientAuthorityFile!),
                ReadAcquirers(options.AcquirersFile!)
            );
        }
        if (!IPAddress.IsLoopback(address.Address))
        {
            throw BadUsage(
                $"--listen {address} is beyond this machine, where the card network is spoken with TLS and client certificates only. Missing: {string.Join(", ", missing)}."
            );
        }
        // The certificate and its key alone may be meant for the desk.
        return options.ClientAuthorityFile is null && options.AcquirersFile is null
            ? null
            : throw BadUsage($"TLS on the card network needs four files. Missing: {string.Join(", ", missing)}.");
    }

    /// <summary>What https shows; null where every address is plain and on this machine.</summary>
    /// <exception cref="CardCompanyRefusedException">An address is plain and beyond this machine, or a name, or the certificate is
    ///   missing.</exception>
    public static X509Certificate2Collection? Desk(CardCompanyOptions options)
    {
        var addresses = options.Urls.Split(';').Select(AddressOf).ToArray();
        if (Array.Find(addresses, address => !IsHttps(address) && !IsThisMachine(address)) is { } open)
        {
            throw BadUsage(
                $"--urls {open}: the desk's key and the exports would be read on their way. Beyond this machine use https://, with --web-certificate FILE and --web-key FILE."
            );
        }

        if (Array.Find(addresses, address => !NamesItsAddress(address)) is { } named)
        {
            throw BadUsage(
                $"--urls {named}: a name would be listened to on every address. Give an IP address or localhost; https://0.0.0.0 or https://[::] is every one."
            );
        }

        if (!Array.Exists(addresses, IsHttps))
            return null;
        return (options.WebCertificateFile ?? options.TlsCertificateFile, options.WebKeyFile ?? options.TlsKeyFile) switch
        {
            ({ } certificate, { } key) => TlsFiles.Own("--web-certificate", certificate, "--web-key", key),
            _ => throw BadUsage(
                "--urls https:// needs --web-certificate FILE and --web-key FILE, or --tls-certificate FILE and --tls-key FILE for both entrances."
            ),
        };
    }

    /// <summary>Whether card network and desk can be reached from this machine alone.</summary>
    public static bool AreOnThisMachine(CardCompanyOptions options, IPEndPoint address) =>
        IPAddress.IsLoopback(address.Address) && options.Urls.Split(';').Select(AddressOf).All(IsThisMachine);

    /// <summary>As Kestrel reads it: a host that is no address and not <c>localhost</c> means every address, <c>loopback</c> too.</summary>
    private static BindingAddress AddressOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw BadUsage($"--urls {url}: expected an address as in http://127.0.0.1:8584");
        }
    }

    private static bool IsHttps(BindingAddress address) => address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);

    private static bool IsThisMachine(BindingAddress address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    private static bool NamesItsAddress(BindingAddress address) =>
        address.Host is "*" or "+"
        || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(address.Host, out _);

    private static AcquirerBook ReadAcquirers(string file) =>
        AcquirersFile.Parse(
            GivenFiles.ReadTrusted("--acquirers", file, AcquirersFile.SizeBytesMax, "It must be a JSON array of acquirers.")
        ) switch
        {
            AcquirersRead.Read read => read.Book,
            AcquirersRead.Faulty faulty => throw new CardCompanyRefusedException(
                CardCompanyRefusedException.UnreadableInput,
                string.Join('\n', faulty.Problems.Select(problem => $"{file}: {problem}"))
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static CardCompanyRefusedException BadUsage(string why) => new(CardCompanyRefusedException.BadUsage, why);
}
