using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shonin.Specs.MailAuthentication;

/// <summary>How the question came.</summary>
internal enum Transport
{
    Udp,
    Tcp,
}

/// <summary>
/// A DNS server on loopback, UDP and TCP on one port, whose answers are written byte by byte (RFC 1035 section 4): what it says, and
/// how it says it wrong, is up to each spec.
/// </summary>
internal sealed class LoopbackDns : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly UdpClient udp;
    private readonly TcpListener tcp;
    private readonly Func<DnsQuestion, byte[]?> answer;
    private readonly Task running;

    /// <param name="answer">The whole message for a question; null for silence.</param>
    public LoopbackDns(Func<DnsQuestion, byte[]?> answer)
    {
        RealParts.Open();
        this.answer = answer;
        (udp, tcp) = OnOnePort();
        running = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint Address => (IPEndPoint)udp.Client.LocalEndPoint!;

    /// <summary>A port that is free for UDP may be taken for TCP by somebody else; the next one is not.</summary>
    private static (UdpClient Udp, TcpListener Tcp) OnOnePort()
    {
        const int AttemptCountMax = 20;
        for (var attempt = 1; ; attempt++)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < AttemptCountMax)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        udp.Dispose();
        tcp.Dispose();
        stopping.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var query = await udp.ReceiveAsync(stopping.Token);
                if (answer(DnsQuestion.Read(query.Buffer, Transport.Udp)) is { } message)
                {
                    await udp.SendAsync(message, query.RemoteEndPoint, stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The spec is over.
        }
    }

    /// <summary>Each message is preceded by its length in two bytes (RFC 1035 section 4.2.2).</summary>
    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await tcp.AcceptTcpClientAsync(stopping.Token);
                var stream = connection.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, stopping.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, stopping.Token);
                if (answer(DnsQuestion.Read(query, Transport.Tcp)) is { } message)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)message.Length);
                    await stream.WriteAsync((byte[])[.. length, .. message], stopping.Token);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // The spec is over, or its client went away.
        }
    }
}

/// <param name="Raw">The question section as it came, to be sent back.</param>
internal sealed record DnsQuestion(ushort Id, string Name, int Type, byte[] Raw, Transport Transport)
{
    private const int HeaderSize = 12;

    public static DnsQuestion Read(byte[] message, Transport transport)
    {
        var labels = new List<string>();
        var position = HeaderSize;
        for (int length; (length = message[position]) > 0; position += length + 1)
        {
            labels.Add(Encoding.ASCII.GetString(message, position + 1, length));
        }

        return new(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            string.Join('.', labels),
            BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(position + 1)),
            message[HeaderSize..(position + 5)],
            transport
        );
    }

    /// <summary>A whole answer.</summary>
    /// <param name="code">0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.</param>
    public byte[] Answer(int code, params IReadOnlyList<byte[]> records) =>
        Answer(0x8180 | code, (ushort)records.Count, [.. records.SelectMany(record => record)]);

    /// <summary>TC is set, and nothing is said.</summary>
    public byte[] Truncated() => Answer(0x8380, 0, []);

    public byte[] Answer(int flags, ushort recordCount, byte[] records) =>
        [
            (byte)(Id >> 8),
            (byte)Id,
            (byte)(flags >> 8),
            (byte)flags,
            0,
            1,
            (byte)(recordCount >> 8),
            (byte)recordCount,
            0,
            0,
            0,
            0,
            .. Raw,
            .. records,
        ];

    /// <summary>A resource record whose name is the question's (a pointer to byte 12), with a life of a minute.</summary>
    public static byte[] Record(int type, params byte[] data) =>
        [0xC0, HeaderSize, 0, (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];

    public static byte[] Text(params IEnumerable<byte[]> strings) =>
        Record(16, [.. strings.SelectMany(one => (byte[])[(byte)one.Length, .. one])]);

    public static byte[] Host(int type, string name, params byte[] before) => Record(type, [.. before, .. Encoded(name)]);

    private static byte[] Encoded(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
