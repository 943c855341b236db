using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.EventLog.Evidence;

/// <summary>
/// A statement of the log's keeper: at this time the log held so many events with this root. The signature is ECDSA P-256 with SHA-256
/// (64 bytes, r ‖ s) over <c>"shonin-log-head-v1" ‖ field(log) ‖ events ‖ at ‖ root</c>, with numbers and <c>field</c> as in
/// <see cref="EventHash"/>.
/// </summary>
/// <param name="Log">The log's name: <c>merchant</c>, <c>card-company</c>.</param>
/// <param name="Key">Which key signed: <see cref="LogSigner.FingerprintOf"/>.</param>
public sealed record SignedHead(
    string Log,
    long Events,
    ReadOnlyMemory<byte> Root,
    DateTimeOffset At,
    string Key,
    ReadOnlyMemory<byte> Signature
)
{
    internal byte[] SignedBytes()
    {
        var log = Encoding.UTF8.GetBytes(Log);
        var bytes = new byte[18 + sizeof(uint) + log.Length + 2 * sizeof(long) + Root.Length];
        "shonin-log-head-v1"u8.CopyTo(bytes);
        var rest = bytes.AsSpan(18);
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)log.Length);
        log.CopyTo(rest[sizeof(uint)..]);
        rest = rest[(sizeof(uint) + log.Length)..];
        BinaryPrimitives.WriteInt64BigEndian(rest, Events);
        BinaryPrimitives.WriteInt64BigEndian(rest[sizeof(long)..], At.ToUnixTimeMilliseconds());
        Root.Span.CopyTo(rest[(2 * sizeof(long))..]);
        return bytes;
    }

    /// <summary>Whether <paramref name="key"/> signed exactly this.</summary>
    public bool IsSignedBy(ECDsa key) => key.VerifyData(SignedBytes(), Signature.Span, HashAlgorithmName.SHA256);
}

/// <summary>Signs heads with a key that lives outside the database.</summary>
public sealed class LogSigner(ECDsa key) : IDisposable
{
    internal ECDsa VerifyingKey => key;

    public string Fingerprint { get; } = FingerprintOf(key);

    /// <summary>The first 8 bytes of the SHA-256 over the public key (SubjectPublicKeyInfo), in hex.</summary>
    public static string FingerprintOf(ECDsa key) =>
        Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));

    /// <param name="at">Kept to the millisecond.</param>
    public SignedHead Sign(string log, LogHead head, DateTimeOffset at)
    {
        var unsigned = new SignedHead(log, head.Events, head.Root, Milliseconds.ToTime(Milliseconds.Floor(at)), Fingerprint, default);
        return unsigned with { Signature = Sign(unsigned.SignedBytes()) };
    }

    internal byte[] Sign(ReadOnlySpan<byte> bytes) => key.SignData(bytes, HashAlgorithmName.SHA256);

    public void Dispose() => key.Dispose();
}
