using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shonin.CardNetwork.Vault;

/// <summary>
/// Bytes that nobody may see by accident: it prints as <c>***</c>, refuses to be serialised, shows a debugger nothing, compares in
/// fixed time, and is wiped when it is disposed of. Only this project can reveal it.
/// </summary>
[DebuggerDisplay("***")]
[DebuggerTypeProxy(typeof(Hidden))]
[JsonConverter(typeof(NeverSerialised<Secret>))]
public sealed class Secret : IDisposable
{
    private readonly byte[] bytes;
    private bool wiped;

    internal Secret(ReadOnlySpan<byte> bytes)
    {
        // Pinned, so that the garbage collector leaves no second copy behind when it moves things.
        this.bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(this.bytes);
    }

    internal ReadOnlySpan<byte> Reveal()
    {
        ObjectDisposedException.ThrowIf(wiped, this);
        return bytes;
    }

    public bool SameAs(Secret other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(Reveal(), other.Reveal());
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(bytes);
        wiped = true;
    }

    public override string ToString() => "***";

    /// <summary>What a debugger shows instead of the fields: nothing.</summary>
    private sealed class Hidden
    {
        public Hidden(Secret secret) => ArgumentNullException.ThrowIfNull(secret);
    }
}

/// <summary>The JSON converter of what must never become JSON: both directions throw, naming the type and not the value.</summary>
internal sealed class NeverSerialised<T> : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeof(T).Name} is never read from JSON; CardIntake parses cards");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeof(T).Name} is never written to JSON");
}
