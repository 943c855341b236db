using System.Buffers.Binary;
using System.Text;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.Specs.CardNetwork.Link;

/// <summary>A link in a world of one thread, and the far side of its connections in the spec's hands.</summary>
internal sealed class FarSide
{
    internal static readonly Claim FirstClaim = new(42, "RRN000000042", new DateTimeOffset(2026, 11, 23, 15, 4, 5, TimeSpan.Zero));
    private static readonly MessageFormat format = MessageFormat.Profile(WireEncoding.Ascii);

    internal FarSide(LinkOptions? options = null, string number = "4242424242424242")
    {
        OnAnswer = answer =>
        {
            Answers.Add(answer);
            return ValueTask.CompletedTask;
        };
        OnEvidence = evidence =>
        {
            Evidence.Add(evidence);
            return ValueTask.CompletedTask;
        };
        Options = options ?? new LinkOptions { Connections = 1 };
        Vault = new CardVault(
            new InMemoryVaultStore(),
            VaultKeys.InMemory(Seeded.Bytes(1)),
            Seeded.Bytes(2),
            World.Clock,
            new VaultOptions()
        );
        Link = new CardNetworkLink(
            Options,
            Vault,
            new LinkPorts
            {
                Connect = ConnectAsync,
                OnAnswer = answer => OnAnswer(answer),
                OnEvidence = evidence => OnEvidence(evidence),
                OnStatus = status => Statuses.Add(status),
                Note = Notes.Add,
                OnFault = Faults.Add,
                Clock = World.Clock,
                Random = buffer => buffer.Fill(0xFF), // no jitter: the full pause
            }
        );
        Card = OneThread.Result(World.StartAsync(() => StoreAsync(number)));
    }

    internal OneThread World { get; } = new();
    internal LinkOptions Options { get; }
    internal CardNetworkLink Link { get; }
    internal CardOnFile Card { get; }
    internal CardVault Vault { get; }
    internal List<DuplexPair.End> Connections { get; } = [];
    internal List<DuplexPair.End> NearEnds { get; } = [];
    internal List<NetworkAnswer> Answers { get; } = [];
    internal List<LinkEvidence> Evidence { get; } = [];
    internal List<LinkStatus> Statuses { get; } = [];
    internal List<string> Notes { get; } = [];
    internal List<Exception> Faults { get; } = [];
    internal Func<NetworkAnswer, ValueTask> OnAnswer { get; set; }
    internal Func<LinkEvidence, ValueTask> OnEvidence { get; set; }

    /// <summary>What a try to connect does instead of succeeding.</summary>
    internal Func<CancellationToken, Task>? ConnectFault { get; set; }
    internal int ConnectCount { get; private set; }

    /// <summary>Starts the link and signs all its connections on.</summary>
    internal FarSide SignedOn()
    {
        World.Do(Link.Start);
        foreach (var connection in Connections)
            AnswerNetwork(connection, "00");
        return this;
    }

    internal List<Message> Take(int connection = 0) => Take(Connections[connection]);

    internal static List<Message> Take(DuplexPair.End connection)
    {
        var bytes = connection.TakeAll();
        var messages = new List<Message>();
        for (var at = 0; at < bytes.Length; )
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
            messages.Add(Assert.IsType<ParseResult.Parsed>(format.Parse(bytes.AsMemory(at + 2, size))).Message);
            at += 2 + size;
        }
        return messages;
    }

    /// <summary>Answers the one 0800 that must be there.</summary>
    internal Message AnswerNetwork(DuplexPair.End connection, string responseCode)
    {
        var request = Assert.Single(Take(connection));
        Assert.Equal("0800", request.Mti.ToString());
        Put(new Message(Mti.Parse("0810")).SetFrom(request, 7, 11, 32, 41, 70).Set(39, responseCode), connection);
        return request;
    }

    internal static Message AnswerTo(Message request, string responseCode) =>
        new Message(request.Mti.Answer()).SetFrom(request, 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 62).Set(39, responseCode);

    internal void Put(Message message, DuplexPair.End? connection = null)
    {
        var bytes = new byte[2 + Frame.MessageBytesMax];
        PutBytes(bytes.AsMemory(0, Assert.IsType<WriteResult.Written>(Frame.Write(format, message, bytes)).ByteCount), connection);
    }

    internal void PutBytes(ReadOnlyMemory<byte> bytes, DuplexPair.End? connection = null) =>
        World.Do(() => (connection ?? Connections[^1]).Put(bytes.Span));

    internal void PutFrame(string text) =>
        PutBytes(
            new byte[] { (byte)(text.Length >> 8), (byte)text.Length }
                .Concat(Encoding.ASCII.GetBytes(text))
                .ToArray()
        );

    internal Task<SendOutcome> SendAsync(NetworkRequest request) => World.StartAsync(() => Link.SendAsync(request, default));

    internal SendOutcome Sent(NetworkRequest request) => OneThread.Result(SendAsync(request));

    internal NetworkRequest.Authorize Authorize(
        int stan = 42,
        Initiator initiator = Initiator.Customer,
        string orderNumber = "N1002",
        CardToken? card = null
    ) =>
        new(
            FirstClaim with
            {
                Stan = stan,
                Rrn = $"RRN{stan:000000000}",
            },
            card ?? Card.Token,
            new Money(15000, Currency.Jpy),
            orderNumber,
            initiator,
            null
        );

    private async ValueTask<CardOnFile> StoreAsync(string number)
    {
        var code = number.StartsWith("37", StringComparison.Ordinal) ? "1234" : "123";
        var json = $$"""{"number":"{{number}}","expiry":"2030-12","securityCode":"{{code}}","holder":"HANAKO YAMADA"}""";
        using var card = Assert
            .IsType<CardReading.Accepted>(
                new CardIntake(VaultKeys.InMemory(Seeded.Bytes(1)), World.Clock).ParseJson(Encoding.UTF8.GetBytes(json))
            )
            .Card;
        return await Vault.StoreAsync(card, default);
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        ConnectCount++;
        if (ConnectFault is { } fault)
            await fault(cancellation);
        var pair = new DuplexPair();
        Connections.Add(pair.Far);
        NearEnds.Add(pair.Near);
        return pair.Near;
    }
}
