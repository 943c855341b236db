using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Host;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Iso8583;

namespace Shonin.Specs.CardCompany;

/// <summary>A card company with the demo accounts on a log in memory, and one connection to it.</summary>
internal sealed class CardCompanyRun : IAsyncDisposable
{
    public const string Approves = "4242424242424242";

    private readonly FrameReader reader;
    private readonly Stream near;
    private readonly Stream far;
    private readonly CancellationTokenSource stop = new();
    private readonly MessageFormat format = MessageFormat.Profile(WireEncoding.Ascii);

    private CardCompanyRun(InMemoryEventStore store, FakeTimeProvider clock, CardCompanyHost host)
    {
        (Store, Clock, Host) = (store, clock, host);
        (near, far) = DuplexPipe.Create();
        reader = new FrameReader(near);
        Serving = ServeAsync();
    }

    public InMemoryEventStore Store { get; }
    public FakeTimeProvider Clock { get; }
    public CardCompanyHost Host { get; }

    /// <summary>Completes when the host has done with the connection.</summary>
    public Task Serving { get; }

    public static async Task<CardCompanyRun> StartAsync(
        HostLimits? limits = null,
        InMemoryEventStore? store = null,
        FakeTimeProvider? clock = null
    )
    {
        store ??= new InMemoryEventStore();
        clock ??= new FakeTimeProvider(CardStory.Start);
        var settings = new CardCompanySettings(DemoAccounts.Book, new byte[32]) { Limits = limits ?? new HostLimits() };
        return new CardCompanyRun(store, clock, await CardCompanyHost.StartAsync(store, settings, clock, NullLogger.Instance));
    }

    public Message Authorization(
        int stan,
        long yen,
        string number = Approves,
        string mti = "0100",
        string merchant = "MERCHANT1",
        string order = "N1001"
    ) =>
        About(mti, stan, yen, number, merchant)
            .Set(14, "3012")
            .Set(18, "5999")
            .Set(22, "812")
            .Set(25, "59")
            .Set(43, "SHOP TOKYO")
            .Set(62, order)
            .Set(48, Subelements.Empty.With(20, "C0").With(92, "123").Write());

    public Message Reversal(int stan, int original, long yen, string number = Approves, string mti = "0420") =>
        About(mti, stan, yen, number, "MERCHANT1").Set(39, "68").Set(90, Original(original));

    public Message Capture(int stan, int original, long yen, string approvalCode) =>
        About("0220", stan, yen, Approves, "MERCHANT1").Set(38, approvalCode).Set(90, Original(original));

    public Message NetworkManagement(int stan, string code) =>
        new Message(Mti.Parse("0800")).Set(7, Now).Set(11, stan).Set(32, "12345").Set(41, "SHOP0001").Set(70, code);

    public async Task SendAsync(Message message)
    {
        var frame = new byte[Frame.LengthBytes + Frame.MessageBytesMax];
        var written = Assert.IsType<WriteResult.Written>(Frame.Write(format, message, frame));
        await SendAsync(frame.AsMemory(0, written.ByteCount));
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await near.WriteAsync(bytes);

    /// <summary>Sends text as one frame.</summary>
    public async Task SendFrameAsync(string ascii)
    {
        var frame = new byte[Frame.LengthBytes + ascii.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)ascii.Length);
        Encoding.ASCII.GetBytes(ascii, frame.AsSpan(Frame.LengthBytes));
        await SendAsync(frame);
    }

    public async Task<Message> ReceiveAsync()
    {
        var frame = Assert.IsType<FrameRead.Frame>(await reader.ReadAsync(CancellationToken.None));
        return Assert.IsType<ParseResult.Parsed>(format.Parse(frame.Bytes)).Message;
    }

    public async Task<Message> AskAsync(Message message)
    {
        await SendAsync(message);
        return await ReceiveAsync();
    }

    /// <summary>From now on no answer arrives; requests still do.</summary>
    public void Deafen() => DuplexPipe.Deafen(near);

    /// <summary>The merchant's end is closed, and the host has done with it.</summary>
    public async Task HangUpAsync()
    {
        await near.DisposeAsync();
        await Serving;
    }

    public async Task<IReadOnlyList<StoredEvent>> LogAsync() => await Store.ReadAllAsync(0, 10_000, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Serving;
        await Host.DisposeAsync();
        stop.Dispose();
    }

    /// <summary>As the listener does: the connection is closed once the host has done with it.</summary>
    private async Task ServeAsync()
    {
        await using (far)
            await Host.ServeConnectionAsync(far, "spec", stop.Token);
    }

    private string Now => Clock.GetUtcNow().UtcDateTime.ToString("MMddHHmmss", CultureInfo.InvariantCulture);

    private string Original(int stan) => new OriginalData(Mti.Parse("0100"), stan, Now, 12345).Write();

    private Message About(string mti, int stan, long yen, string number, string merchant) =>
        new Message(Mti.Parse(mti))
            .Set(2, number)
            .Set(3, "000000")
            .Set(4, yen)
            .Set(7, Now)
            .Set(11, stan)
            .Set(12, "100000")
            .Set(13, "1124")
            .Set(32, "12345")
            .Set(37, string.Create(CultureInfo.InvariantCulture, $"R{stan:00000000000}"))
            .Set(41, "SHOP0001")
            .Set(42, merchant)
            .Set(49, "392");
}
