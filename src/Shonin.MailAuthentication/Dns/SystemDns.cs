using System.Globalization;
using System.Net;
using System.Text;
using DnsClient;
using DnsClient.Protocol;

namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// Asks the system's resolvers, or those that are named. Keeps nothing: put a <see cref="DnsCache"/> around it. Safe for any number of
/// threads.
/// </summary>
/// <remarks>
/// Queries go over UDP with EDNS, and again over TCP where the answer is truncated. CNAMEs are followed where the resolver did not do it.
/// </remarks>
public sealed class SystemDns
{
    private const int CnameCountMax = 8; // RFC 1034 section 3.6.2 gives no number; resolvers stop at 8 to 16.
    private const int EdnsBufferBytes = 1232; // DNS flag day 2020: fits into one packet of IPv6.

    private readonly Lazy<LookupClient> client;

    /// <param name="options">The system's resolvers and default waits where absent.</param>
    public SystemDns(SystemDnsOptions? options = null)
    {
        options ??= SystemDnsOptions.Default;

        // The system's resolvers are read at the first question, because that can fail, and a question has an answer for it.
        client = new Lazy<LookupClient>(() => new LookupClient(Settings(options)), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>
    /// The look-up as every check here takes it: any trouble is a <see cref="DnsAnswer.TempFailure"/>, and only cancellation throws.
    /// </summary>
    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return await FollowAsync(name, type, cancellation);
        }
        catch (Exception trouble) when (!cancellation.IsCancellationRequested)
        {
            // The parser behind this is not ours and reads a stranger's bytes: whatever it throws, the question went unanswered.
            return new DnsAnswer.TempFailure(
                $"DNS was asked for {QueryTypeOf(type)} {name} and gave no usable answer: {Innermost(trouble).Message}"
            );
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    private async ValueTask<DnsAnswer> FollowAsync(string name, DnsRecordType type, CancellationToken cancellation)
    {
        for (var hop = 0; hop <= CnameCountMax; hop++)
        {
            var response = await client.Value.QueryAsync(name, QueryTypeOf(type), QueryClass.IN, cancellation);
            switch (response.Header.ResponseCode)
            {
                case DnsHeaderResponseCode.NoError:
                    break;
                case DnsHeaderResponseCode.NotExistentDomain:
                    return new DnsAnswer.NxDomain();
                default:
                    return new DnsAnswer.TempFailure(
                        $"The DNS server answered {response.Header.ResponseCode} for {QueryTypeOf(type)} {name}."
                    );
            }

            var records = response.Answers.Select(Read).OfType<DnsRecord>().Where(record => IsOf(record, type)).ToList();
            if (records.Count > 0)
            {
                return new DnsAnswer.Records(records);
            }

            if (response.Answers.OfType<CNameRecord>().LastOrDefault() is not { } alias)
            {
                return new DnsAnswer.NoData();
            }

            name = NameOf(alias.CanonicalName);
        }

        return new DnsAnswer.TempFailure($"More than {CnameCountMax} CNAMEs lead on from one name.");
    }

    private static DnsRecord? Read(DnsResourceRecord record) =>
        record switch
        {
            TxtRecord text => new DnsRecord.Text(string.Concat(text.Text.Zip(text.EscapedText, AsBytes))),
            AddressRecord address => new DnsRecord.Address(address.Address),
            MxRecord exchange => new DnsRecord.MailExchange(exchange.Preference, NameOf(exchange.Exchange)),
            PtrRecord pointer => new DnsRecord.Pointer(NameOf(pointer.PtrDomainName)),
            _ => null,
        };

    private static bool IsOf(DnsRecord record, DnsRecordType type) =>
        type switch
        {
            DnsRecordType.A => record is DnsRecord.Address { Ip.AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork },
            DnsRecordType.Aaaa => record is DnsRecord.Address { Ip.AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 },
            DnsRecordType.Mx => record is DnsRecord.MailExchange,
            DnsRecordType.Ptr => record is DnsRecord.Pointer,
            DnsRecordType.Txt => record is DnsRecord.Text,
        };

    private static QueryType QueryTypeOf(DnsRecordType type) =>
        type switch
        {
            DnsRecordType.A => QueryType.A,
            DnsRecordType.Aaaa => QueryType.AAAA,
            DnsRecordType.Mx => QueryType.MX,
            DnsRecordType.Ptr => QueryType.PTR,
            DnsRecordType.Txt => QueryType.TXT,
        };

    /// <summary>
    /// One char a byte. The client gives a character-string twice: as UTF-8, which is exact unless a byte was none, and then with the
    /// bytes outside printable ASCII as \DDD.
    /// </summary>
    private static string AsBytes(string utf8, string escaped)
    {
        if (!utf8.Contains('\ufffd', StringComparison.Ordinal))
        {
            return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(utf8));
        }

        var bytes = new StringBuilder(escaped.Length);
        for (var position = 0; position < escaped.Length; position++)
        {
            var rest = escaped.AsSpan(position + 1);
            if (
                escaped[position] == '\\'
                && rest.Length >= 3
                && byte.TryParse(rest[..3], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            )
            {
                bytes.Append((char)value);
                position += 3;
            }
            else if (escaped[position] != '\\' || !rest.StartsWith("\""))
            {
                bytes.Append(escaped[position]);
            }
        }

        return bytes.ToString();
    }

    /// <summary>In A-labels, as it came; the dot at the end goes, and the root alone stays what "takes no mail" looks like.</summary>
    private static string NameOf(DnsString name) => name.Value.TrimEnd('.');

    private static Exception Innermost(Exception trouble) => trouble.InnerException is { } inner ? Innermost(inner) : trouble;

    private static LookupClientOptions Settings(SystemDnsOptions options)
    {
        var settings = options.Servers.Count == 0 ? new LookupClientOptions() : new LookupClientOptions([.. options.Servers]);
        settings.UseCache = false;
        settings.UseTcpFallback = true;
        settings.Timeout = options.Timeout;
        settings.Retries = options.RetryCount;
        settings.ThrowDnsErrors = false;

        // Another server may know what this one fails at; that a name has no record all of them know.
        settings.ContinueOnDnsError = true;
        settings.ContinueOnEmptyResponse = false;
        settings.UseRandomNameServer = false;
        settings.ExtendedDnsBufferSize = EdnsBufferBytes;
        return settings;
    }
}

/// <summary>Whom <see cref="SystemDns"/> asks, and how long it waits.</summary>
public sealed record SystemDnsOptions
{
    /// <summary>The values that the members below name.</summary>
    public static SystemDnsOptions Default { get; } = new();

    /// <summary>Resolvers to ask in this order; empty, those that the system is set up with.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>How long one query waits for its answer. What a whole message may take is <see cref="DnsLimits.TimeMax"/>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a server is asked again that did not answer.</summary>
    public int RetryCount { get; init; } = 1;
}
