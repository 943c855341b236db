using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>Messages on a connection, however its bytes arrive.</summary>
public sealed class FrameSpecs
{
    private static readonly byte[] threeFrames = [0, 1, 0xA1, 0, 3, 0xB1, 0xB2, 0xB3, 0, 2, 0xC1, 0xC2];
    private static readonly string[] threeMessages = ["A1", "B1B2B3", "C1C2", "end"];

    [Fact]
    public async Task Several_frames_in_one_read_are_told_apart() =>
        Assert.Equal(threeMessages, await ReadAllAsync(new Arriving(threeFrames)));

    [Fact]
    public async Task Split_at_any_byte_frames_are_the_same()
    {
        for (var split = 0; split <= threeFrames.Length; split++)
            Assert.Equal(threeMessages, await ReadAllAsync(new Arriving(threeFrames[..split], threeFrames[split..])));
        Assert.Equal(threeMessages, await ReadAllAsync(new Arriving([.. threeFrames.Select(single => new[] { single })])));
    }

    [Fact]
    public async Task Cut_at_any_byte_whole_frames_are_kept_and_the_rest_is_counted()
    {
        string[] expected =
        [
            "end",
            "cut 1",
            "cut 2",
            "A1 end",
            "A1 cut 1",
            "A1 cut 2",
            "A1 cut 3",
            "A1 cut 4",
            "A1 B1B2B3 end",
            "A1 B1B2B3 cut 1",
            "A1 B1B2B3 cut 2",
            "A1 B1B2B3 cut 3",
        ];
        for (var cut = 0; cut < threeFrames.Length; cut++)
            Assert.Equal(expected[cut], string.Join(' ', await ReadAllAsync(new Arriving(threeFrames[..cut]))));
    }

    [Theory]
    [InlineData(0, "bad length 0")]
    [InlineData(1, "1 bytes")]
    [InlineData(4096, "4096 bytes")]
    [InlineData(4097, "bad length 4097")]
    [InlineData(65535, "bad length 65535")]
    public async Task A_length_is_1_to_4096_and_after_any_other_nothing_is_read(int length, string expected)
    {
        byte[] bytes = [(byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)'x', length)];
        var reader = new FrameReader(new Arriving(bytes));
        var first = await reader.ReadAsync(CancellationToken.None);
        Assert.Equal(expected, first is FrameRead.Frame(var message) ? $"{message.Length} bytes" : Words(first));
        Assert.Equal(first is FrameRead.Frame ? "end" : expected, Words(await reader.ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task Another_maximum_holds_for_reading_and_writing()
    {
        Assert.Equal(["A1", "bad length 3"], await ReadAllAsync(new Arriving(threeFrames), messageBytesMax: 2));
        var message = new Message(Mti.Parse("0800")).Set(11, 7);
        Assert.Equal(new WriteResult.Written(28), Frame.Write(Wire.Ascii, message, new byte[100], messageBytesMax: 26));
        Assert.Equal(
            "DE 11: does not fit the 25 bytes given",
            Assert.IsType<WriteResult.Refused>(Frame.Write(Wire.Ascii, message, new byte[100], messageBytesMax: 25)).Error.What
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameReader(Stream.Null, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameReader(Stream.Null, 65_536));
    }

    [Theory]
    [InlineData(0, "message: its frame does not fit the 0 bytes given")]
    [InlineData(1, "message: its frame does not fit the 1 bytes given")]
    [InlineData(27, "DE 11: does not fit the 25 bytes given")]
    public void A_frame_that_does_not_fit_is_refused(int byteCount, string what) =>
        Assert.Equal(
            what,
            Assert
                .IsType<WriteResult.Refused>(Frame.Write(Wire.Ascii, new Message(Mti.Parse("0800")).Set(11, 7), new byte[byteCount]))
                .Error.What
        );

    [Fact]
    public async Task A_frame_is_its_length_and_the_message_in_one_write_and_a_refused_message_is_none()
    {
        var sent = new MemoryStream();
        var writer = new FrameWriter(sent, Wire.Binary);
        Assert.Equal(
            new WriteResult.Written(15),
            await writer.WriteAsync(new Message(Mti.Parse("0800")).Set(11, 7), CancellationToken.None)
        );
        Assert.Equal(
            "DE 11: 7 digits, at most 6",
            Assert
                .IsType<WriteResult.Refused>(
                    await writer.WriteAsync(new Message(Mti.Parse("0800")).Set(11, 1234567), CancellationToken.None)
                )
                .Error.What
        );
        Assert.Equal("000D" + "0800" + "0020000000000000" + "000007", Convert.ToHexString(sent.ToArray()));
    }

    [Fact]
    public async Task A_message_of_4096_bytes_is_sent_and_one_of_4097_is_refused()
    {
        // In ASCII: 20 bytes of type and bitmap, then each field with its length.
        var message = new Message(Mti.Parse("0100"))
            .Set(60, new string('x', 999))
            .Set(61, new string('x', 999))
            .Set(56, new string('x', 999))
            .Set(57, new string('x', 999));
        message.Set(44, new string('x', 25)).Set(62, new string('x', 27));
        message.Set(41, "12345678"); // 20 + 4 × 1,002 + 27 + 30 + 8 = 4,093 bytes; field 49 takes 3 more, field 63 takes 4
        var sent = new MemoryStream();
        var writer = new FrameWriter(sent, Wire.Ascii);
        Assert.Equal(new WriteResult.Written(2 + 4096), await writer.WriteAsync(message.Set(49, 392), CancellationToken.None));
        Assert.Equal(["4096"], (await ReadAllAsync(new Arriving(sent.ToArray()))).SkipLast(1).Select(hex => $"{hex.Length / 2}"));
        message.Remove(49).Set(63, "x");
        Assert.Equal(
            "DE 63: does not fit the 4096 bytes given",
            Assert.IsType<WriteResult.Refused>(await writer.WriteAsync(message, CancellationToken.None)).Error.What
        );
    }

    [Fact]
    public async Task Whatever_room_is_given_to_the_connection_holds_nothing_of_earlier_messages()
    {
        for (var split = 1; split < threeFrames.Length; split++)
        {
            var arriving = new Arriving(threeFrames[..split], threeFrames[split..]);
            await ReadAllAsync(arriving);
            Assert.False(arriving.FoundRemains, $"split at {split}");
        }
    }

    [Fact]
    public async Task A_cancelled_read_loses_no_byte()
    {
        var reader = new FrameReader(new Arriving(threeFrames[..4], threeFrames[4..]));
        Assert.Equal("A1", Words(await reader.ReadAsync(CancellationToken.None)));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAsync(cancelled.Token));
        Assert.Equal("B1B2B3", Words(await reader.ReadAsync(CancellationToken.None)));
    }

    [Fact]
    public void Any_bytes_in_any_pieces_end_in_an_answer() =>
        Gen.Select(Gen.Byte[0, 6].Array[0, 40], Gen.Int[1, 7])
            .Sample(
                (bytes, pieceLength) =>
                {
                    var whole = ReadAllAsync(new Arriving(bytes), messageBytesMax: 600).GetAwaiter().GetResult();
                    Assert.Equal(
                        whole,
                        ReadAllAsync(new Arriving([.. bytes.Chunk(pieceLength)]), messageBytesMax: 600).GetAwaiter().GetResult()
                    );
                },
                iter: 2_000
            );

    private static async Task<List<string>> ReadAllAsync(Stream stream, int messageBytesMax = Frame.MessageBytesMax)
    {
        var reader = new FrameReader(stream, messageBytesMax);
        var words = new List<string>();
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
            words.Add(Words(read));
            if (read is not FrameRead.Frame)
                return words;
        }
    }

    private static string Words(FrameRead read) =>
        read switch
        {
            FrameRead.Frame(var message) => Convert.ToHexString(message.Span),
            FrameRead.End => "end",
            FrameRead.CutOff(var byteCount) => $"cut {byteCount}",
            FrameRead.BadLength(var length) => $"bad length {length}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A connection that gives one piece a read, as far as there is room for it, and then is closed.</summary>
    private sealed class Arriving(params byte[][] pieces) : Stream
    {
        private readonly Queue<byte[]> rest = new(pieces.Where(piece => piece.Length > 0));

        public bool FoundRemains { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FoundRemains |= buffer.Span.ContainsAnyExcept((byte)0);
            if (!rest.TryPeek(out var piece))
                return ValueTask.FromResult(0);
            Assert.False(buffer.IsEmpty);
            rest.Dequeue();
            var byteCount = Math.Min(piece.Length, buffer.Length);
            piece.AsSpan(0, byteCount).CopyTo(buffer.Span);
            if (byteCount < piece.Length)
            {
                var later = rest.ToArray();
                rest.Clear();
                rest.Enqueue(piece[byteCount..]);
                foreach (var next in later)
                    rest.Enqueue(next);
            }

            return ValueTask.FromResult(byteCount);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
